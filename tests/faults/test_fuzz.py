"""Parameter files and tables with anything in them: refused in one line, or a result whose invariants hold."""

import csv
import io
import os
import random
from collections import Counter
from datetime import date

import numpy as np
import pytest

from analysis.errors import Refusal
from analysis.inputs import evidence
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario, values_of
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import simulate

pytestmark = pytest.mark.load
EXAMPLES = int(os.environ.get("FUZZ", 0)) or (2000 if os.environ.get("FULL") else 400)
# Of those that are let through, so many are written out as rows and the rows reckoned again.
ROWS_OF_EVERY = 20
YUAN = 1e-4
VALUES = [
    "0", "1", "-1", "0.5", "0.8", "1.0", "2", "5", "100", "1e3", "1e400", ".nan", "-.inf", "044010", "1_000", "12:30", "no", "on", "true", "null",
    "''", "'x'", "[]", "{}", "[1, 2]", "{a: 1}", "fixed", "freeze", "peg", "index", "flat", "mixed", "triple", "minimum_wage", "base_chain", "target",
    "gap_share", "differential", "up", "down", "nearest", "2020", "2024", "2025", "2030", "2024-06-30", "2016-06-30", "low", "high", "middle",
    "!!python/object:os.system", "&a [*a]", '"\\0"', "'提'", "'<b>'", "0.035", "-0.3", "0.0001", "99999", "1000000",
]  # fmt: skip
CELLS = [
    "", " ", "0", "-1", "1", "9e9", "1e400", "NaN", "INF", "９１５", "1,196", "600元/月", "(600)", "—", "#DIV/0!", "=1+1", "<script>", "NA", "null",
    "true", "false", "2024", "2016", "2024-06-30", "2024-13-40", "urban", "rural", "both", "dibao", "tekun", "standard", "minimum_standard",
    "official", "inferred", "441600", "440000-C4", "440000", "yuan/person/month", "yuan/person/year", "Y", "M03", "x" * 400, "a\nb", 'a"b', "\t",
    "\u2028", "\x00", "700", "1050.5", "checked: so it is",
]  # fmt: skip


@pytest.fixture
def known(copied_home, home):
    """Return Guangdong's package of the plan's day; copies of it are checked anew."""
    return evidence.load("guangdong", date(2024, 6, 30), home)


def holds(package, scenario, home, whole):
    """Say what is wrong with what a scenario comes to; empty where every invariant holds."""
    rules = read_rules("guangdong", home)
    outcome = simulate(package.known_on(scenario.as_of), scenario, rules)
    cells, total = outcome.cells, outcome.totals["central"]
    near = max(abs(total), 1.0) * 1e-9 + YUAN
    if not np.isfinite([total, outcome.totals["low"], outcome.totals["high"], *outcome.draws]).all():
        return "a cost is no number"
    if abs(cells["extra_central"].sum() - total) > near:
        return "areas do not add up to the province"
    if abs(cells["extra_upper"].sum() + cells["extra_local"].sum() - total) > near:
        return "tiers do not add up to the whole"
    parts = ["incumbent", "supplement_floor", "entrant", "linked"]
    if abs(sum(cells[f"{part}_central"].sum() for part in parts) - total) > near:
        return "parts do not add up to the whole"
    if (cells["next_standard_central"] < cells["standard_central"] - YUAN).any():
        return "a standard in force falls"
    floors = outcome.floors.standards.floors
    if scenario.policy.ratchet.on and (floors["next_yuan_month"] < floors["now_yuan_month"] - YUAN).any():
        return "a floor falls though the ratchet is on"
    if not whole:
        return ""
    rows = whole_result(package.known_on(scenario.as_of), scenario, outcome, rules)
    rows = rows[(rows["statistic"] == "central") & (rows["tier"] == "") & (rows["component"] == "")]
    values = rows.set_index(["measure", "area_code", "residence", "year"])["value"]
    for (measure, area, _, year), gap in values.items():
        if measure == "minimum_gap":
            urban, rural = (values["minimum_standard", area, side, year] for side in ("urban", "rural"))
            if abs(urban - rural - gap) > 1e-9:
                return f"the gap of {area} in {year} is {gap}, not {urban} less {rural}"
    return ""


def every_one_holds(make, scenario_home, what):
    """Try many examples: each is refused in one line or holds; return how they ended, as a figure of the load."""
    ended, failed = Counter(), []
    for number in range(EXAMPLES):
        try:
            made, package, scenario = make(number)
            wrong = holds(package, scenario, scenario_home, ended["let through"] % ROWS_OF_EVERY == 0)
        except Refusal as refusal:
            ended["refused"] += 1
            if "\n" in str(refusal) or refusal.exit_code not in (2, 3, 4):
                failed.append(f"{number}: {refusal!r}")
            continue
        except Exception as error:
            ended["failed"] += 1
            failed.append(f"{number}: {changed[-1] if changed else ''}: {type(error).__name__}: {error}")
            continue
        ended["let through"] += 1
        if wrong:
            failed.append(f"{number}: {made}: {wrong}")
    assert not failed, "\n".join(failed)
    assert min(ended["refused"], ended["let through"]) > EXAMPLES // 10
    counts = f"{ended['refused']} refused, {ended['let through']} let through"
    return f"L5 {what}: {EXAMPLES} tried, {counts}, all invariants hold"


