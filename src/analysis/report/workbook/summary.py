"""Summary: the cover, and the costing on one page; every number on both is a formula to the sheets behind."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.central_case import PER_WAN, CentralCase
from analysis.report.workbook.costing import RESIDENCES, Costing
from analysis.report.workbook.formula import Formula, either, span, total, total_where
from analysis.report.workbook.recipients import Recipients
from analysis.report.workbook.sheet import Book, Pair, Sheet
from analysis.report.workbook.uprating import Raised

COVER_COLUMNS = 7
LEGEND: tuple[tuple[str, str], ...] = (
    ("observed", "已观测的输入，附等级和来源 observed input, with its grade and source"),
    ("assumed", "可改的输入（假设、政策、分担） input that may be changed: assumption, policy, share"),
    ("formula", "公式 formula"),
    ("result", "公式得出的结果、合计 result or total, by formula"),
    ("stored", "程序算出的数，非公式 number of the model, not a formula"),
    ("unknown", "未知或不适用 not known, or does not apply"),
)
NOT_FORMULAS: tuple[Pair, ...] = (
    ("费用区间（P10、P50、P90、低、高）来自{draws}次模拟和假设两端，不能用公式重算；结果表照列。",
     "The range of the cost (P10, P50, P90, low, high) comes from {draws} simulated cases and from the ends of the assumptions; it is listed, not recalculated."),
    ("消费、物价、收入的预测（只在政策用到时）是模型值，所在单元格为斜体。",
     "Forecasts of consumption, prices and incomes, where the policy uses them, are the model's values, in italics."),
    ("“首次公布日”是哪一次、哪个城市属哪一类、提标规则的种类由程序选定，改数不改选择。",
     "Which count is the first of the trend, which class an area is in and what kind of rule holds were chosen by the program; changed numbers do not change the choice."),
    ("第4步（省定下限）用于市级标准，对省定最低标准不适用；第10步只检查，不改数。",
     "Step 4 (provincial minimum) is for cities and does not apply to the minima themselves; step 10 checks and changes nothing."),
    ("四舍五入：各项为未取整的数；结果表中各部分用最大余数法取整，故核对时允许差1元。",
     "Rounding: formulas are unrounded; parts in the results table are rounded by largest remainder, hence the tolerance of one yuan."),
)  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """What the cover and the summary look at."""

    inputs: Inputs
    raised: Raised
    people: Recipients
    case: CentralCase
    results: dict[str, Formula]
    differ: Formula


def cover_sheet(sheet: Sheet, book: Book, costing: Costing, parts: Parts) -> None:
    """Write the cover: what this is, the four numbers, how to read it, and what is in it."""
    scenario, last = costing.scenario, COVER_COLUMNS - 1
    for column, width in enumerate((24, 54, 17, 17, 15, 12, 24)):
        sheet.width(column, width)
    facts = (
        ("方案 Scenario", f"{scenario.title.zh} {scenario.title.en}（{scenario.id}）"),
        ("问题 Question", f"{scenario.question.zh} {scenario.question.en}"),
        ("政策 Policy", f"{scenario.policy.title.zh} {scenario.policy.title.en}"),
        ("财力 Budget", f"{scenario.fiscal.title.zh} {scenario.fiscal.title.en}；分担 shares: {scenario.fiscal.sharing}"),
        ("依据截至 Known as of", f"{scenario.as_of}；基年 base year {scenario.base_year}，测算 plans for {scenario.base_year + 1}"),
        ("性质 Standing", "研究测算，不是官方估计，也不是任何部门的承诺。 A research costing: not an official estimate, and no department's commitment."),
        ("单位 Units", "标准、补差：元/人·月；支出：元/年，另列万元；人数：人。 Standards and supplements: yuan per person and month; amounts: yuan a year, 万元 (10,000 yuan) besides; people: persons."),
    )  # fmt: skip
    row = 3
    for name, text in facts:
        sheet.put(row, 0, name, "label", "text")
        row = sheet.say(row, 1, last, text, "wrapped")
    row = _four_numbers(sheet, costing, parts, row + 1)
    row = sheet.section(row + 1, ("二、状态", "2. State of this copy"), COVER_COLUMNS)
    changed, differ = parts.inputs.changed, parts.differ
    states = (
        ("输入 Inputs", either(changed.equals(0), "与方案一致 as in the scenario", "已改动 inputs were changed")),
        ("核对 Checks", either(differ.equals(0), "与结果表全部一致 all agree with the results table", "与结果表不同，见“核对” some differ: see the checks")),
    )  # fmt: skip
    for name, state in states:
        sheet.put(row, 0, name, "label", "text")
        sheet.page.merge_range(row, 1, row, 3, "", book.format("result", "text"))
        sheet.put(row, 1, state, "result", "text")
        row += 1
    row = sheet.section(row + 1, ("三、怎样读", "3. How to read it"), COVER_COLUMNS)
    how = (
        ("点单元格看公式；每一数都可追到“数据”里的一行（有等级、来源）或“假设”里的一格。 Click a cell to see its formula: every number leads to a row of the observed data, with grade and source, or to a cell of the assumptions."),
        ("改“假设”中黄色格（有名称，如 follow_share），全簿随之重算；“核对”中的差即改动的影响。把 follow_share 改为0，合计即“按规定必须提”的数。 Change a yellow cell of the assumptions (named, such as follow_share) and everything follows; the differences among the checks are then what the change makes. With follow_share at 0 the total is what the rules alone ask for."),
        ("地区各表行次相同：同一行在各表中是同一地区。 The sheets by area share their rows: a row is the same area in each."),
    )  # fmt: skip
    for kind, text in LEGEND:
        sheet.put(row, 0, "1,234" if kind != "unknown" else None, kind, "text")
        row = sheet.say(row, 1, last, text, "wrapped")
    for text in how:
        row = sheet.say(row, 0, last, text)
    row = sheet.section(row + 1, ("四、各表", "4. The sheets"), COVER_COLUMNS)
    for other in book.sheets[1:]:
        sheet.page.write_url(row, 0, f"internal:'{other.name}'!A1", book.format("link", "text"), other.name)
        row = sheet.say(row, 1, last, " ".join(other.heading), "wrapped")
    row = sheet.section(row + 1, ("五、哪些不是公式", "5. What is not a formula"), COVER_COLUMNS)
    for zh, en in NOT_FORMULAS:
        row = sheet.say(row, 0, last, f"{zh} {en}".format(draws=scenario.draws))


def _four_numbers(sheet: Sheet, costing: Costing, parts: Parts, row: int) -> int:
    labels, raised, case, people = costing.labels, parts.raised, parts.case, parts.people
    code = costing.classes[-1]
    name = labels.area_class(costing.outcome.floors.classes[code])
    row = sheet.section(row, ("一、四个数", "1. Four numbers"), COVER_COLUMNS)
    year = costing.scenario.base_year
    heads = [("", ""), ("项", "item"), (f"{year}年", f"{year}"), (f"{year + 1}年", f"{year + 1}"), ("变化", "change"),
             ("变化%", "change, %"), ("单位", "unit")]  # fmt: skip
    row = sheet.heads(row, heads, kept=False)

    def line(
        item: str, what: str, now: Formula | None, following: Formula, number: str, unit: str, *, relative: bool = True
    ) -> None:
        nonlocal row
        sheet.put(row, 0, item, "wrapped", "text")
        sheet.put(row, 1, what, "wrapped", "text")
        before = sheet.put(row, 2, now, "result" if now else "unknown", number)
        after = sheet.put(row, 3, following, "result", number)
        change = after - before if now else None
        sheet.put(row, 4, change, "formula" if now else "unknown", number)
        sheet.put(
            row,
            5,
            after / before - 1 if now and relative else None,
            "formula" if now and relative else "unknown",
            "percent2",
        )
        sheet.put(row, 6, unit, "label", "text")
        row += 1

    ratio = raised.ratio[code]
    line("差距 Gap", f"{name}：农村/城镇最低标准 rural/urban minimum", *ratio, "ratio", "比值 ratio", relative=False)
    for side in RESIDENCES:
        what = f"{name}：{labels.word(side)} 最低标准 minimum"
        line(
            "提标 Rise",
            what,
            raised.minimum[code, side],
            raised.next_minimum[code, side],
            "yuan",
            "元/人·月 yuan/month",
        )
    line(
        "花费 Cost",
        "新增支出（基准测算值） extra cost, best estimate",
        None,
        case.extra.sums[""],
        "yuan",
        "元/年 yuan/year",
    )
    line(
        "花费 Cost",
        "新增支出（基准测算值） extra cost, best estimate",
        None,
        case.extra.sums[""] / PER_WAN,
        "wan",
        "万元 10,000 yuan",
    )
    for tier, column in case.tiers.items():
        line(
            "谁负担 Who pays",
            f"其中 of it: {labels.word(f'tier_{tier}')}",
            None,
            column.sums[""] / PER_WAN,
            "wan",
            "万元 10,000 yuan",
        )
    published = sum((people.last[side] for side in RESIDENCES[1:]), start=people.last[RESIDENCES[0]])
    what = "低保对象：末次公布；趋势加新增 dibao recipients: last count; trend and entrants"
    line("覆盖 Coverage", what, published, people.dibao.sums[""] + case.entrants.sums[""], "persons", "人 persons")
    return row


def summary_sheet(sheet: Sheet, costing: Costing, parts: Parts) -> None:
    """Write the costing on one page: by part, class and residence; by tier, beside spending and capacity; its range."""
    labels, case = costing.labels, parts.case
    numbers = [costing.outcome.floors.classes[code] for code in costing.classes]
    columns = 1 + len(numbers) + len(RESIDENCES) + 3
    sheet.say(2, 0, columns - 1, "\n".join(sheet.note_text))
    sheet.width(0, 60)
    sheet.page.fit_to_pages(1, 1)
    row = sheet.section(
        3,
        ("一、新增支出：按构成、类别、城乡（元/年）", "1. Extra cost by part, class and residence, yuan/year"),
        columns,
    )
    heads = [("构成", "part"), *((labels.zh.word(key) if key in ("urban", "rural") else labels.area_class(key).partition(" ")[0],
                                  labels.en.word(key) if key in ("urban", "rural") else labels.area_class(key).partition(" ")[2])
                                 for key in (*numbers, *RESIDENCES)),
             ("合计（元）", "total, yuan"), ("合计（万元）", "total, 10,000 yuan"), ("占比", "share")]  # fmt: skip
    row = sheet.heads(row, heads, kept=False)
    first = row
    bottom = first + len(case.parts)
    grand = None
    for here, (name, column) in enumerate({**case.parts, "": case.extra}.items(), start=first):
        kind = "formula" if name else "result"
        sheet.put(
            here, 0, labels.word(f"component_{name}") if name else "合计 total", "label" if name else "result", "text"
        )
        for place, number in enumerate(numbers, start=1):
            sheet.put(here, place, total_where(column.range, (case.classes, labels.area_class(number))), kind, "yuan")
        for place, side in enumerate(RESIDENCES, start=1 + len(numbers)):
            sheet.put(here, place, column.sums[side], kind, "yuan")
        place = 1 + len(numbers) + len(RESIDENCES)
        grand = sheet.put(here, place, column.sums[""], kind, "yuan")
        sheet.put(here, place + 1, grand / PER_WAN, kind, "wan")
    for here, column in enumerate([*case.parts.values(), case.extra], start=first):
        sheet.put(
            here,
            columns - 1,
            either(grand.equals(0), 0, column.sums[""] / grand),
            "formula" if here < bottom else "result",
            "percent",
        )
    row = _by_tier(sheet, costing, parts, bottom + 2, columns)
    _range(sheet, costing, parts, row + 1, columns)


def _by_tier(sheet: Sheet, costing: Costing, parts: Parts, row: int, columns: int) -> int:
    case, labels = parts.case, costing.labels
    row = sheet.section(
        row,
        ("二、谁负担，负担得起吗（低保和特困）", "2. Who pays, and whether it can be borne: dibao and tekun"),
        columns,
    )
    year = costing.scenario.base_year
    heads = [("负担", "tier"), ("新增支出（元）", "extra, yuan"), ("新增支出（万元）", "extra, 10,000 yuan"), ("占比", "share"),
             (f"{year}年支出（万元）", f"spending {year}, 10,000 yuan"), (f"{year + 1}年含提标（万元）", f"spending {year + 1} with the rise"),
             ("按预算增速可支出（万元）", "at the budget's growth"), ("余（-为缺）（万元）", "left (- missing)")]  # fmt: skip
    row = sheet.heads(row, heads, kept=False)
    rows: list[list[Formula]] = []
    whole = case.extra.sums[""]
    for tier, column in case.tiers.items():
        base, following = case.base[tier].sums[""], case.following[tier].sums[""]
        amounts = [column.sums[""], column.sums[""] / PER_WAN, None, base / PER_WAN, following / PER_WAN,
                   base * (1 + parts.inputs["expenditure_growth"]) / PER_WAN]  # fmt: skip
        sheet.put(row, 0, labels.word(f"tier_{tier}"), "label", "text")
        rows.append(_tier_row(sheet, row, amounts, whole, "formula"))
        row += 1
    sheet.put(row, 0, "合计 total", "result", "text")
    sums = [total(span([line[place] for line in rows])) if place != 2 else None for place in range(6)]
    _tier_row(sheet, row, sums, whole, "result")
    return row + 1


def _tier_row(sheet: Sheet, row: int, amounts: list[Formula | None], whole: Formula, kind: str) -> list[Formula]:
    styles = ("yuan", "wan", "percent", "wan", "wan", "wan")
    written = [
        sheet.put(row, place, either(whole.equals(0), 0, amounts[0] / whole) if amount is None else amount, kind, style)
        for place, (amount, style) in enumerate(zip(amounts, styles, strict=True), start=1)
    ]
    sheet.put(row, 7, written[5] - written[4], kind, "wan")
    return written


def _range(sheet: Sheet, costing: Costing, parts: Parts, row: int, columns: int) -> None:
    row = sheet.section(
        row,
        (
            "三、范围（取自结果表，模拟所得，非公式）",
            "3. Range, from the results table: simulated by the model, not recalculated",
        ),
        columns,
    )
    row = sheet.heads(row, [("项", "item"), ("元/年", "yuan/year"), ("万元", "10,000 yuan")], kept=False)
    prefix = f"{costing.scenario.id}:{costing.evidence.dataset}:{costing.evidence.whole}:::{costing.scenario.base_year + 1}:Y:::"
    for what, measure in (
        ("只按规定必须提（无人跟随） mandated: nobody follows who need not", "extra_cost_mandated:central"),
        ("假设均取最省一端 every assumption at its cheap end", "extra_cost:low"),
        ("一成的模拟结果低于 P10, one simulated case in ten is below", "extra_cost:p10"),
        ("基准测算值（应与上表合计一致） best estimate, as above", "extra_cost:central"),
        ("模拟结果的中位 P50, half of the simulated cases are below", "extra_cost:p50"),
        ("九成的模拟结果低于（够用）P90, would suffice in nine cases of ten", "extra_cost:p90"),
        ("假设均取最费一端 every assumption at its dear end", "extra_cost:high"),
        ("全部跟随 all follow", "extra_cost_all_follow:central"),
    ):
        sheet.put(row, 0, what, "wrapped", "text")
        stored = sheet.put(row, 1, parts.results[prefix + measure], "stored", "yuan")
        sheet.put(row, 2, stored / PER_WAN, "stored", "wan")
        row += 1
