"""The sentence on how the gap came to be: its words follow ratio and gap, which need not go the same way."""

import itertools

import pytest

from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates
from analysis.report.memo.standards import present
from runs import run_of

SAID = {
    "ratio": {
        1: ("比例上升", "the ratio rose"),
        -1: ("比例下降", "the ratio fell"),
        0: ("比例未变", "the ratio stayed"),
    },
    "gap": {
        1: ("绝对差额扩大", "the gap in yuan widened"),
        -1: ("绝对差额缩小", "the gap in yuan narrowed"),
        0: ("绝对差额未变", "the gap in yuan stayed"),
    },
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ratio_and_gap_are_each_said_as_they_moved(lang):
    run = run_of("baseline", lang)
    for ratio, gap in itertools.product((1, 0, -1), repeat=2):
        table = run.facts.table.copy()
        first = (table["scenario"] == "") & (table["area_code"] == "440000-C4") & (table["year"] == "2015")
        now = (table["area_code"] == "440000-C4") & (table["year"] == "2024")
        for measure, moved, by in (("minimum_rural_urban_ratio", ratio, 0.01), ("minimum_gap", gap, 10)):
            value = table.loc[now & (table["measure"] == measure), "value"].iloc[0]
            table.loc[first & (table["measure"] == measure), "value"] = value - moved * by
        facts = Facts(table, "baseline", lang)
        said = present(facts, run.wording, Plates({}, facts, run.wording))
        for kind, moved in (("ratio", ratio), ("gap", gap)):
            assert [way for way, words in SAID[kind].items() if words[lang == "en"] in said] == [moved]
