"""The section on what has changed since an older memo: every sentence it can say, in both languages."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.inputs.scenario import read_scenario
from analysis.model.compare.bridge import CAUSES, bridge_rows, headline_lines
from analysis.model.compare.changes import KINDS, SHOWN
from analysis.report.facts import Facts
from analysis.report.memo.bridge import changed
from analysis.report.memo.marking import Plates
from analysis.report.memo.older import Older
from analysis.report.words import WORDS
from runs import run_of

PLACES = {"whole": "440000", "widest": "440000-C4"}
NO_PARAMETERS = pd.DataFrame(columns=["cause", "key", "base_value", "other_value"])
NO_DATA = pd.DataFrame(columns=SHOWN)
STILL = (0, 0, 0, 0)


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request):
    return run_of("baseline", request.param)


@pytest.fixture(scope="module")
def nothing(baseline):
    """An older memo that is as this one is."""
    return Older("baseline", baseline, baseline, 2024, "440000-C4", True, (), (), True, "", NO_DATA, NO_PARAMETERS)


def said(run, older, *, year=2025, lacks=(), **moved):
    """Return the section where headline numbers are moved by so much for each cause."""
    now = {
        name: line for name, line in headline_lines(run.result, "baseline", 2025, PLACES).items() if name not in lacks
    }
    parts = pd.DataFrame([moved.get(name, STILL) for name in now], index=list(now), columns=list(CAUSES), dtype=float)
    before = {
        name: line | {"value": line["value"] - parts.loc[name].sum(), "year": str(year)} for name, line in now.items()
    }
    counts = {f"data_{kind}": count for kind, count in older.data["kind"].value_counts().items()}
    rows = bridge_rows(run.evidence, "baseline", before, now, parts if older.split else None, counts)
    facts = Facts(pd.concat([run.result, rows], ignore_index=True), "baseline", run.lang, marked=True)
    wording = run.wording.safe()
    text = changed(facts, wording, Plates({}, facts, wording), older)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"\[([^]]*)\]\{[^}]*\}", r"\1", text))


def has(run, text, zh, en):
    wanted = zh if run.lang == "zh" else en
    assert wanted in text, text
    return True


def another(scenario, **values):
    return scenario.model_copy(update=values)


def test_nothing_has_changed(run, nothing):
    text = said(run, nothing)
    assert has(
        run,
        text,
        "对照的是2024年6月30日的上次测算（基准方案，计划2025年）。",
        "Compared with the older memo as of 30 June 2024 (Baseline), which planned 2025.",
    )
    assert has(
        run,
        text,
        "没有任何变化：数据、假设、政策和程序都与上次相同，各数也相同。",
        " Nothing has changed: data, assumptions, policy and program are the same, and so is every figure.",
    )
    assert ":::" not in text


@pytest.mark.parametrize(
    ("differing", "same_program", "zh", "en"),
    [
        (("policy",), True, "政策有变动，但各主要数字都没有变。", " What has changed (policy) moves none of the headline figures."),
        (("data", "assumptions"), False, "数据、假设、方法有变动，但", "What has changed (data, assumptions and method) moves none"),
    ],
)  # fmt: skip
def test_what_has_changed_moves_nothing(run, nothing, differing, same_program, zh, en):
    assert has(run, said(run, replace(nothing, differing=differing, same_program=same_program)), zh, en)


def test_other_versions_of_what_the_program_rests_on_are_method(run, nothing):
    text = said(run, replace(nothing, versions=[("numpy", "1.0", "2.0"), ("tibiao", "", "0.9")]))
    assert has(run, text, "方法有变动，但各主要数字都没有变。", "What has changed (method) moves none")
    assert has(run, text, "**方法**：numpy 1.0 → 2.0；tibiao ? → 0.9。", "**Method**: numpy 1.0 → 2.0; tibiao ? → 0.9.")


def test_each_cause_is_named_with_its_part_in_the_fixed_order(run, nothing):
    older = replace(nothing, differing=("data", "assumptions", "policy"), same_program=False)
    text = said(run, older, extra_cost=(24e6, -29e6, 59e6, 2e6), upper=(24e6, -202, 0, 0))
    assert has(
        run, text, "新增支出4.90亿元，比上次的4.34亿元多5,600万元：数据+2,400万元，假设-2,900万元，政策+5,900万元，方法+200万元。",
        "The extra cost is 56.0 million yuan higher than in the older memo (434 million yuan then, 490 million yuan now): data +24.0 million yuan, assumptions -29.0 million yuan, policy +59.0 million yuan, method +2.0 million yuan.",
    )  # fmt: skip
    assert has(run, text, "先后次序固定", "The order is always the same")
    assert has(
        run, text, "| 新增支出（万元） | 43,438 | +2,400 | -2,900 | +5,900 | +200 | 49,038 |",
        "| extra cost (million yuan) | 434.4 | +24.0 | -29.0 | +59.0 | +2.0 | 490.4 |",
    )  # fmt: skip
    assert has(
        run, text, "| +2,400 | 0 | – | – | 31,035 |", "| +24.0 | 0.0 | – | – | 310.4 |"
    )  # too small to print: no sign


def test_lower_by_little_and_the_rest_is_the_same(run, nothing):
    text = said(run, replace(nothing, differing=("assumptions",)), extra_cost=(0, -202, 0, 0))
    assert has(run, text, "少202元：假设-202元。数据、政策、方法与上次相同。", "The extra cost is 202 yuan lower than")
    assert has(run, text, "假设-202元", "assumptions -202 yuan. Data, policy and method are the same.")


@pytest.mark.parametrize(
    ("differing", "same_program", "zh", "en"),
    [
        (("policy",), True, "政策有变动，但没有改变新增支出；数据、假设与上次相同。", " Policy has changed without moving it; data and assumptions are the same."),
        (("data",), True, "数据有变动，但没有改变新增支出；假设、政策与上次相同。", " Data have changed without moving it; assumptions and policy are the same."),
        (("data", "assumptions"), True, "数据、假设有变动，但没有改变新增支出；政策与上次相同。", " Data and assumptions have changed without moving it; policy is the same."),
    ],
)  # fmt: skip
def test_what_has_not_moved_the_cost_is_said(run, nothing, differing, same_program, zh, en):
    older = replace(nothing, differing=differing, same_program=same_program)
    assert has(run, said(run, older, extra_cost=(0, 0, 0, 5e6)), zh, en)


def test_every_cause_moves_the_cost_and_no_more_is_said(run, nothing):
    text = said(run, nothing, extra_cost=(1e6, 1e6, 1e6, 1e6))
    assert has(run, text, "方法+100万元。\n", "method +1.0 million yuan.\n")


def test_causes_that_cancel_out(run, nothing):
    older = replace(nothing, differing=("data", "policy"))
    text = said(run, older, extra_cost=(5e6, 0, -5e6, 0))
    assert has(
        run,
        text,
        "新增支出4.90亿元，与上次相同，各项变动相互抵消：数据+500万元，政策-500万元。",
        "The extra cost of 490 million yuan is the same as in the older memo, though its causes have moved it: data +5.0 million yuan, policy -5.0 million yuan.",
    )


def test_the_cost_is_the_same_while_a_floor_moves(run, nothing):
    text = said(run, replace(nothing, differing=("policy",)), rural=(0, 0, 3, 0))
    assert has(
        run,
        text,
        "新增支出4.90亿元，与上次相同。政策有变动",
        "The extra cost of 490 million yuan is the same as in the older memo. Policy has",
    )


def test_minima_that_stay(run, nothing):
    text = said(run, nothing, extra_cost=(0, 0, 1e6, 0))
    assert has(
        run,
        text,
        "四类地区的最低标准与上次相同：城镇891元、农村669元，差额222元，农村为城镇的75.1%。",
        "The minima of class four are the same: 891 yuan in town, 669 in the country, 222 apart, rural at 75.1% of urban.",
    )


def test_minima_that_move_with_what_moved_their_gap(run, nothing):
    moves = {"urban": (0, 0, 4, 0), "rural": (-1, 0, 1, 0), "gap": (1, 0, 3, 0), "ratio": (0, 0, 0.0021, 0)}
    text = said(run, nothing, **moves)
    assert has(
        run,
        text,
        "城镇上次887、本次891元，农村上次669、本次669元；差额上次218、本次222元（数据+1，政策+3），农村为城镇的上次74.9%、本次75.1%。",
        "In class four the urban minimum is 891 (887 then) yuan, the rural one 669 (669 then); the gap is 222 (218 then; data +1, policy +3), the rural share 75.1% (74.9% then).",
    )
    assert has(
        run,
        text,
        "| 农村/城镇（%） | 74.87 | – | – | +0.21 | – | 75.08 |",
        "| rural share of urban (%) | 74.87 | – | – | +0.21 | – | 75.08 |",
    )


def test_numbers_that_one_of_the_two_does_not_hold_are_not_spoken_of(run, nothing):
    text = said(run, nothing, lacks=("ratio",), extra_cost=(0, 0, 1e6, 0))
    assert not has(run, text, "新增支出", "extra cost") or ("75.1%" not in text)
    text = said(run, nothing, lacks=("extra_cost",), gap=(1, 0, 0, 0))
    assert "490" not in text
    assert has(run, text, "四类地区的最低标准", "In class four")


def test_an_older_memo_without_its_inputs_has_totals_and_says_why(run, nothing):
    older = replace(nothing, id="late", then=None, kept=False)
    text = said(run, older, extra_cost=(0, 0, 0, 5e6))
    assert has(
        run, text, "对照的是上次测算（late，计划2025年）。", "Compared with the older memo (late), which planned 2025."
    )
    assert has(
        run,
        text,
        "没有当时的数据和参数（inputs.zip），所以只能比较合计，不能说明变化由什么引起。",
        "does not hold the data and parameters it rests on (inputs.zip), so only the total difference can be shown, not what caused it.",
    )
    assert has(
        run,
        text,
        "比上次的4.85亿元多500万元。\n",
        "5.0 million yuan higher than in the older memo (485 million yuan then, 490 million yuan now).\n",
    )
    assert has(
        run,
        text,
        "| 新增支出（万元） | 48,538 | +500 | 49,038 |",
        "| extra cost (million yuan) | 485.4 | +5.0 | 490.4 |",
    )
    assert has(run, text, "| 变化 |", "| change |")
    assert "算法" not in text
    assert "How this was found" not in text


def test_inputs_that_todays_program_cannot_run_are_said_with_the_reason_as_text(run, nothing):
    text = said(run, replace(nothing, lack="weather: <b>no</b> such key"), gap=(0, 0, 0, 1))
    assert has(
        run,
        text,
        "今天的程序不能用上次的数据和参数重算（weather: <b>no</b> such key），所以只能比较合计",
        "Today's program cannot run the data and parameters it rests on (weather: <b>no</b> such key), so only the total difference",
    )


def test_another_day_and_horizon_are_said_and_count_as_data(run, nothing, baseline):
    then = another(baseline, as_of=date(2023, 6, 30), horizon=3)
    text = said(
        run, replace(nothing, then=then, base_year=2023, differing=("data",)), year=2024, extra_cost=(1e6, 0, 0, 0)
    )
    assert has(
        run,
        text,
        "对照的是2023年6月30日的上次测算（基准方案，计划2024年）。本次测算日为2024年6月30日，两次各只用当日已公布的数据。",
        "as of 30 June 2023 (Baseline), which planned 2024. This memo is as of 30 June 2024; each rests on nothing later than its day.",
    )
    assert has(
        run,
        text,
        "上次2024年，本次2025年：以下是两个不同年份的“下年”之差。",
        "2024 then and 2025 now: what follows compares the next year of two different years.",
    )
    assert has(
        run,
        text,
        "上次看3年，本次看5年。这些变动都算在数据里。",
        "It looked 3 years ahead, this one 5. All of this counts as data.",
    )


def test_another_proposal_and_another_widest_class_are_said(run, nothing, home):
    then = read_scenario("rural80", home)
    text = said(run, replace(nothing, id="rural80", then=then, widest="440000-C3"))
    assert has(run, text, "本次建议的是另一方案：基准方案。", "Another scenario is proposed now: Baseline.")
    assert has(
        run,
        text,
        "上次差额最大的是三类地区，以下两次都取四类地区。",
        "The gap was widest in class three then; what follows is class four both times.",
    )


def test_each_changed_parameter_is_listed_under_its_cause(run, nothing):
    table = pd.DataFrame(
        [
            ("data", "as_of", "2023-06-30", "2024-06-30"),
            ("data", "areas.441600.area_class", "4", "3"),
            ("assumptions", "assumptions.follow_share.central", "0.77", "0.6"),
            ("assumptions", "assumptions.gone.central", "1", ""),
            *(("policy", f"policy.key{number}", "", str(number)) for number in range(8)),
        ],
        columns=NO_PARAMETERS.columns,
    )
    text = said(run, replace(nothing, parameters=table, differing=("data", "assumptions", "policy")))
    assert has(run, text, "- **数据**：areas.441600.area_class 4 → 3。", "- **Data**: areas.441600.area_class 4 → 3.")
    assert has(
        run,
        text,
        "- **假设**：高于最低标准的地区跟随提标的程度 (assumptions.follow_share.central) 0.77 → 0.6；assumptions.gone.central 1 → 无。",
        "- **Assumptions**: how far areas above the floor follow its rise (assumptions.follow_share.central) 0.77 → 0.6; assumptions.gone.central 1 → nothing.",
    )
    assert has(
        run,
        text,
        "policy.key5 无 → 5；其余见 bridge/changed_parameters.csv。",
        "policy.key5 nothing → 5; the rest in bridge/changed_parameters.csv.",
    )
    assert "as_of" not in text  # the first sentence says it
    assert "**方法" not in text
    assert "**Method" not in text


def data_row(kind, old, new, year=2024, period="Y", area="441600", measure="standard"):
    at = "data/guangdong/standards.csv:7"
    return (kind, area, year, period, "urban", "dibao", measure, "source", old, new, "yuan/person/month", at)


def test_changed_rows_of_the_data_are_counted_and_the_first_are_named(run, nothing):
    none = float("nan")
    rows = {
        "changed": data_row("changed", 900.0, 915.5),
        "added": data_row("added", none, 1000.0, period="M03"),
        "known": data_row("known", none, 12.0),
        "removed": data_row("removed", 5.0, none, measure="another_measure"),
        "hidden": data_row("hidden", 6.0, none, area="999999"),
        "described": data_row("described", 7.0, 7.0),
    }
    table = pd.DataFrame([rows[kind] for kind in KINDS for _ in range(2 if kind == "described" else 1)], columns=SHOWN)
    text = said(run, replace(nothing, data=table, differing=("data",)))
    assert has(
        run, text,
        "新增1行，1行因测算日后移而可用，1行改了数，2行改了等级、日期或首选，1行因测算日前移而不用，删去1行：",
        "1 row new, 1 row that the later day brings in, 1 row with another value, 2 rows with another grade, date or preference, 1 row that the earlier day hides, 1 row gone: ",
    )  # fmt: skip
    listed = [
        ("河源城镇", "Heyuan urban", "2024 900 → 915.5 (standards.csv:7)"),
        ("河源城镇", "Heyuan urban", "2024 M03 1,000 (standards.csv:7)"),
        ("河源城镇another measure", "Heyuan urban another measure", "2024 5 (standards.csv:7)"),
        ("999999城镇", "999999 urban", "2024 6 (standards.csv:7)"),
        ("河源城镇", "Heyuan urban", "2024 7 (standards.csv:7)"),
    ]
    for zh, en, rest in listed:
        name = re.escape(zh if run.lang == "zh" else en)
        assert re.search(f"{name}[^;；]*{re.escape(rest)}", text), (name, rest, text)
    places = [text.index(f"{rest} (") for rest in ("915.5", "M03 1,000", "2024 5", "2024 6", "2024 7")]
    assert places == sorted(places)  # what says most comes first
    assert has(run, text, "；其余见 bridge/changed_data.csv。", "; the rest in bridge/changed_data.csv.")


def test_every_number_is_marked_with_its_key_or_as_no_result(run, nothing):
    older = replace(nothing, differing=("policy",))
    now = headline_lines(run.result, "baseline", 2025, PLACES)
    parts = pd.DataFrame([(0, 0, 3, 0)] * len(now), index=list(now), columns=list(CAUSES), dtype=float)
    rows = bridge_rows(run.evidence, "baseline", now, now, parts, {})
    facts = Facts(pd.concat([run.result, rows], ignore_index=True), "baseline", run.lang, marked=True)
    wording = run.wording.safe()
    text = changed(facts, wording, Plates({}, facts, wording), older)
    assert not re.findall(r"\d", re.sub(r"\[[^]]*\]\{[^}]*\}", "", text))


def test_every_cause_and_every_kind_of_change_has_its_words():
    assert {f"cause_{cause}" for cause in (*CAUSES, "change")} | {f"rows_{kind}" for kind in KINDS} <= WORDS.keys()
