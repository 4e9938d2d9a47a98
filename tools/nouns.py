"""The nouns that mutation score and coverage are measured on: their files, and the tests that concern them."""

NOUNS = {
    "gap": (["src/analysis/model/gap/*"], ["tests/model/gap", "tests/reference/test_second_gap.py"]),
    "uprating": (
        ["src/analysis/model/uprating/*"],
        [
            "tests/model/test_uprating.py",
            "tests/model/test_uprating_steps.py",
            "tests/reference/test_second_uprating.py",
            "tests/reference/test_published.py",
        ],
    ),
    "caseload": (
        ["src/analysis/model/caseload/*"],
        ["tests/model/caseload", "tests/reference/test_second_money.py"],
    ),
    "cost": (
        ["src/analysis/model/cost/*"],
        [
            "tests/model/test_cost.py",
            "tests/reference/test_second_money.py",
            "tests/reference/test_second_uprating.py",
        ],
    ),
    "scenario": (
        ["src/analysis/inputs/scenario.py", "src/analysis/inputs/batch.py"],
        ["tests/inputs/test_scenario.py", "tests/inputs/test_batch.py"],
    ),
    "evidence": (
        ["src/analysis/inputs/evidence/*"],
        [
            "tests/inputs/test_evidence.py",
            "tests/inputs/test_evidence_checks.py",
            "tests/inputs/test_evidence_known.py",
            "tests/inputs/test_indonesia.py",
        ],
    ),
}