# What the example that is being tried has changed.
changed: list[str] = []


def test_no_parameter_file_whatever_gives_a_traceback_or_a_wrong_result(copied_home, known, figure):
    dice = random.Random(1)  # noqa: S311 - a seed, so that a failure can be had again
    base = read_scenario("baseline", copied_home)
    keys = [key for key in values_of(base) if key.partition(".")[0] not in ("id", "title", "question", "draws")]
    places = ["scenarios/baseline", "policies/rise35", "fiscal/baseline", "assumptions/guangdong", "sharing/guangdong"]
    texts = {name: (copied_home / f"params/{name}.yaml").read_text("utf-8") for name in places}
    head = "extends: baseline\nid: mine\ntitle: {zh: 试, en: Probe}\nquestion: {zh: 问, en: What?}\noverrides:\n  draws: 100\n"
    mine = copied_home / "mine.yaml"

    def by_key():
        picked = dice.sample(keys, dice.choice([1, 1, 1, 2, 3]))
        return {key: dice.choice(VALUES) for key in picked}

    def spoiled(text):
        at = dice.randrange(len(text))
        return dice.choice([
            text[:at] + dice.choice(["\n", ":", " ", "-", "'", "[", "\t", "0", "#", "\u2028", "提"]) + text[at:],
            text[:at] + text[at + dice.randrange(1, 6):],
            text[:at],
            text.replace(dice.choice(text.splitlines()), "", 1),
        ])  # fmt: skip

    def make(number):
        for name, text in texts.items():
            (copied_home / f"params/{name}.yaml").write_text(text, "utf-8")
        if number % 3:
            lines = by_key()
            mine.write_text(head + "".join(f"  {key}: {value}\n" for key, value in lines.items()), "utf-8")
            changed[:] = [str(lines)]
        else:
            mine.write_text(head, "utf-8")
            name = dice.choice(places)
            text = spoiled(texts[name])
            (copied_home / f"params/{name}.yaml").write_text(text, "utf-8")
            changed[:] = [f"{name} spoiled"]
        return changed[-1], known, read_scenario("", copied_home, None, mine)

    figure(every_one_holds(make, copied_home, "parameter files"))


def test_no_table_whatever_gives_a_traceback_or_a_wrong_result(copied_home, figure):
    dice = random.Random(2)  # noqa: S311 - a seed, so that a failure can be had again
    folder = copied_home / "data/guangdong"
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.csv")}
    scenario = read_scenario("baseline", copied_home, {"draws": 100})

    def written(rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        return buffer.getvalue().encode("utf-8", "surrogatepass")

    def spoiled(text):
        rows = list(csv.reader(io.StringIO(text)))
        at, column = dice.randrange(1, len(rows)), dice.randrange(len(rows[0]))
        kind = dice.choice(
            ["cell"] * 8
            + ["column", "factor", "factor", "drop", "twice", "swap", "comma", "cut", "gbk", "bom", "crlf", "blank"]
        )
        said = f"{kind} row {at + 1} column {rows[0][column]}"
        if kind in ("cell", "factor"):
            column = dice.choice([column, rows[0].index("value")]) if "value" in rows[0] else column
            said = f"{kind} row {at + 1} column {rows[0][column]}"
            old = rows[at][column]
            plain = old.replace(".", "", 1).lstrip("-").isdigit()
            rows[at][column] = (
                f"{float(old) * dice.uniform(0.7, 1.35):.2f}" if kind == "factor" and plain else dice.choice(CELLS)
            )
            said += f" {old!r} -> {rows[at][column][:40]!r}"
        elif kind == "column":
            for row in rows:
                del row[column]
        elif kind == "drop":
            del rows[at]
        elif kind == "twice":
            rows.insert(at, rows[at])
        elif kind == "swap":
            other = dice.randrange(len(rows[0]))
            rows[at][column], rows[at][other] = rows[at][other], rows[at][column]
        elif kind == "comma":
            rows[at].insert(column, "1")
        elif kind == "blank":
            rows.insert(at, [""] * len(rows[0]))
        whole = written(rows)
        if kind == "cut":
            whole = whole[: dice.randrange(len(whole))]
        if kind == "gbk":
            whole = whole.decode().encode("gb18030")
        if kind == "bom":
            whole = "\ufeff".encode() + whole
        return said, whole.replace(b"\n", b"\r\n") if kind == "crlf" else whole

    def make(_number):
        name = dice.choice(sorted(texts))
        said, content = spoiled(texts[name])
        for other, text in texts.items():
            (folder / other).write_text(text, "utf-8")
        (folder / name).write_bytes(content)
        changed[:] = [f"{name}: {said}"]
        return changed[-1], evidence.load("guangdong", date(2024, 6, 30), copied_home), scenario

    figure(every_one_holds(make, copied_home, "tables"))
