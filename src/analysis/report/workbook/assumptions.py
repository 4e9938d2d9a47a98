"""Assumptions: the sheet of everything that a reader may change: assumptions, policy, shares by tier, constants."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.model.cost import ENTRANT_SHARE_OF_RISE
from analysis.model.programmes import CLASSIFIED_SHARE_OF_STANDARD, OPTIONAL, PRICE_LINK_INDEX_RISE_SHARE
from analysis.model.simulate.case import NEEDED, OWN_SCHEDULE
from analysis.report.rounding import fixed
from analysis.report.workbook.costing import RESIDENCES, Costing
from analysis.report.workbook.formula import Formula, either, how_many, of, span
from analysis.report.workbook.sheet import Book, Pair, Sheet

CHANGED = "已改 changed"
HEADS: tuple[Pair, ...] = (
    ("编号", "no."), ("标识", "id"), ("名称", "title"), ("单位", "unit"), ("低", "low"), ("原值", "as run"),
    ("采用值", "value used"), ("高", "high"), ("改动", "changed"), ("理由", "reason"), ("出处；可要的数据", "source; what to ask for"),
)  # fmt: skip
AS_RUN, USED = 5, 6
# Assumptions about programmes whose cost no rise of the dibao standard moves.
UNMOVED = (*OWN_SCHEDULE, "disability_nursing_persons", "tekun_care_minimum_wage_share")
# What the rise rules and the ways of catching up look at; a rule that is not named here needs a forecast.
PARAMETER = {"freeze": "", "fixed": "rise_share", "base_chain": "rise_share", "flat": "rise_yuan_month",
             "minimum_wage": "of_minimum_wage_share"}  # fmt: skip
CAUGHT_UP_BY: dict[str, tuple[str, ...]] = {
    "none": (), "differential": ("faster_by_share",), "gap_share": ("close_gap_share",), "target": ("target_ratio", "target_year"),
}  # fmt: skip
POLICY_TITLES: dict[str, Pair] = {
    "rise_share": ("提标幅度", "rise"),
    "rise_yuan_month": ("提高元数", "rise, yuan"),
    "of_minimum_wage_share": ("占最低工资的比例", "share of the minimum wage"),
    "faster_by_share": ("农村增幅高出", "rural rise faster by"),
    "close_gap_share": ("差距缩小的比例", "part of the gap that closes"),
    "target_ratio": ("目标比例", "target ratio"),
    "target_year": ("目标年份", "target year"),
}


@dataclass
class Inputs:
    """The cells that formulas take their parameters from.

    Attributes:
        of: id to its cell.
        shares: class number and tier to the share that the tier bears.
        changed: how many cells differ from what the scenario was run with.
        numbers: assumption id to its number in the sheet, such as A3.
    """

    of: dict[str, Formula] = field(default_factory=dict)
    shares: dict[tuple[str, str], Formula] = field(default_factory=dict)
    changed: Formula | None = None
    numbers: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Formula:
        return self.of[name]

    def __contains__(self, name: str) -> bool:
        return name in self.of

    def numbered(self, rests_on: str) -> str:
        """Name the assumptions that a result rests on by their numbers, a run of them by its ends; others as they are."""
        names = [name for name in rests_on.split(";") if name]
        numbers = sorted(int(self.numbers[name][1:]) for name in names if self.numbers.get(name, "").startswith("A"))
        runs: list[list[int]] = []
        for number in numbers:
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        said = [f"A{run[0]}" if len(run) == 1 else f"A{run[0]}–A{run[-1]}" for run in runs]
        return ", ".join(said + [name for name in names if not self.numbers.get(name, "").startswith("A")])


@dataclass(frozen=True)
class Line:
    """One row of the sheet: a parameter, and all that is said of it; one that moves no cost is not there to be changed."""

    id: str
    title: Pair
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""
    source: str = ""
    live: bool = True


def assumptions_sheet(sheet: Sheet, book: Book, costing: Costing) -> Inputs:
    """Write the sheet of what may be changed, and return its cells."""
    inputs = Inputs()
    sheet.say(2, 0, len(HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, HEADS)
    sheet.freeze(row, 3)
    for column, width in {1: 29, 2: 30, 3: 17, 9: 74, 10: 30}.items():
        sheet.width(column, width)
    flags: list[Formula] = []
    blocks = [
        (("一、假设", "1. Assumptions"), "A", _assumption_lines(costing)),
        (("二、政策", "2. Policy"), "P", _policy_lines(costing)),
        (("三、常数", "3. Constants"), "K", _constant_lines()),
    ]
    for title, letter, lines in blocks:
        row = sheet.section(row, title, len(HEADS))
        for number, line in enumerate(lines, start=1):
            inputs.numbers[line.id] = f"{letter}{number}"
            inputs.of[line.id] = _line(sheet, book, row, f"{letter}{number}", line, flags)
            row += 1
    row = sheet.section(row, ("四、分担比例", "4. Shares by tier"), len(HEADS))
    row = _shares(sheet, costing, row, inputs, flags)
    sheet.put(row, 2, "改动的单元格数 cells changed", "label", "text")
    inputs.changed = book.name("inputs_changed", sheet.put(row, 8, _count(flags), "result", "yuan"))
    return inputs


def _line(sheet: Sheet, book: Book, row: int, number: str, line: Line, flags: list[Formula]) -> Formula:
    for column, text in enumerate((number, line.id, " ".join(line.title), line.unit)):
        sheet.put(row, column, text, "wrapped", "text")
    sheet.put(row, 4, line.low, "stored" if line.low is not None else "label")
    sheet.put(row, 7, line.high, "stored" if line.high is not None else "label")
    used = _changeable(sheet, row, line.value, flags) if line.live else _fixed(sheet, row, line.value)
    for column, text in ((9, line.reason), (10, line.source)):
        sheet.put(row, column, text, "wrapped", "text")
    if line.low is not None and line.high is not None and line.low < line.high:
        sheet.page.data_validation(
            row, USED, row, USED,
            {
                "validate": "decimal", "criteria": "between", "minimum": line.low, "maximum": line.high, "error_type": "warning",
                "error_title": "超出范围 out of range", "error_message": "低于低值或高于高值 below low or above high",
            },
        )  # fmt: skip
    # Only ids that our model knows become names of the workbook; one made of an area's name stays a plain cell.
    return book.name(line.id, used) if line.id in KNOWN else used


def _changeable(sheet: Sheet, row: int, value: float, flags: list[Formula]) -> Formula:
    as_run = sheet.put(row, AS_RUN, value, "stored")
    used = sheet.put(row, USED, value, "assumed")
    flags.append(sheet.put(row, 8, either(used.equals(as_run), "", CHANGED), "formula", "text"))
    return used


def _fixed(sheet: Sheet, row: int, value: float) -> Formula:
    sheet.put(row, AS_RUN, value, "stored")
    sheet.put(row, 8, None, "label")
    return sheet.put(row, USED, value, "stored")


def _count(flags: list[Formula]) -> Formula:
    """Count the marks of change; their column has other rows between, which hold none."""
    whole = span([flags[0], flags[-1]])
    return how_many(Formula(whole.text, tuple(flag.value for flag in flags)), CHANGED)


def _assumption_lines(costing: Costing) -> list[Line]:
    lines = []
    for name, assumption in costing.outcome.assumptions.items():
        measured = (
            "由以往预测误差算出 measured from past errors" if assumption.scored else "方案所列 as the scenario states"
        )
        overridden = [key for key in costing.scenario.overrides if key.startswith(f"assumptions.{name}.")]
        own = "；方案改动 overridden" if overridden else ""
        idle = "；提标花费与它无关 moves no cost of the rise" if name in UNMOVED else ""
        lines.append(
            Line(
                name, (assumption.title.zh, assumption.title.en), _unit(assumption.unit),
                float(assumption.central), float(assumption.low), float(assumption.high),
                f"{assumption.reason.zh}\n{assumption.reason.en}",
                f"{measured}{own}{idle}\n{assumption.ask.zh} {assumption.ask.en}", name not in UNMOVED,
            )
        )  # fmt: skip
    return lines


def _unit(unit: str) -> str:
    """Name an assumption's unit in both languages, by the first word that it begins with."""
    words = {"share a year": "每年比例", "share": "比例", "exponent": "指数", "times": "倍"}
    return next((f"{zh} {unit}" for en, zh in words.items() if unit.startswith(en)), unit)


