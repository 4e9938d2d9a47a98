"""Rows of the people reached: residents, recipients now and on trend, and those who enter."""

from __future__ import annotations

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows.cost import cost_grade

PER = 10_000


def recipient_rows(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    """Add recipients by residence and in all, now and next year, and per 10,000 residents."""
    people = evidence.best("", "resident_population")
    people = people[(people["area_code"] == province) & (people["residence"] == "both")].sort_values("year").iloc[-1]
    where = {"area_code": province, "year": people["year"], "grade": people["grade"]}
    rows.add("resident_population", people["value"], "persons", **where)
    year, table = scenario.base_year, outcome.coverage
    period = f"M{table['counted_on'].max().month:02d}"
    whole = {"residence": "", "grade": worst_grade(table["grade"]), "trend_grade": worst_grade(table["trend_grade"])}
    summed = table[["published_persons", "trend_persons", "entrants_persons"]].sum().to_dict()
    trend = ["caseload_deviation_urban", "caseload_deviation_rural"]
    for line in [*table.to_dict("records"), whole | summed]:
        where = {"area_code": province, "residence": line["residence"], "programme": "dibao"}
        now = {"year": year, "period": period, "grade": line["grade"]}
        then = {"year": year + 1, "grade": line["trend_grade"], "rests_on": trend}
        entering = {"year": year + 1, "grade": cost_grade(outcome), "rests_on": outcome.costed}
        after = line["trend_persons"] + line["entrants_persons"]
        rows.add("recipients", line["published_persons"], "persons", **now, **where)
        rows.add("recipients_on_trend", line["trend_persons"], "persons", **then, **where)
        rows.add("entrants", line["entrants_persons"], "persons", **entering, **where)
        rows.add("recipients_with_entrants", after, "persons", **entering, **where)
    rate = {"area_code": province, "programme": "dibao", "unit": "persons per 10,000 residents"}
    now["grade"] = worst_grade([now["grade"], people["grade"]])
    rows.add("recipients_per_10000", line["published_persons"] / people["value"] * PER, **now, **rate)
    rows.add("recipients_per_10000", after / people["value"] * PER, **entering, **rate)
