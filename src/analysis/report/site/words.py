"""The fixed words of the site, in both languages: its pages hold both and show one."""

from __future__ import annotations

from analysis.inputs.parameters.values import Text
from analysis.report.words import WORDS

SITE_WORDS: dict[str, tuple[str, str]] = {
    "switch": ("语言", "Language"),
    "as_of": (
        "测算日{days}，只用当日已公布的数据。非官方测算。",
        "As of {days}, with nothing published later. Not an official estimate.",
    ),
    "asks": (
        "每个方案都回答四个问题：城乡差距有多大、能缩小多少；标准提多少；新增多少支出、谁负担；谁领到、是否按时。",
        "Each scenario answers four questions: how wide the gap is and what becomes of it; what rises; what it costs and who pays; who is reached, and when.",
    ),
    "done_count": ("完成", "done"),
    "failed_count": ("失败", "failed"),
    "without_count": ("无结果", "without results"),
    "scenarios": ("个方案", "scenarios"),
    "memo": ("测算报告", "The memo"),
    "workbook": ("测算工作簿 XLSX", "Costing workbook XLSX"),
    "annex": ("附件", "The annex"),
    "all_results": ("全部结果", "All results"),
    "mark_note": (
        "○ 所据数据为推断或推算。“可否负担”按救助支出只随一般公共预算支出增长的口径，有缺口不等于不能提。金额均为与不提标相比下年新增的支出；低、高为各项假设同时取最省、最费一端，不是预测区间。",
        "○ rests on inferred or derived data. Whether it can be borne goes by one convention: assistance grows only as general public budget expenditure does; what is short of it is not impossible. Money is next year's extra spending against no rise; low and high take every assumption at its cheap or its dear end at once and are no forecast interval.",
    ),
    "text_filter": ("查找方案", "Find a scenario"),
    "fiscal_filter": ("财力情形", "Fiscal path"),
    "verdict_filter": ("可否负担", "Can it be borne"),
    "all": ("全部", "all"),
    "shown": ("显示", "Shown"),
    "sort_note": ("按列标题排序，点方案名称展开。", "Sort by a column's head; a scenario's name unfolds it."),
    "head_title": ("方案", "Scenario"),
    "head_ratio": ("农村/城镇", "Rural/urban"),
    "head_gap": ("差额，元/人·月", "Gap, yuan a month"),
    "head_rise": ("农村最低标准提高，元", "Rural minimum rises, yuan"),
    "head_cost": ("新增支出，亿元", "Extra cost, million yuan"),
    "head_payers": ("中央和省/市县，亿元", "Upper tiers / local, million yuan"),
    "head_verdict": ("可否负担", "Can it be borne"),
    "head_recipients": ("低保对象，万人", "On dibao, thousand"),
    "head_state": ("运行", "Run"),
    "verdict_feasible": ("可负担", "yes"),
    "verdict_transfer": ("须转移支付", "needs a transfer"),
    "verdict_short": ("有缺口", "short"),
    "verdict_none": ("无结果", "no result"),
    "state_done": ("完成", "done"),
    "state_failed": ("失败", "failed"),
    "state_without": ("无结果", "no results"),
    "policy": ("政策：", "Policy:"),
    "fiscal": ("财力：", "Fiscal path:"),
    "grades": ("所据数据的最差等级：", "Worst grade of the data behind: "),
    "figures": ("图", "Figures"),
    "notebooks": ("测算过程", "Notebooks"),
    "downloads": ("下载", "Downloads"),
    "record": ("运行记录", "Run record"),
    "record_dataset": ("数据包", "data package"),
    "record_as_of": ("测算日", "as of"),
    "record_seed": ("随机种子", "seed"),
    "record_overrides": ("改动的参数", "overrides"),
    "record_data_sha256": ("数据 sha256", "data sha256"),
    "record_rules_sha256": ("规则 sha256", "rules sha256"),
    "record_scenario_sha256": ("参数 sha256", "parameters sha256"),
    "record_code_sha256": ("程序 sha256", "code sha256"),
    "record_results_sha256": ("结果 sha256", "results sha256"),
    "record_versions": ("版本", "versions"),
    "record_schema": ("格式版本", "schema"),
    "whole_batch": ("全批方案", "The whole batch"),
    "dataset": ("数据", "Data"),
    "back": ("回到方案表", "Back to the scenarios"),
    "parameters": ("本页的参数", "Parameters of this page"),
    "other_language": ("English", "中文"),
    "code_note": (
        "此页只有文字、表和图。程序在 .ipynb 里，用 JupyterLab 打开。",
        "This page shows text, tables and figures. The code is in the .ipynb, for JupyterLab.",
    ),
    "assumed": (
        "基准测算值中{share}取决于假设。分地区人数、人均实际补差、高于下限的地区是否跟随、各级分担比例都未公布；每项假设的范围和理由在各方案的测算过程里。",
        "{share} of the best estimate of the cost rests on assumptions. Recipients by area, supplements paid, whether areas above the floor follow, and the tiers' shares are not published; each assumption's range and reason stand in the notebooks.",
    ),
    "upper_share": ("上级{share}", "upper {share}"),
    "short_ratio": ("比值", "ratio"),
    "short_gap": ("差额", "gap"),
    "short_rise": ("提高", "rise"),
    "short_cost": ("支出", "cost"),
    "short_payers": ("分担", "shares"),
    "short_recipients": ("人数", "recipients"),
}


def text(key: str, **values: str) -> Text:
    """Return fixed words in both languages, the site's own or the reports', with values where they have places."""
    zh, en = SITE_WORDS[key] if key in SITE_WORDS else WORDS[key]
    return Text(zh=zh.format(**values), en=en.format(**values)) if values else Text(zh=zh, en=en)