def _policy_lines(costing: Costing) -> list[Line]:
    scenario, policy = costing.scenario, costing.scenario.policy
    said = f"{policy.title.zh} {policy.title.en}"
    lines = [Line("base_year", ("基年", "base year"), "年 year", scenario.base_year, live=False)]
    for side in RESIDENCES:
        rule = getattr(policy.rule, side)
        name = PARAMETER.get(rule.kind, "")
        if name:
            zh, en = POLICY_TITLES[name]
            title = (f"{'城镇' if side == 'urban' else '农村'}{zh}", f"{side}: {en}")
            lines.append(Line(f"{name}_{side}", title, "", float(getattr(rule, name)), reason=said))
    for name in CAUGHT_UP_BY[policy.catch_up.kind]:
        lines.append(Line(name, POLICY_TITLES[name], "", float(getattr(policy.catch_up, name)), reason=said))
    multiple = costing.outcome.case.tekun_multiple
    document = next((rule.document for rule in costing.rules if rule.kind == "multiple_of_dibao"), "")
    ceiling = policy.ceiling
    shares = {rule.kind: rule.document for rule in costing.rules if rule.known_from <= scenario.as_of}
    lines += [
        Line("rural_share_at_least", ("农村不低于城镇的比例", "rural at least this share of urban"), "比例 share",
             float(policy.rural_share.at_least), source=shares.get("rural_share", "")),
        Line("grid_urban", ("城镇取整到", "urban rounded to"), "元 yuan", float(policy.round_urban.step_yuan)),
        Line("grid_rural", ("农村取整到", "rural rounded to"), "元 yuan", float(policy.round_rural.step_yuan)),
        Line("ceiling_of_minimum_wage", ("上限：占最低工资", "ceiling: share of the minimum wage"), "比例 share",
             float(ceiling.of_minimum_wage_share), source=shares.get("ceiling", ""), live=ceiling.on),
        Line("benefit_of_minimum_wage", ("失业保险金占最低工资", "unemployment benefit over the minimum wage"), "比例 share",
             float(ceiling.unemployment_benefit_of_minimum_wage_share), source=shares.get("ceiling", ""), live=ceiling.on),
        Line("tekun_multiple", ("特困标准为低保的倍数", "tekun standard, times dibao"), "倍 times", multiple, source=document),
        Line("expenditure_growth", ("一般公共预算支出年增长", "growth of general public budget expenditure"), "比例 share",
             float(scenario.fiscal.expenditure_growth_share),
             reason=f"{scenario.fiscal.expenditure_growth_reason.zh}\n{scenario.fiscal.expenditure_growth_reason.en}"),
    ]  # fmt: skip
    if "disability_living_persons" in costing.outcome.assumptions:
        flat = costing.outcome.case.disability_living_yuan_month
        title = ("困难残疾人生活补贴", "disability living subsidy")
        lines.append(Line("disability_living_yuan_month", title, "元/人·月 yuan/person/month", flat))
    return lines


