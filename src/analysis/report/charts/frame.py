"""What every chart asks of its facts, and the line at its foot."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.evidence import GRADES, worst_grade
from analysis.report.facts import Facts
from analysis.report.wording import Wording

HOLLOW_FROM = GRADES.index("derived")


def plan_years(facts: Facts) -> tuple[int, int]:
    """Return the base year and the year that is planned."""
    years = sorted({int(row["year"]) for row in facts.own("minimum_standard")})
    return years[0], years[-1]


def class_codes(facts: Facts) -> list[str]:
    """Return the area classes, highest first."""
    return sorted({row["area_code"] for row in facts.own("minimum_standard")})


def separate_class(facts: Facts) -> str | None:
    """Return the class with the largest gap between town and country now; None where all are unified."""
    base, _ = plan_years(facts)
    gaps = {code: facts.value("minimum_gap", area_code=code, year=base) for code in class_codes(facts)}
    widest = max(gaps, key=lambda code: gaps[code])
    return widest if gaps[widest] > 0 else None


def foot(rows: pd.DataFrame, wording: Wording, source: str) -> str:
    """Return the line under a chart."""
    grade = wording.grade(worst_grade(rows["grade"]))
    mark = wording.pick("。", ". ")
    marks = wording.pick("空心点为推断或推算", "Hollow marks are inferred or derived") if hollow(rows).any() else ""
    parts = [
        wording.pick(wording.unit_month, wording.unit_month.capitalize()),
        f"{wording.word('foot_source')}{wording.pick('：', ': ')}{source}",
        f"{wording.word('foot_grade')}{wording.pick('：', ': ')}{grade}",
        marks,
    ]
    return mark.join(part for part in parts if part) + mark.strip()


def hollow(rows: pd.DataFrame) -> pd.Series:
    """Say of each row whether its grade is derived or worse, so that it is drawn hollow."""
    return rows["grade"].map(lambda grade: bool(grade) and GRADES.index(grade) >= HOLLOW_FROM)
