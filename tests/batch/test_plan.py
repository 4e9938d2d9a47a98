from decimal import Decimal

import pytest

from analysis.batch.plan import plan, scope_of
from analysis.errors import ParametersRefused


def test_datasets_come_first_then_scenarios_then_the_batch(home):
    tasks = plan(
        ["60_memo", "30_next_year", "00_evidence"],
        {"baseline": ("baseline", {}), "freeze-abc123": ("freeze", {"policy.rural_share.at_least": Decimal("0.8")})},
        "memo",
        "guangdong",
        ["zh"],
        home,
    )
    assert [(task.scope, task.value, task.scenario) for task in tasks] == [
        ("dataset", "guangdong", "baseline"),
        ("scenario", "baseline", "baseline"),
        ("scenario", "freeze-abc123", "freeze"),
        ("batch", "memo", "batch:memo"),
    ]
    assert tasks[2].overrides == (("policy.rural_share.at_least", 0.8),)
    assert [task.name for task in tasks] == [
        "guangdong/00_evidence.zh",
        "baseline/30_next_year.zh",
        "freeze-abc123/30_next_year.zh",
        "60_memo.zh",
    ]


def test_an_unknown_notebook_and_a_missing_batch_are_refused(home):
    with pytest.raises(ParametersRefused, match="did you mean 10_gap"):
        scope_of("10_gpa", home)
    with pytest.raises(ParametersRefused, match="is run for a batch"):
        plan(["60_memo"], {"baseline": ("baseline", {})}, "", "guangdong", ["zh"], home)
