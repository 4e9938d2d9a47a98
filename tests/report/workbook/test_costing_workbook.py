"""The workbook recalculates to the results, follows its inputs as the model does, and runs nothing that data say."""

import dataclasses
import io
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import analysis
from analysis.errors import DataRefused
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.scenario import names, read_scenario
from analysis.model.results import DECIMALS, to_csv, with_keys
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows
from analysis.report.style import Chart
from analysis.report.workbook import SHEETS, costing_workbook
from analysis.report.workbook.checks import DIFFERS, SAME
from analysis.report.workbook.sheet import KINDS
from runs import run_of

COVER, SUMMARY, ASSUMPTIONS, OBSERVED, CHECKS, RESULTS = (
    SHEETS[key][0] for key in ("cover", "summary", "assumptions", "observed", "checks", "results")
)
ASSUMED = f"FF{KINDS['assumed']['bg_color'][1:]}"
# Draws make the range of the cost, which no formula looks at.
FEW = {"draws": 100}
HOSTILE = ('=HYPERLINK("http://x","y")', "+1+1", "@SUM(1)", "-2+3", "=1+1", "http://x.example", "\t=1", "007")
SCRIPT, TEX = "<script>alert(1)</script>", "$\\frac{"
ASSUMED_OTHERWISE = {
    "follow_share": 0.41,
    "response_share": 1,
    "classified_share": 0.3,
    "price_link_months_share": 0.2,
    "allocation_need": 1.3,
    "caseload_deviation_rural": 0.02,
    "tekun_deviation": -0.01,
    "class4_part_jiangmen": 0.55,
    "unobserved_moved": 0.6,
    "unobserved_above_minimum": 0.03,
    "supplement_above_floor": 0.1,
    "class1_supplement_growth": 1,
}
# Cells of the workbook that a reader changes, and the same in the model's own words.
CHANGES = {
    "nobody_follows": ({"follow_share": 0}, {"assumptions.follow_share.central": 0}),
    "assumptions": (
        ASSUMED_OTHERWISE,
        {f"assumptions.{name}.central": value for name, value in ASSUMED_OTHERWISE.items()},
    ),
    "policy": (
        {
            "rise_share_urban": 0.05,
            "rise_share_rural": 0.08,
            "grid_urban": 5,
            "grid_rural": 5,
            "rural_share_at_least": 0.8,
        },
        {
            "policy.rule.urban.rise_share": 0.05,
            "policy.rule.rural.rise_share": 0.08,
            "policy.round_urban.step_yuan": 5,
            "policy.round_rural.step_yuan": 5,
            "policy.rural_share.at_least": 0.8,
        },
    ),
    "ceiling_and_shares": (
        {"benefit_of_minimum_wage": 0.5, "class_4.upper": 0.7, "expenditure_growth": 0.05},
        {
            "fiscal.expenditure_growth_share": 0.05,
            "policy.ceiling.unemployment_benefit_of_minimum_wage_share": 0.5,
            "sharing.middle.shares.class_4.upper": 0.7,
            "sharing.middle.shares.class_4.local": 0.3,
        },
    ),
}


def built(outcome, evidence, rules, charts=None, tables=None):
    result = result_rows(evidence, outcome.case.scenario, outcome, rules)
    return costing_workbook(outcome, evidence, rules, result, charts or {}, tables or {})


def opened(data, *, values):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def verdicts(data):
    """Return the rows of the checks sheet of a workbook as stored, without reading its other sheets."""
    return checks_of(openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=True))


def checks_of(book):
    """Return the rows of the checks sheet: what, by formula, in the results, difference, tolerance, verdict, key."""
    rows = list(book[CHECKS].iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[-1] == "键\nkey")
    return rows[head + 1 :]


def named(book, name):
    """Return the cell of a name; that of a share is found by its id in the sheet of assumptions."""
    if name in book.defined_names:
        sheet, _, address = book.defined_names[name].attr_text.rpartition("!")
        return book[sheet.strip("'")][address.replace("$", "")]
    sheet = book[ASSUMPTIONS]
    row = next(row for row in sheet.iter_rows() if row[1].value == name)
    return next(cell for cell in row if cell.fill.fgColor.rgb == ASSUMED)


@pytest.fixture(scope="module")
def run():
    return run_of()


@pytest.fixture(scope="module")
def hostile_frame():
    return pd.DataFrame(
        {'=HYPERLINK("head")': HOSTILE, "value": [1.5, None, float("nan"), float("inf"), 1234567, 0, -1, True]}
    )


