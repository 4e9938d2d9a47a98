"""What every stored scenario comes to, against the reference results in the repository."""

import pytest

from analysis import files
from analysis.batch import reference

HOME = files.home()


@pytest.mark.parametrize("subject", reference.subjects(HOME))
def test_reference_results_are_what_the_model_gives(subject):
    """Where a change is meant: ``tibiao accept`` stores it, with the reason in the changelog."""
    stored = reference.stored_text(subject, HOME)
    assert stored, f"{subject} has no reference results"
    found = reference.text_of(subject, HOME)
    assert not list(map(str, reference.changes(stored, found)))[:10]
    assert found == stored


def test_no_reference_result_is_of_a_scenario_that_is_no_more():
    assert not list(reference.orphans(HOME))
