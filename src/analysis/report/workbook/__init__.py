"""The workbook ``costing.xlsx``: the central case in live formulas, so that finance staff can trace and change it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.rules import Rule
from analysis.model.programmes import declared_names
from analysis.model.simulate import Outcome
from analysis.report.style import Chart
from analysis.report.wording import Wording
from analysis.report.workbook.annexes import chart_frames, frames_sheet, rules_sheet, sources_sheet
from analysis.report.workbook.assumptions import assumptions_sheet
from analysis.report.workbook.bilingual import Bilingual
from analysis.report.workbook.central_case import central_case_sheets
from analysis.report.workbook.checks import checks_of, checks_sheet, results_sheet
from analysis.report.workbook.costing import Costing
from analysis.report.workbook.levels import levels_sheets
from analysis.report.workbook.observed import observed_sheet
from analysis.report.workbook.recipients import recipients_sheets
from analysis.report.workbook.sheet import Book, Pair
from analysis.report.workbook.summary import Parts, cover_sheet, summary_sheet
from analysis.report.workbook.uprating import uprating_sheet

# Each sheet's name, heading, and what it shows, in the order of the workbook.
SHEETS: dict[str, tuple[str, Pair, Pair]] = {
    "cover": ("封面 Cover", ("社会救助提标测算工作簿", "Costing of a rise in assistance standards"), ("", "")),
    "summary": ("汇总 Summary", ("汇总：新增多少支出，谁负担", "Summary: what it costs, and who pays"),
     ("全部为公式，指向后面各表；范围一栏除外。", "All by formula from the sheets behind, but for the range.")),
    "assumptions": ("假设 Assumptions", ("假设、政策、分担比例", "Assumptions, policy and shares"),
     ("黄色格可改，全簿随之重算；低、高为范围，原值为本方案所用。", "Yellow cells may be changed, and everything follows; low and high are the range, “as run” is this scenario's value.")),
    "rules": ("规则 Rules", ("现行规则", "Dated rules"),
     ("每条规则的文件、公布日和等级。", "Each rule with its document, the day it was public, and its grade.")),
    "observed": ("数据 Observed", ("已观测的数据", "Observed data"),
     ("基准测算用到的每个公布数，一行一数，附等级和来源编号（见“来源”）；年数已折成月数。", "Every published figure that the best estimate looks at, one a row, with grade and source id (see Sources); yearly standards are given per month.")),
    "uprating": ("提标 Uprating", ("最低标准和最低补差：逐步提标", "Minima and supplement floors, step by step"),
     ("每一步一列，斜线格为本步不适用；元/人·月。", "One column a step; hatched where a step does not apply; yuan/person/month.")),
    "trend": ("趋势 Trend", ("全省人数趋势", "The province's recipients on their trend"),
     ("由公布数按对数趋势推到基年和下年年中。", "Published counts carried on their log trend to the middle of the base year and of the next.")),
    "people": ("人数 People", ("各地人数", "Recipients by area"),
     ("分地区人数未公布：按常住人口和农村人均消费分配全省数，ν = allocation_need；特困按同样权重。消费一栏下为平均。", "Recipients by area are not published: the province's are allocated by people and rural consumption per head, ν = allocation_need; tekun by the same weights. Below the consumption stand means.")),
    "standards": ("标准 Standards", ("各地现行标准和下年标准", "Standards in force, now and next year"),
     ("φ = follow_share（取四位小数），g = m'/m-1；标准未知的地区取所列各数中的最大者。元/人·月。", "φ = follow_share (to four decimals), g = m'/m-1; where a standard is not known the largest of the amounts listed is taken. Yuan/person/month.")),
    "supplements": ("补差 Supplements", ("人均补差和特困标准", "Supplements paid and tekun standards"),
     ("b = min(max(f, 本地) × (1 + supplement_above_floor), z)。元/人·月。", "b = min(max(f, own) × (1 + supplement_above_floor), z). Yuan/person/month.")),
    "cost": ("花费 Cost", ("新增支出：各地、各构成", "Extra cost by area and part"),
     ("与不提标相比，元/年。ρ = response_share，σ = classified_share，μ = price_link_months_share；z、b、λ、k见前两表，T见“人数”。", "Against no rise, yuan a year. ρ = response_share, σ = classified_share, μ = price_link_months_share; z, b, λ, k stand in the two sheets before, T in People.")),
    "sharing": ("分担 Sharing", ("新增支出：谁负担", "Extra cost: who pays"),
     ("最低标准以内的部分按比例分担，以上部分由市县负担；元/年。带*的是按最低标准发放时的数，(…)为新增对象和特困以外的联动之和。", "What falls within the provincial minimum is shared; all above it is borne locally; yuan a year. With * what would be paid at the minimum; (…) is entrants and what is linked but tekun.")),
    "spending": ("支出 Spending", ("低保和特困支出：基年、下年", "Spending on dibao and tekun, base year and next"),
     ("元/年。", "Yuan a year.")),
    "checks": ("核对 Checks", ("核对：公式与结果表", "Checks: formulas against the results table"),
     ("允许误差：末位的一半；按最大余数取整的部分为一个末位。改动输入后出现“不同”属正常，差即改动的影响。", "Tolerance: half of the last decimal; one for parts rounded by largest remainder. After an input is changed “DIFFERS” is what should appear, and the difference is the effect of the change.")),
    "results": ("结果 Results", ("结果表", "Results table"),
     ("本方案的全部结果；所据假设用编号，见“假设”。每个键的算法可用 tibiao why 查。", "All results of the scenario; assumptions are named by their numbers, see Assumptions. 'tibiao why KEY' says how each came about.")),
    "figures": ("图表数据 Figures", ("图表数据", "Data of the figures"),
     ("每张图的数据，一图一块。", "The data of every chart, one block a chart.")),
    "tables": ("附表 Tables", ("附表", "Tables"), ("测算报告和笔记本中的各表，每表先中文后英文。", "The tables of the memo and the notebooks, each in Chinese and then in English.")),
    "sources": ("来源 Sources", ("来源", "Sources"),
     ("数据包的全部来源；地址为文字，不是链接。", "All sources of the data package; addresses are text, not links.")),
}  # fmt: skip


def costing_workbook(
    outcome: Outcome,
    evidence: Evidence,
    rules: list[Rule],
    result: pd.DataFrame,
    charts: Mapping[str, Chart],
    tables: Mapping[str, pd.DataFrame],
) -> bytes:
    """Return the workbook of one scenario as bytes; the same bytes for the same inputs.

    Args:
        outcome: what the scenario comes to.
        evidence: the data package as known on its day.
        rules: the package's dated rules.
        result: result rows that hold those of the scenario, as from ``Run.facts.table``.
        charts: title to chart, whose data is listed.
        tables: title to table, listed as it is.

    Raises:
        ScenarioFailed: the results lack a row that the formulas are checked against.
    """
    own = declared_names(outcome.assumptions)
    labels = Bilingual(*(Wording(lang, evidence.areas, programmes=own) for lang in ("zh", "en")))
    costing = Costing(outcome, evidence, rules, labels)
    scenario = costing.scenario
    book = Book(scenario.as_of, f"提标测算 Costing: {scenario.id}")
    page = {key: book.sheet(*named) for key, named in SHEETS.items()}
    inputs = assumptions_sheet(page["assumptions"], book, costing)
    rules_sheet(page["rules"], costing)
    observed = observed_sheet(page["observed"], costing)
    raised = uprating_sheet(page["uprating"], costing, inputs, observed)
    recipients = recipients_sheets(page["trend"], page["people"], costing, inputs, observed)
    levels = levels_sheets(page["standards"], page["supplements"], costing, inputs, observed, raised)
    paid = (page["cost"], page["sharing"], page["spending"])
    case = central_case_sheets(paid, costing, inputs, raised, levels, recipients)
    values = results_sheet(page["results"], costing, result, inputs)
    checks = checks_of(costing, inputs, raised, recipients, levels, case)
    differ = checks_sheet(page["checks"], book, costing, checks, values, result)
    frames_sheet(page["figures"], chart_frames(charts, inputs), keyed=True)
    frames_sheet(page["tables"], tables)
    sources_sheet(page["sources"], costing, observed.source_ids)
    parts = Parts(inputs, raised, recipients, case, values, differ)
    summary_sheet(page["summary"], costing, parts)
    cover_sheet(page["cover"], book, costing, parts)
    return book.close()