@pytest.fixture(scope="module")
def data(run, hostile_frame):
    from matplotlib.figure import Figure

    charts = {"tornado": run.show("tornado"), "=1+1": Chart("=1+1", Figure(), hostile_frame, "=2+2")}
    return costing_workbook(
        run.outcome,
        run.evidence,
        run.rules,
        run.facts.table,
        charts,
        {"proposal": run.table("proposal"), "@x": hostile_frame},
    )


@pytest.fixture(scope="module")
def recalculated(data, debian, tmp_path_factory, evidence_june, baseline, rules):
    """Return by name the workbook, copies with changed cells, and one from few data, each recalculated by LibreOffice."""
    command = debian("soffice", "libreoffice-calc-nogui")
    folder = tmp_path_factory.mktemp("recalculated")
    (folder / "as_run.xlsx").write_bytes(data)
    for name, (changed, _) in CHANGES.items():
        book = opened(data, values=False)
        for cell, value in changed.items():
            named(book, cell).value = value
        book.save(folder / f"{name}.xlsx")
    few = without(evidence_june, *(name for name, lack in LACKS.items() if not lack[-1]))
    lacking = simulate(few, baseline.model_copy(update=FEW), rules)
    (folder / "few_data.xlsx").write_bytes(built(lacking, few, rules))
    converted(command, folder, "xlsx", *sorted(folder.glob("*.xlsx")))
    return {path.stem: path.read_bytes() for path in sorted((folder / "out").glob("*.xlsx"))}