def _constant_lines() -> list[Line]:
    return [
        Line("entrant_share_of_rise", ("新增对象人均补差占提标额", "entrants' mean supplement over the rise"), "比例 share",
             ENTRANT_SHARE_OF_RISE, reason="新旧标准之间的收入按均匀分布计，新增对象平均缺提标额的一半\n"
             "incomes between the old line and the new are taken as evenly spread, so that an entrant lacks half the rise"),
        Line("classified_of_standard", ("分类施保增发占标准", "classified extra over the standard"), "比例 share",
             CLASSIFIED_SHARE_OF_STANDARD, reason="中山市2022年通知：标准1160元，增发464元\n"
             "Zhongshan's notice of 2022: 464 yuan at a standard of 1,160"),
        Line("price_index_rise", ("价格补贴所按的物价涨幅", "price rise that the price-linked subsidy is reckoned on"), "比例 share",
             PRICE_LINK_INDEX_RISE_SHARE, reason="启动条件：居民消费价格同比上涨3.5%\nthe trigger: consumer prices up 3.5 %",
             source="发改价格〔2021〕1553号"),
    ]  # fmt: skip


KNOWN = (
    NEEDED | set(OPTIONAL) | {line.id for line in _constant_lines()}
    | {f"{name}_{side}" for name in ("rise_share", "rise_yuan_month", "of_minimum_wage_share") for side in RESIDENCES}
    | {"faster_by_share", "close_gap_share", "target_ratio", "target_year", "base_year", "rural_share_at_least", "grid_urban",
       "grid_rural", "ceiling_of_minimum_wage", "benefit_of_minimum_wage", "tekun_multiple", "expenditure_growth",
       "disability_living_yuan_month"}
)  # fmt: skip


