import itertools

import pytest

from analysis.errors import (
    DataRefused,
    Differs,
    InfrastructureFailed,
    ParametersRefused,
    ScenarioFailed,
    nearest,
    worst_exit_code,
)


def test_each_refusal_has_its_documented_exit_code():
    codes = {kind: kind.exit_code for kind in (Differs, ParametersRefused, DataRefused, ScenarioFailed)}
    assert codes == {Differs: 1, ParametersRefused: 2, DataRefused: 3, ScenarioFailed: 4}
    assert InfrastructureFailed.exit_code == 5


@pytest.mark.parametrize("first", [2, 3, 5, 4, 1])
def test_of_several_exit_codes_the_first_in_the_documented_order_wins(first):
    order = [2, 3, 5, 4, 1]
    later = order[order.index(first) :]
    for codes in itertools.permutations([*later, 0]):
        assert worst_exit_code(codes) == first


def test_no_failure_at_all_is_exit_code_zero():
    assert worst_exit_code([]) == worst_exit_code([0, 0]) == 0


def test_nearest_suggests_a_close_name_and_only_a_close_one():
    assert nearest("growht", ["growth", "share"]) == "allowed: growth, share; did you mean growth?"
    assert nearest("zzz", ["growth", "share"]) == "allowed: growth, share"
    assert nearest("a", []) == "allowed: nothing"


def test_a_notebook_shows_one_line_and_no_traceback():
    assert ParametersRefused("where: what")._render_traceback_() == ["ParametersRefused: where: what"]