def converted(command, folder, ending, *paths):
    """Convert files with LibreOffice, which is told to recalculate everything when it opens one."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>',
        "utf-8",
    )
    arguments = [f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", ending]
    done = subprocess.run(
        [command, *arguments, "--outdir", folder / "out", *paths],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_recalculated_every_formula_comes_to_the_value_stored_beside_it(data, recalculated):
    formulas, stored, found = (
        opened(data, values=False),
        opened(data, values=True),
        opened(recalculated["as_run"], values=True),
    )
    wrong, count = [], 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                ours, theirs = (book[sheet.title][cell.coordinate].value for book in (stored, found))
                count += cell.data_type == "f"
                if isinstance(ours, int | float) and isinstance(theirs, int | float):
                    same = theirs == pytest.approx(ours, rel=1e-9, abs=1e-6)
                else:
                    same = (ours or "") == (theirs or "")
                if not same or (cell.data_type == "f" and str(theirs).startswith(("#", "Err:"))):
                    wrong.append((sheet.title, cell.coordinate, cell.value, ours, theirs))
    assert count > 3000
    assert not wrong, wrong[:5]


@pytest.mark.slow
def test_recalculated_every_check_holds_and_is_the_written_result(run, recalculated):
    written = to_csv(run.facts.table[run.facts.table["scenario"] == "baseline"])
    results = with_keys(pd.read_csv(io.StringIO(written), dtype=str, keep_default_na=False))
    checks = checks_of(opened(recalculated["as_run"], values=True))
    assert len(checks) > 100
    for what, formula, stored, _, tolerance, verdict, key in checks:
        decimals = DECIMALS[results.at[key, "unit"]]
        assert verdict == SAME, what
        assert f"{stored:.{decimals}f}" == results.at[key, "value"], what
        if tolerance < 1:  # not apportioned: the formula itself rounds to what was written, to the last digit
            assert round(formula, decimals) == pytest.approx(float(results.at[key, "value"]), abs=1e-9), what
    total = next(row for row in checks if row[-1].endswith("440000:::2025:Y:::extra_cost:central"))
    assert f"{total[1]:.0f}" == results.at[total[-1], "value"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_changed_input_moves_the_total_as_the_model_moves_it(recalculated, name):
    _, overrides = CHANGES[name]
    outcome = analysis.start("baseline", overrides=overrides).outcome
    book = opened(recalculated[name], values=True)
    by_key = {row[-1].partition(":")[2]: row for row in checks_of(book)}
    total = by_key["guangdong:440000:::2025:Y:::extra_cost:central"]
    assert total[1] == pytest.approx(outcome.totals["central"], abs=0.5)
    for tier, values in outcome.tiers.items():
        row = by_key[f"guangdong:440000:::2025:Y:{tier}::extra_cost:central"]
        assert row[1] == pytest.approx(values["central"], abs=0.5), tier
    short = by_key["guangdong:440000:::2025:Y:::short_of_capacity:central"]
    assert short[1] == pytest.approx(outcome.gate.short_yuan, abs=0.5)
    for floor in outcome.floors.standards.floors.itertuples():
        row = by_key[f"guangdong:{floor.area_code}:dibao:{floor.residence}:2025:Y:::minimum_standard:central"]
        assert row[1] == floor.next_yuan_month
    cover = [str(value) for row in book[COVER].iter_rows(values_only=True) for value in row]
    assert "已改动 inputs were changed" in cover
    assert any(row[5] == DIFFERS for row in checks_of(book))


@pytest.mark.slow
def test_recalculated_every_check_holds_where_data_are_few(recalculated):
    checks = checks_of(opened(recalculated["few_data"], values=True))
    assert len(checks) > 80
    assert [row for row in checks if row[5] != SAME] == []


@pytest.mark.slow
def test_with_nobody_following_the_total_is_what_the_rules_ask_for(run, recalculated):
    total = checks_of(opened(recalculated["nobody_follows"], values=True))[0]
    assert total[1] == pytest.approx(run.outcome.totals["mandated"], abs=0.5)


@pytest.mark.slow
def test_every_number_fits_its_column_in_print(data, debian, tmp_path):
    (tmp_path / "costing.xlsx").write_bytes(data)
    converted(debian("soffice", "libreoffice-calc-nogui"), tmp_path, "pdf", tmp_path / "costing.xlsx")
    command = [debian("pdftotext", "poppler-utils"), tmp_path / "out" / "costing.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "490,375,321" in text
    assert "###" not in text


@pytest.mark.parametrize("name", names("scenarios", Path(__file__).resolve().parents[3]))
def test_the_formulas_of_every_scenario_come_to_its_results(name, home, evidence_june, rules):
    outcome = simulate(evidence_june, read_scenario(name, home, FEW), rules)
    checks = verdicts(built(outcome, evidence_june, rules))
    assert len(checks) > 100
    assert [row for row in checks if row[5] != SAME] == []


RULES = {
    "differential": {"policy.catch_up.kind": "differential", "policy.catch_up.faster_by_share": 0.02},
    "gap_share": {"policy.catch_up.kind": "gap_share", "policy.catch_up.close_gap_share": 0.3},
    "target": {
        "policy.catch_up.kind": "target",
        "policy.catch_up.target_ratio": 0.9,
        "policy.catch_up.target_year": 2028,
    },
    "minimum_wage": {"policy.rule.urban.kind": "minimum_wage", "policy.rule.urban.of_minimum_wage_share": 0.55},
    "index": {"policy.rule.urban.kind": "index"},
    "mixed": {"policy.rule.rural.kind": "mixed", "policy.rule.rural.price_weight": 0.5},
    "peg_to_a_share": {"policy.rule.urban.kind": "peg", "policy.rule.urban.of_consumption_share": 0.33},
    "not_unified": {"policy.unified_stay_unified.on": False, "policy.rule.rural.rise_share": 0.05},
    "held_by_the_ratchet": {
        "policy.rule.urban.rise_share": -0.02,
        "policy.rule.rural.rise_share": -0.1,
        "policy.rural_share.at_least": 0.9,
    },
    "no_ratchet": {
        "policy.ratchet.on": False,
        "policy.rule.urban.rise_share": -0.02,
        "policy.rule.rural.rise_share": -0.02,
    },
    "grids": {
        "policy.round_urban.step_yuan": 5,
        "policy.round_urban.mode": "nearest",
        "policy.round_rural.step_yuan": 10,
        "policy.round_rural.mode": "down",
    },
    "ceiling": {"policy.ceiling.unemployment_benefit_of_minimum_wage_share": 0.5},
    # 0.413 of class four's 1620 is 669.06: 669 in town, 660 in the country.
    "ceiling_on_two_grids": {
        "policy.ceiling.unemployment_benefit_of_minimum_wage_share": 0.413,
        "policy.rule.rural.rise_share": 0.2,
        "policy.round_rural.step_yuan": 10,
    },
    "a_share_off_the_rural_grid": {
        "policy.rural_share.at_least": 1,
        "policy.round_rural.step_yuan": 10,
        "policy.round_rural.mode": "down",
    },
    "a_year_before": {"base_year": 2023},
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_step_of_the_uprating_is_followed(name, home, evidence_june, rules):
    outcome = simulate(evidence_june, read_scenario("baseline", home, RULES[name] | FEW), rules)
    checks = verdicts(built(outcome, evidence_june, rules))
    assert [row for row in checks if row[5] != SAME] == []


# One base-year minimum changed: class, residence, yuan a month; and the class that its order then lifts.
OUT_OF_ORDER = {
    "above_a_unified_class": ("440000-C4", "urban", 990.0, "440000-C3", "urban"),
    "below_a_unified_class": ("440000-C2", "rural", 900.0, "440000-C2", "rural"),
}


@pytest.mark.parametrize("name", sorted(OUT_OF_ORDER))
def test_a_class_is_lifted_to_the_one_below_it(name, home, evidence_june, rules):
    code, side, value, *lifted = OUT_OF_ORDER[name]
    table = evidence_june.observations.copy()
    changed = table["area_code"].eq(code) & table["residence"].eq(side) & table["year"].eq(2024)
    table.loc[changed & table["measure"].eq("minimum_standard"), "value"] = value
    evidence = dataclasses.replace(evidence_june, observations=table)
    outcome = simulate(evidence, read_scenario("baseline", home, FEW), rules)
    steps = outcome.floors.standards.steps
    bound = steps[steps["name"].eq("class_order") & steps["binds"]]
    assert bound[["area_code", "residence"]].to_numpy().tolist() == [lifted]
    checks = verdicts(built(outcome, evidence, rules))
    assert [row for row in checks if row[5] != SAME] == []


def test_programmes_that_a_scenario_states_are_costed_by_formula(evidence_june, baseline, rules):
    stated = {
        "low_income_edge_persons": 200_000,
        "low_income_edge_benefit_yuan_month": 150,
        "disability_living_persons": 300_000,
    }
    line = baseline.assumptions["classified_share"].model_dump() | {"unit": "persons", "drawn": False}
    more = {
        name: Assumption(**(line | {"low": value, "central": value, "high": value})) for name, value in stated.items()
    }
    outcome = simulate(evidence_june, baseline.model_copy(update={"assumptions": baseline.assumptions | more}), rules)
    checks = verdicts(built(outcome, evidence_june, rules))
    keys = {row[-1].split(":")[3] for row in checks}
    assert {"low_income_edge", "disability_living"} <= keys
    assert [row for row in checks if row[5] != SAME] == []


def test_text_from_data_is_never_a_formula_nor_a_link(run, data, hostile_frame):
    book = opened(data, values=False)
    seen = {value: [] for value in HOSTILE}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    assert cell.hyperlink.target is None
                    assert sheet.title == COVER
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value
                    assert not re.search(r"http|\[", cell.value)
                if isinstance(cell.value, str) and cell.data_type != "f":
                    for value in HOSTILE:
                        seen[value] += [cell] if cell.value.replace("_x0009_", "\t") == value else []
    for value, cells in seen.items():
        assert len(cells) >= 2, value  # of the figure's data and of the table
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells), value


def test_a_hostile_area_name_stays_text_in_every_sheet(run):
    areas = run.evidence.areas.copy()
    names = dict(zip(("440100", "440200", "440300", "440400"), (*HOSTILE[:2], SCRIPT, TEX), strict=True))
    for code, name in names.items():
        areas.loc[code, "name_zh"] = name
    areas.loc["440000-C4", "name_zh"] = HOSTILE[2]
    evidence = dataclasses.replace(run.evidence, areas=areas)
    book = opened(built(run.outcome, evidence, run.rules), values=False)
    for name in names.values():
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if name in str(cell.value)]
        assert len(cells) > 15
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.value.startswith(name) or cell.value.startswith(("现行", "下年", "新增")) for cell in cells)


def test_two_builds_are_the_same_bytes_and_know_no_clock(run, data):
    again = built(run.outcome, run.evidence, run.rules)
    assert again == built(run.outcome, run.evidence, run.rules)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-06-30T00:00:00Z" in parts.read("docProps/core.xml")
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "external" in name.lower()]


def test_every_observed_cell_has_a_grade_and_a_listed_source(run, data):
    book = opened(data, values=True)
    rows = [row for row in book[OBSERVED].iter_rows(min_row=5) if isinstance(row[4].value, int | float)]
    assert len(rows) > 100
    sources = set(run.evidence.sources.index)
    for row in rows:
        assert row[6].value, row[0].coordinate
        assert row[7].value in sources, row[0].coordinate
    listed = {row[0] for row in book["来源 Sources"].iter_rows(min_row=5, values_only=True)}
    assert sources <= listed


def test_the_whole_results_table_is_listed(run, data):
    own = with_keys(run.facts.table[run.facts.table["scenario"] == "baseline"])
    rows = {row[0]: row for row in opened(data, values=True)[RESULTS].iter_rows(min_row=5, values_only=True)}
    assert set(own.index) <= set(rows)
    assert all(rows[key][3] == value for key, value in own["value"].items())


def test_the_main_inputs_have_names_and_say_why(run, data):
    book = opened(data, values=False)
    for name, assumption in run.assumptions.items():
        assert named(book, name).value == pytest.approx(float(assumption.central)), name
    assert {"follow_share", "rise_share_urban", "rural_share_at_least", "tekun_multiple", "grid_urban"} <= set(
        book.defined_names
    )
    reasons = {row[1].value: row[9].value for row in book[ASSUMPTIONS].iter_rows(min_row=5)}
    assert all(len(reasons[name]) > 10 for name in run.assumptions)


def test_every_cell_that_may_be_changed_is_looked_at_by_a_formula(data):
    book = opened(data, values=False)
    sheet = book[ASSUMPTIONS]
    yellow = [cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == ASSUMED]
    name_of = {
        named(book, name).coordinate: name
        for name in book.defined_names
        if ASSUMPTIONS in book.defined_names[name].attr_text
    }
    elsewhere = "\n".join(
        cell.value
        for other in book
        if other.title != ASSUMPTIONS
        for row in other.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )
    assert len(yellow) > 25
    for cell in yellow:
        wanted = name_of.get(cell.coordinate, f"'{ASSUMPTIONS}'!{cell.coordinate}")
        assert re.search(rf"{re.escape(wanted)}\b", elsewhere), wanted


def test_every_sheet_is_set_up_for_a4_with_its_heads_kept(data):
    book = opened(data, values=False)
    assert book.sheetnames == [name for name, _, _ in SHEETS.values()]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)  # None stands for the default, which is 1
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title not in (COVER, SUMMARY):
            assert sheet.freeze_panes, sheet.title


def test_a_value_that_is_no_formula_is_said_to_be_none(home, evidence_june, rules):
    outcome = simulate(evidence_june, read_scenario("peg", home), rules)
    cells = [
        cell
        for row in opened(built(outcome, evidence_june, rules), values=False)["提标 Uprating"].iter_rows()
        for cell in row
    ]
    said = [cell for cell in cells if "model's value" in str(cell.value)]
    assert len(said) == 14  # eight minima and six supplement floors

    for cell in said:
        assert isinstance(cell.parent.cell(cell.row, 4).value, int | float)


# Programme, measure, area (all without one), and whether an area's cost cannot do without.
LACKS = {
    "no_wages": ("minimum_wage", "minimum_wage", "", False),
    "no_tekun_standards": ("tekun", "basic_living_standard", "", False),
    "no_standards_in_force": ("dibao", "standard", "", False),
    "no_floors_of_cities": ("dibao", "supplement_floor", "cities", False),
    "no_consumption_of_one": ("", "consumption_expenditure_per_capita", "440600", False),
    "no_budget": ("", "general_public_budget_expenditure", "", False),
    "no_floors": ("dibao", "supplement_floor", "", True),
    "no_consumption": ("", "consumption_expenditure_per_capita", "", True),
    "no_people": ("", "resident_population", "", True),
    "no_recipients": ("dibao", "recipients", "", True),
    "no_tekun_recipients": ("tekun", "recipients", "", True),
}


def without(evidence, *names):
    """Return evidence that lacks what is named."""
    table = evidence.observations
    for programme, measure, area, _ in (LACKS[name] for name in names):
        lacking = table["programme"].eq(programme) & table["measure"].eq(measure)
        if area == "cities":
            lacking &= table["area_code"].map(evidence.areas["level"]).ne("class")
        elif area:
            lacking &= table["area_code"].eq(area)
        assert lacking.any()
        table = table[~lacking]
    return dataclasses.replace(evidence, observations=table)


@pytest.mark.parametrize("name", sorted(LACKS))
def test_without_some_data_the_formulas_hold_or_the_costing_is_refused(name, evidence_june, baseline, rules):
    _, measure, _, refused = LACKS[name]
    evidence = without(evidence_june, name)
    few = baseline.model_copy(update=FEW)
    if refused:
        with pytest.raises(DataRefused, match=f"no .*{measure}"):
            simulate(evidence, few, rules)
        return
    checks = verdicts(built(simulate(evidence, few, rules), evidence, rules))
    assert [row for row in checks if row[5] != SAME] == []