def tiers_of(costing: Costing) -> list[str]:
    """Return the tiers of government, the local one last."""
    shares = costing.scenario.shares.shares
    return [*sorted({tier for row in shares.values() for tier in row} - {"local"}), "local"]


def _shares(sheet: Sheet, costing: Costing, row: int, inputs: Inputs, flags: list[Formula]) -> int:
    """Write the shares used, then the other sets beside which they stand; local bears what the others do not."""
    scenario, labels = costing.scenario, costing.labels
    number = 0
    for class_number, shares in scenario.shares.shares.items():
        written: list[Formula] = []
        for tier in tiers_of(costing):
            number += 1
            title = f"{labels.area_class(class_number.removeprefix('class_'))}：{labels.word(f'tier_{tier}')}"
            for column, text in enumerate((f"S{number}", f"{class_number}.{tier}", title, "比例 share")):
                sheet.put(row, column, text, "wrapped", "text")
            for column in (4, 7):
                sheet.put(row, column, None, "label")
            value = float(shares.get(tier, 0))
            if tier == "local":
                sheet.put(row, AS_RUN, value, "stored")
                cell = sheet.put(row, USED, 1 - sum(written, start=of(0.0)))
                sheet.put(row, 8, None, "formula")
            else:
                cell = _changeable(sheet, row, value, flags)
                written.append(cell)
            inputs.shares[class_number.removeprefix("class_"), tier] = cell
            reason = scenario.shares.reason
            for column, text in (
                (9, f"{reason.zh}\n{reason.en}" if number == 1 else ""),
                (10, f"分担口径 share set: {scenario.fiscal.sharing}" if number == 1 else ""),
            ):
                sheet.put(row, column, text, "wrapped", "text")
            row += 1
    for name, one in scenario.sharing.items():
        if name == scenario.fiscal.sharing:
            continue
        listed = "；".join(
            f"{labels.area_class(number.removeprefix('class_'))} {labels.word(f'tier_{tier}')} {fixed(float(share), 2)}"
            for number, tiers in one.shares.items()
            for tier, share in tiers.items()
            if tier != "local"
        )
        for column, text in enumerate(("", name, "其他口径（供比较） another set, to compare", "比例 share")):
            sheet.put(row, column, text, "wrapped", "text")
        for column in (*range(4, 9), 10):
            sheet.put(row, column, None, "label")
        sheet.put(row, 9, f"{listed}\n{one.reason.zh}\n{one.reason.en}", "wrapped", "text")
        row += 1
    return row
