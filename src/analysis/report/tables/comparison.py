"""Scenarios beside the first of them: what each comes to, in which parameters they differ, what each group is worth."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.model.compare import DEARNESS, WIDTH, differences, dominated, subsets
from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

# The rows that are asked; to index all of a scenario's takes longer than the rest of the page.
ASKED = (
    "arrears", "envelope_for_90_percent", "extra_cost", "minimum_gap", "minimum_rural_urban_ratio", "minimum_standard",
    "short_of_capacity",
)  # fmt: skip
# The measures that are split over the groups of parameters.
SPLIT = ("extra_cost", "extra_cost_upper", "short_of_capacity")
GROUP_WORDS = {
    "data": ("数据", "data"),
    "policy": ("政策", "policy"),
    "fiscal": ("财力", "fiscal"),
    "timing": ("时间", "timing"),
    "assumptions": ("假设", "assumptions"),
    "draws": ("模拟", "simulation"),
}
# Parts are stored in whole yuan, each with half a yuan of rounding.
ROUNDING_YUAN = 1.0
WIDE = 400


def stored_headline(table: pd.DataFrame, scenario: str, whole: str) -> dict[str, float]:
    """Return what is compared of one scenario from its stored results; yuan a year, yuan a month, ratio.

    Args:
        table: its results.
        scenario: its id.
        whole: code of the province.

    Returns:
        The measures of :func:`analysis.model.compare.headline` that the tables show, and extra_cost_p10.
    """
    facts = Facts(table[table["measure"].isin(ASKED)], scenario, "en")
    _, following = plan_years(facts)
    widest = separate_class(facts) or class_codes(facts)[0]
    here = {"year": following, "area_code": whole, "programme": ""}
    there = {"year": following, "area_code": widest}
    return {
        "extra_cost": facts.value("extra_cost", **here),
        "extra_cost_p10": facts.value("extra_cost", statistic="p10", **here),
        "envelope_for_90_percent": facts.value("envelope_for_90_percent", **here),
        "extra_cost_upper": facts.value("extra_cost", tier="upper", **here),
        "short_of_capacity": facts.value("short_of_capacity", **here),
        "minimum_gap": facts.value("minimum_gap", **there),
        "minimum_rural_urban_ratio": facts.value("minimum_rural_urban_ratio", **there),
        "arrears": facts.value("arrears", component="arrears", **here),
    }


@dataclass(frozen=True)
class Comparison:
    """Scenarios of one package beside the first of them, from stored results.

    Attributes:
        scenarios: by id; the first is the base.
        headlines: id to :func:`stored_headline`.
        wording: words and areas of the language.
        attributed: id to measure, group, worth, of those scenarios that differ in several groups and were attributed.
    """

    scenarios: Mapping[str, Scenario]
    headlines: Mapping[str, Mapping[str, float]]
    wording: Wording
    attributed: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def base(self) -> Scenario:
        """The scenario that the others are compared with."""
        return next(iter(self.scenarios.values()))

    @property
    def others(self) -> list[Scenario]:
        """All but the base."""
        return list(self.scenarios.values())[1:]

    def groups(self, other: Scenario) -> tuple[str, ...]:
        """Return the groups of parameters in which a scenario differs from the base."""
        return subsets(self.base, other)[-1]

    def unattributed(self) -> list[Scenario]:
        """Return the scenarios whose difference is not yet split over several groups."""
        return [one for one in self.others if len(self.groups(one)) > 1 and one.id not in self.attributed]

    def take_stored(self, rows: pd.DataFrame) -> None:
        """Take an attribution that lies beside the stored results, where it is of the same results.

        It is where it names the groups that differ today and its parts add to today's difference.

        Args:
            rows: results with the measures ``<measure>_due_to_<group>``.
        """
        for other in self.unattributed():
            own = rows[rows["scenario"] == other.id].set_index("measure")["value"]
            parts = [
                (measure, group, own.get(f"{measure}_due_to_{group}"))
                for measure in SPLIT
                for group in self.groups(other)
            ]
            table = pd.DataFrame(parts, columns=["measure", "group", "worth"])
            if self._fits(table, other):
                self.attributed[other.id] = table

    def _fits(self, table: pd.DataFrame, other: Scenario) -> bool:
        if table["worth"].isna().any():
            return False
        sums, most = table.groupby("measure")["worth"].sum(), ROUNDING_YUAN * (2 + len(self.groups(other)))
        return all(abs(sums[measure] - self._rise(measure, other)) <= most for measure in SPLIT)

    def _rise(self, measure: str, other: Scenario) -> float:
        return self.headlines[other.id][measure] - self.headlines[self.base.id][measure]

    def beside(self) -> pd.DataFrame:
        """Return one line a scenario: the gap that is left, the cost, who pays, what is missing, what is late."""
        say, words = self.wording.pick, self.wording
        better = self.dominated()
        money = {
            "extra_cost": say("新增", "extra cost"),
            "extra_cost_p10": say("一成", "P10"),
            "envelope_for_90_percent": say("九成", "P90"),
            "extra_cost_upper": say("上级负担", "upper tiers"),
            "short_of_capacity": say("财力缺口", "short"),
            "arrears": say("补发", "arrears"),
        }
        lines = [
            {
                words.word("head_scenario"): name,
                say("名称", "title"): one.title.in_language(words.lang),
                say("农村/城镇", "rural/ urban"): fixed(self.headlines[name]["minimum_rural_urban_ratio"], 3),
                say("差额", "gap"): fixed(self.headlines[name]["minimum_gap"]),
                **{head: self._said(self.headlines[name][measure]) for measure, head in money.items()},
                say("被支配于", "dominated by"): better[name] or "-",
            }
            for name, one in self.scenarios.items()
        ]
        return pd.DataFrame(lines)

    def dominated(self) -> pd.Series:
        """Return for each scenario the one that costs no more and leaves no wider gap; empty where none does."""
        points = pd.DataFrame(self.headlines).T.rename(columns={"extra_cost": DEARNESS, "minimum_gap": WIDTH})
        return dominated(points[[DEARNESS, WIDTH]])

    def _said(self, yuan: float) -> str:
        value = amount(yuan, self.wording)
        return f"{value:,}" if self.wording.lang == "zh" else fixed(value, 1, ",")

    def differing(self) -> pd.DataFrame:
        """Return the parameters in which each scenario differs from the base, by group."""
        say = self.wording.pick
        heads = [self.wording.word("head_scenario"), say("组", "group"), say("参数", "parameter"), self.base.id]
        tables = [differences(self.base, one).assign(scenario=one.id) for one in self.others]
        table = pd.concat(tables, ignore_index=True)[["scenario", "group", "key", "base_value", "other_value"]]
        table["group"] = [say(*GROUP_WORDS[group]) for group in table["group"]]
        return table.replace("", "-").set_axis([*heads, say("该方案", "scenario's own")], axis=1)

    def worths(self) -> pd.DataFrame:
        """Return what each group of parameters is worth to the cost, to the upper tiers' part and to what is missing."""
        say = self.wording.pick
        heads = [say("新增", "extra cost"), say("上级负担", "upper tiers"), say("财力缺口", "short")]
        lines = []
        for other in self.others:
            groups, split = self.groups(other), self.attributed.get(other.id)
            if len(groups) > 1 and split is None:
                continue
            for group in groups:
                found = [self._worth(measure, group, other, split) for measure in SPLIT]
                lines.append((other.id, say(*GROUP_WORDS[group]), *(self._said(value) for value in found)))
        return pd.DataFrame(lines, columns=[self.wording.word("head_scenario"), say("组", "group"), *heads])

    def _worth(self, measure: str, group: str, other: Scenario, split: pd.DataFrame | None) -> float:
        """One differing group is the whole difference; several are split."""
        if split is None:
            return self._rise(measure, other)
        return split.set_index(["measure", "group"]).at[(measure, group), "worth"]

    def page(self, folder: str) -> str:
        """Return the page for the terminal: three tables, each with a line that says how to read it.

        Args:
            folder: where the results lie, as shown.
        """
        say, base = self.wording.pick, self.base.id
        year = self.base.base_year + 1
        blocks = [
            say(
                f"{folder} 中的结果；{year}年，金额为{unit(self.wording)}，差额为{self.wording.unit_month}（取现时差额最大的一类地区）",
                f"results in {folder}; {year}, amounts in {unit(self.wording)}, gap in {self.wording.unit_month} (of the class with the widest gap now)",
            ),
            printed(self.beside()),
            say(
                "被支配：另有方案支出不更多、差额不更大，且至少一项更好；标准高低不在比较之内",
                "dominated: another costs no more and leaves no wider gap, and is better in one of the two; how high the standards are is not weighed",
            ),
        ]
        differing = self.differing()
        if len(differing):
            blocks += ["", say(f"与 {base} 不同的参数：", f"parameters that differ from {base}:"), printed(differing)]
        same = [one.id for one in self.others if not self.groups(one)]
        if same:
            named = self.wording.listed(same)
            blocks.append(
                say(f"{named}：除名称外与 {base} 相同", f"{named}: nothing but names differs from {base}"),
            )
        return "\n".join([*blocks, *self._worths_said()])

    def _worths_said(self) -> list[str]:
        say, base, worths = self.wording.pick, self.base.id, self.worths()
        blocks = []
        if len(worths):
            title = say(f"各组参数之差各值多少（与 {base} 比）：", f"what each group is worth against {base}:")
            blocks += ["", title, printed(worths)]
        for one in self.unattributed():
            runs = len(subsets(self.base, one))
            line = say(
                f"{one.id}：有多组参数不同；加 --attribute 可算出各值多少（测算{runs}次）",
                f"{one.id}: several groups differ; --attribute computes what each is worth ({runs} runs)",
            )
            blocks.append(line)
        return blocks


def printed(table: pd.DataFrame) -> str:
    """Return a table as text for the terminal, Chinese in line; as wide as it is: a cut number is worse than a long line."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for position, head in enumerate(table.columns):
        shown.add_column(head, justify="right" if _numeric(table.iloc[:, position]) else "left")
    for line in table.itertuples(index=False):
        shown.add_row(*line)
    console = Console(file=io.StringIO(), width=WIDE)
    console.print(shown, markup=False, highlight=False)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def _numeric(texts: Sequence[str]) -> bool:
    return all(text[:1].isdigit() or text[:2].removeprefix("-").isdigit() for text in texts)
