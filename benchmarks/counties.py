"""Synthetic counties: a data package and scenarios of as many areas as a benchmark wants, in a home of their own.

Floors, provincial counts, budget and rules are Guangdong's; the counties, their standards, people and consumption are made
up by a fixed seed, are graded ``synthetic`` and named so. They say how the program scales and nothing of any county.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np

# Of twenty counties so many are of classes one to four, and of three one publishes its standard.
CLASSES = (1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)
NAME, ONE_IN = "counties", 3
MINIMA_2024 = {1: (1206, 1206), 2: (1073, 1073), 3: (932, 932), 4: (860, 645)}
SOURCE = "synthetic-counties"
GRID = {
    "policy.rural_share.at_least": [0.75, 0.775, 0.8, 0.825, 0.85],
    "assumptions.follow_share.central": [0, 0.25, 0.5, 0.77, 1],
    "policy.rule.rural.rise_share": [0.035, 0.04, 0.05, 0.06],
}
FEW = {
    "policy.rural_share.at_least": [0.75, 0.775, 0.8, 0.825, 0.85],
    "policy.rule.rural.rise_share": [0.035, 0.05],
}


def synthetic_home(source: Path, target: Path, counties: int, draws: int, years: int, grid: dict[str, list]) -> str:
    """Make a home with a package of synthetic counties, a scenario and a sweep over them; return the sweep's name.

    Args:
        source: the home whose provincial figures are taken.
        target: an empty folder.
        counties: how many.
        draws: of the assumptions.
        years: of the path.
        grid: dotted key to values.
    """
    shutil.copytree(source / "params", target / "params")
    _write_package(source / "data" / "guangdong", target / "data" / NAME, counties)
    params = target / "params"
    shutil.copy(params / "rules" / "guangdong.yaml", params / "rules" / f"{NAME}.yaml")
    (params / "assumptions" / f"{NAME}.yaml").write_text(
        _without_parts(params / "assumptions" / "guangdong.yaml"), "utf-8"
    )
    titles = "title: {zh: 合成县, en: synthetic counties}\nquestion: {zh: 用时多少？, en: how long does it take?}\n"
    scenario = (params / "scenarios" / "baseline.yaml").read_text("utf-8")
    kept = scenario[scenario.index("dataset:") :].replace("dataset: guangdong", f"dataset: {NAME}")
    kept = kept.replace("assumptions: guangdong", f"assumptions: {NAME}")
    (params / "scenarios" / f"{NAME}.yaml").write_text(f"id: {NAME}\n{titles}{kept}", "utf-8")
    lines = "".join(f"  {key}: {values}\n" for key, values in grid.items())
    (params / "sweeps").mkdir(exist_ok=True)
    sweep = f"id: {NAME}\n{titles}scenarios: [{NAME}]\ndraws: {draws}\nyears: {years}\ngrid:\n{lines}"
    (params / "sweeps" / f"{NAME}.yaml").write_text(sweep, "utf-8")
    return NAME


def _without_parts(path: Path) -> str:
    """Return the assumptions less those of cities that lie in two classes: no synthetic county does."""
    kept, keep = [], True
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line[:1].isalpha():
            keep = not line.startswith("class4_part_")
        kept += [line] if keep else []
    return "".join(kept)


def _write_package(source: Path, target: Path, counties: int) -> None:
    target.mkdir(parents=True)
    described = json.loads((source / "datapackage.json").read_text("utf-8"))
    described |= {"name": NAME, "title": "合成县", "title_en": "synthetic counties, of no place"}
    (target / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    provincial = {row["area_code"] for row in _rows(source / "areas.csv") if row["level"] in ("province", "class")}
    made = _made(counties)
    for resource in described["resources"]:
        rows = _rows(source / resource["path"])
        if resource["name"] != "sources":
            rows = [row for row in rows if row["area_code"] in provincial]
        fields = [field["name"] for field in resource["schema"]["fields"]]
        with (target / resource["path"]).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fields, restval="")
            writer.writeheader()
            writer.writerows(rows + made.get(resource["name"], []))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _made(counties: int) -> dict[str, list[dict[str, object]]]:
    rng = np.random.default_rng(counties)
    made: dict[str, list[dict[str, object]]] = {
        "areas": [],
        "population": [],
        "drivers": [],
        "standards": [],
        "minimum_wage": [],
    }
    for number in range(counties):
        code, area_class = f"{900_001 + number}", CLASSES[number % len(CLASSES)]
        made["areas"].append(
            {
                "area_code": code,
                "name_zh": f"合成县{number + 1}",
                "name_en": f"Synthetic county {number + 1}",
                "level": "city",
                "parent_code": "440000",
                "area_class": area_class,
                "has_rural": "true",
                "note": "synthetic",
            }
        )
        town, land = rng.uniform(10, 90, 2).round(4)
        for residence, people in (("urban", town), ("rural", land), ("both", round(town + land, 4))):
            made["population"].append(_row(code, 2018, residence, "", "resident_population", people, "10,000 persons"))
        spent = int(rng.integers(11_000, 22_000))
        measure = "consumption_expenditure_per_capita"
        made["drivers"].append(_row(code, 2022, "rural", "", measure, spent, "yuan/person/year"))
        wage = {1: 2300, 2: 1900, 3: 1720, 4: 1620}[area_class]
        made["minimum_wage"].append(_row(code, 2021, "both", "minimum_wage", "minimum_wage", wage, "yuan/worker/month"))
        if number % ONE_IN == 0:
            above = int(rng.integers(0, 80))
            for residence, minimum in zip(("urban", "rural"), MINIMA_2024[area_class], strict=True):
                made["standards"].append(
                    _row(code, 2024, residence, "dibao", "standard", minimum + above, "yuan/person/month")
                )
    made["sources"] = [
        {"source_id": SOURCE, "title": "made up by benchmarks/counties.py", "publisher": "nobody", "terms": "synthetic"}
    ]
    return made


def _row(
    code: str, year: int, residence: str, programme: str, measure: str, value: object, unit: str
) -> dict[str, object]:
    return {
        "area_code": code, "year": year, "period": "Y", "residence": residence, "programme": programme, "measure": measure,
        "value": value, "unit": unit, "effective_from": f"{year}-01-01", "known_from": f"{year}-06-01", "known_from_basis": "rule",
        "grade": "synthetic", "source_id": SOURCE, "preferred": "true", "note": "synthetic",
    }  # fmt: skip
