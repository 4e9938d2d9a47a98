"""The first and the last section: by which documents and how it was worked out, and where the figures come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analysis.inputs.evidence import GRADES
from analysis.inputs.rules import Rule
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.wording import Wording

# Our own remarks in the package's list of sources, in Chinese; a source's own title stays in its language.
REMARKS = (
    ("reports on the Guangzhou dibao standards of 2022 and 2023", "关于广州2022、2023年低保标准的报道"),
    ("Class panel: values inferred for cells of the provincial minima and supplement floors by area class that have no printed observation", "分类数据表：省定最低标准和最低补差中未见公布的数由本数据包推断"),
    ("Reposted news text, address not citable", "新闻转载，网址不可引"),
    ("National Bureau of Statistics, annual provincial data: budget expenditure (export of 2025 vintage; two independent copies agree to 1e-5 for 2010-2023)", "国家统计局分省年度数据：一般公共预算支出（2025年修订序列，两份转载一致）"),
    ("(read in a third-party copy)", "（据第三方转载）"), ("(read in a copy)", "（据转载）"), ("read in a copy; ", "据转载；"), ("; read in a copy", "；据转载"),
    ("compiled for this data package", "本数据包编制"), ("not stated", "未载明"), ("Text on the 2023 Guangdong statistical bulletin", "2023年广东省统计公报摘文"),
    ("Guangdong Statistical Yearbook 2024, table 10-21", "《广东统计年鉴2024》表10-21"), ("Yunfu 2024 standards (Yuncheng district government site)", "云浮市2024年标准（云城区政府网站）"),
    ("(Huizhou 2024 standards)", "（惠州市2024年标准）"), ("Zhuhai 2024 standards", "珠海市2024年标准"), ("Shantou 2023 standards (news page of 2023-05-29)", "汕头市2023年标准（2023-05-29新闻）"),
    ("Heyuan government gazette 2024 no. 6", "《河源市人民政府公报》2024年第6期"), ("NBS Guangdong survey office on income and consumption in 2023", "国家统计局广东调查总队：2023年居民收支"),
    ("read in a portal article of machine-written style that cites it", "据引用该文的门户网站文章"), ("on the 2023 provincial minima", "关于2023年省定最低标准"), (", 18 Jan 2024", "，2024年1月18日"), ("reports ", "报道"), ("cites ", "引用"),
    ("Text quoting the 深民 notices of 2020-2024 on the Shenzhen dibao and tekun standards", "引用深民2020—2024年各通知的文章（深圳低保、特困标准）"),
    ("Notice of 珠海市民政局 of 2023-06-06 on the 2023 standards (read in a 珠海12345 text)", "珠海市民政局2023-06-06关于2023年标准的通知（据珠海12345）"), ("(minima, recipients); the minima also in 央视网 2024-05-07 (see gd-notice-2024)", "（最低标准、人数）；最低标准另见央视网2024-05-07"), (" on 粤民发", "关于粤民发"),
)  # fmt: skip


def basis(facts: Facts, wording: Wording, plates: Plates, rules: Sequence[Rule], draws: int, as_of: str) -> str:
    """Return how it was worked out, and the rules in force.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        rules: those in force in the year that is planned and public on the day.
        draws: how often the assumptions are drawn.
        as_of: the day.
    """
    drawn = facts.literal(f"{draws:,}" if wording.lang == "en" else str(draws))
    method = wording.pick(
        f"下年最低标准从现行标准起，按规定的次序逐步得出：提高、取整、守住下限和类别次序、守住农村比例、不高于上限、只升不降。新增支出不按最低标准测算，而按各市现行标准测算："
        f"低于新的最低标准的必须提到位，高于最低标准的按假设的程度随之提标；每人每月多发的钱乘人数，再加提标引来的新对象和随标准联动的项目。各数的范围由{drawn}次模拟得出：按各项假设的取值范围和以往预测的误差随机取值，假设图中斜纹各项不参与。",
        f"Next year's minima start from those in force and go through fixed steps in a fixed order: the rise, rounding up, the order of the classes, the rural share, the ceiling; nothing falls. The cost is calculated from "
        f"the cities' own standards in force, not from the minima: cities below a new minimum must rise to it, those above follow as far as is assumed. The rise in yuan a month is multiplied by recipients; people whom the higher standard "
        f"brings in, and payments linked to the standard, are added. Ranges come from {drawn} simulated cases, which vary the assumptions within their ranges and the recipients by past errors; the conventions hatched in the figure of assumptions stand still.",
    )
    lines = [
        (raw(one.says.in_language(wording.lang), facts), raw(one.document, facts), facts.literal(str(one.from_year)))
        for one in rules
    ]
    heads = [wording.pick("规定", "Rule"), wording.pick("文件", "Document"), wording.pick("起始年份", "since")]
    caption = wording.pick(f"{as_of}前已公布的现行规定", f"Rules in force and published by {as_of}")
    return f"{method}\n\n{plates.table(pd.DataFrame(lines, columns=heads), caption, left=2)}"


def sources(facts: Facts, wording: Wording, plates: Plates, used: pd.DataFrame) -> str:
    """Return the sources behind the figures.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        used: title, publisher, document_number, published, grade, measures: one row a source.
    """
    base, _ = plan_years(facts)
    lines = [
        (
            raw(_title(one.title, wording), facts),
            raw(_title(one.document_number or one.publisher, wording), facts),
            facts.literal(one.published) if one.published else wording.pick("未载明", "not stated"),
            raw(wording.pick("、", ", ").join(wording.word(f"measure_{name}") for name in one.measures), facts),
            wording.grade(one.grade),
        )
        for one in used.itertuples()
    ]
    heads = [
        wording.pick("来源", "Source"), wording.pick("文号或发布者", "Number or publisher"), wording.pick("日期", "Date"),
        wording.pick("用于", "Used for"), wording.pick("等级", "Grade"),
    ]  # fmt: skip
    ranks = wording.pick("、", ", ").join(wording.grade(grade) for grade in GRADES)
    said = wording.pick(
        f"等级由高到低：{ranks}。推算指由公布数算出，推断指按规律估计，均以空心点表示。来源日期未载明的，按规则推定公布日。",
        f"Grades, best first: {ranks}. Derived is worked out from published figures, inferred is judged from how they usually move; both are drawn as hollow marks. Where a source states no day, its figures count as public from a day set by rule.",
    )
    caption = wording.pick(
        f"{base - 1}年和{base}年所用的来源；全部来源及网址见 data 中的 sources.csv",
        f"Sources of the figures of {base - 1} and {base}; all sources with their addresses are in sources.csv of the data",
    )
    return f"{said}\n\n{plates.table(pd.DataFrame(lines, columns=heads), caption, left=5)}"


def _title(text: str, wording: Wording) -> str:
    """Return a source's title with its document number in brackets; in Chinese our own remarks on it in Chinese."""
    text = re.sub(r"(?<=[一-鿿])(\d{4}) (?=\d+号)", r"〔\1〕", text)
    if wording.lang == "zh":
        for said, meant in REMARKS:
            text = text.replace(said, meant)
    return text
