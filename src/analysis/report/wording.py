"""Every fixed word of the reports, in both languages, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.errors import NotHeld

WORDS: dict[str, tuple[str, str]] = {
    "urban": ("城镇", "urban"),
    "rural": ("农村", "rural"),
    "both": ("城乡统一", "town and country"),
    "class_1": ("一类地区", "Class one"),
    "class_2": ("二类地区", "Class two"),
    "class_3": ("三类地区", "Class three"),
    "class_4": ("四类地区", "Class four"),
    "tier_upper": ("中央和省", "central and provincial"),
    "tier_local": ("市县", "city and county"),
    "published": ("已公布", "published"),
    "computed": ("由公布数计算", "computed"),
    "assumed": ("假设", "assumed"),
    "grade_official": ("官方", "official"),
    "grade_yearbook_copy": ("年鉴转录", "yearbook copy"),
    "grade_press": ("新闻报道", "press"),
    "grade_repost": ("转载", "repost"),
    "grade_derived": ("推算", "derived"),
    "grade_inferred": ("推断", "inferred"),
    "grade_synthetic": ("合成", "synthetic"),
    "grade_": ("", ""),
    "not_known": ("未见公布", "not found"),
    "foot_source": ("来源", "Source"),
    "foot_grade": ("最差等级", "Worst grade"),
    "head_class": ("地区类别", "Area class"),
    "head_residence": ("城乡", "Residence"),
    "head_now": ("现行", "now"),
    "head_next": ("拟定", "next"),
    "head_rise": ("提高", "rise"),
    "head_rise_share": ("增幅%", "rise, %"),
    "head_supplement": ("最低补差", "supplement floor"),
    "head_area": ("地区", "Area"),
    "head_standard": ("现行标准", "in force"),
    "head_must": ("须提高", "must rise by"),
    "head_component": ("构成", "Component"),
    "head_tier": ("负担", "Tier"),
    "component_incumbent": ("在保对象（按趋势）", "recipients on trend"),
    "component_supplement_floor": ("最低补差抬高", "supplement floor binds"),
    "component_entrant": ("新增低保对象", "entrants"),
    "component_linked_tekun": ("特困联动", "linked: extreme hardship"),
    "component_linked_classified_extra": ("分类施保增发联动", "linked: classified extras"),
    "component_linked_price_link": ("价格补贴联动（期望值）", "linked: price subsidy (expected)"),
    "component_linked_low_income_edge": ("低保边缘联动", "linked: low-income edge"),
    "component_linked_disability_living": ("困难残疾人补贴联动", "linked: disability living subsidy"),
    "demand_urban_rise": ("城镇按政策提高", "town rises as the policy says"),
    "demand_ratchet": ("只升不降", "nothing falls"),
    "demand_class_order": ("类别次序", "order of classes"),
    "demand_rural_share": ("农村比例", "rural share"),
    "demand_ceiling": ("上限（最低工资、失业保险金）", "ceiling (minimum wage, unemployment benefit)"),
    "demand_largest_rise": ("一年增幅上限", "largest rise a year"),
    "demand_target": ("目标比例", "target share"),
    "demand_envelope": ("年度额度", "yearly envelope"),
    "sharing_low": ("分担取低（0.58）", "low set (0.58)"),
    "sharing_middle": ("分担取中（0.64）", "middle set (0.64)"),
    "sharing_high": ("分担取高（0.70）", "high set (0.70)"),
    "timing_notice_month": ("通知印发月份", "month of the notice"),
    "timing_pay_month": ("首次按新标准发放月份", "month of first payment at the new rate"),
    "timing_months_in_arrears": ("补发月数", "months in arrears"),
    "timing_arrears": ("须补发", "arrears"),
    "timing_on_time_in_full_share": ("全年按时足额发放比重", "paid on time and in full, share of the year's money"),
    "timing_largest_shortfall_of_a_month": ("单月最大支出超出当月拨付", "largest payment beyond its month's allotment"),
    "timing_buffer_needed": ("须预备的周转资金", "buffer needed"),
    "timing_cash_peak": ("单月最大支出", "largest month's payment"),
    "timing_paid_late": ("晚领人数", "recipients paid late"),
    "response_trend": ("应对：无人因提标进入", "response: nobody enters"),
    "response_default": ("应对：取幂律上限的四分之一（默认）", "response: a quarter of the power tail (default)"),
    "response_power_tail": ("应对：幂律尾部（上限）", "response: power tail (upper bound)"),
    "response_lognormal": (
        "应对：收入对数正态（按应享尽享）",
        "response: lognormal incomes (everyone entitled takes up)",
    ),
    "allocation_need": ("分配：按人口和消费水平（默认）", "allocation: by people and need (default)"),
    "allocation_line": ("分配：按人口和标准占消费的比例", "allocation: by people and the line over consumption"),
    "widths_halved": ("各项范围减半（抽样中位）", "all ranges halved (median draw)"),
    "widths_as_stated": ("各项范围如所列（抽样中位）", "all ranges as stated (median draw)"),
    "widths_doubled": ("各项范围加倍（抽样中位）", "all ranges doubled (median draw)"),
    "envelope_capacity": ("救助支出只随预算增长", "assistance grows only as the budget does"),
    "never_in_range": ("范围内不翻转", "not within its range"),
    "method_planner": ("本套方法：沿用已知提标规则", "this planner: the last known rise rule"),
    "method_same_rise": ("与上年同幅", "same rise as last year"),
    "method_bounds": ("只守已生效的下限", "only the bounds in force"),
    "method_consumption": ("固定占消费支出的比例", "a fixed share of consumption"),
    "rival_log_error": ("趋势：公布/预测-1", "trend: published over forecast, less 1"),
    "rival_last_count_error": ("沿用上次人数", "last count"),
    "rival_response_error": ("趋势加应对", "trend and response"),
    "rival_power_tail_error": ("趋势加幂律上限", "trend and power tail"),
    "model_last": ("沿用最近值", "last value"),
    "model_drift": ("漂移", "drift"),
    "model_robust_drift": ("稳健漂移（仅展示）", "robust drift (shown only)"),
    "model_damped_ets": ("阻尼指数平滑", "damped ETS"),
    "model_local_level": ("局部水平", "local level"),
    "model_arima_010": ("ARIMA(0,1,0)", "ARIMA(0,1,0)"),
    "model_arima_110": ("ARIMA(1,1,0)", "ARIMA(1,1,0)"),
    "model_local_linear_trend": ("局部线性趋势", "local linear trend"),
    "band_pooled": ("区间借自各市", "band pooled from the cities"),
    "band_not_estimated": ("点数不足，不给区间", "too few points for a band"),
    "too_few": ("次数太少，不判断", "too few to judge"),
    "vintage_mixed": ("多个来源", "several sources"),
    "vintage_one": ("单一修订序列", "one source, revised"),
    "money_upper_advanced": (
        "2020年1月预拨的中央和省级困难群众补助",
        "central and provincial money advanced in January 2020",
    ),
    "money_all_arranged": ("2020年安排的救助资金（口径未载明）", "money arranged in 2020 (scope not stated)"),
    "money_upper_issued": ("2023年下达的中央和省级困难群众补助", "central and provincial money issued in 2023"),
    "convergence_log_gap_decay": ("平均相对差距的衰减（每年）", "decay of the mean relative gap, a year"),
    "convergence_sigma": ("σ：对数标准差的变化（每年）", "sigma: change of the spread of logs, a year"),
    "convergence_beta": ("β：收敛速度（每年，首末两期）", "beta: speed of convergence, a year, first to last"),
    "convergence_panel": ("面板固定效应（速度上限）", "panel, fixed effects (upper bound of the speed)"),
    "convergence_pooled": ("混合回归（速度下限）", "pooled regression (lower bound of the speed)"),
    "not_closing": ("不在缩小", "not closing"),
    "not_told_from_zero": ("与零无法区分", "not told apart from none"),
    "diverging": ("不收敛", "not converging"),
    "programme_classified_extra": ("分类施保增发", "classified extras"),
    "programme_price_link": ("价格临时补贴", "price-linked subsidy"),
    "programme_unattended_child": ("事实无人抚养儿童", "unattended children"),
    "programme_orphan_institution": ("集中养育孤儿", "orphans in institutions"),
    "programme_orphan_scattered": ("分散养育孤儿", "scattered orphans"),
    "programme_low_income_edge": ("低保边缘", "low-income edge"),
    "programme_tekun_care": ("特困照料护理", "care in extreme hardship"),
    "programme_on": ("计入", "yes"),
    "programme_off": ("未计入", "off"),
    "programme_part": ("假设不全，未计入", "incomplete, off"),
    "programme_apart": ("单列，不随提标变", "apart, not moved by the rise"),
    "reckoned_dibao": (
        "补差乘人数；补差随标准同额提高",
        "supplement x recipients; the supplement rises by the standard's yuan",
    ),
    "reckoned_tekun": ("低保标准的1.6倍，不低于现行", "1.6 times the dibao standard, not below its own in force"),
    "reckoned_classified_extra": ("标准的40%；人数为假设", "40 % of the standard; recipients assumed"),
    "reckoned_price_link": ("标准乘物价涨幅；发放月份比重为假设", "standard x price rise; months paid assumed"),
    "reckoned_orphan": (
        "自有标准，随消费支出增长，不随低保标准动",
        "own schedule by consumption, not by the dibao standard",
    ),
    "reckoned_unattended_child": ("同散居孤儿，不随低保标准动", "as scattered orphans, not by the dibao standard"),
    "reckoned_tekun_care": ("最低工资的一定比例（各档平均）", "a share of the minimum wage (mean of the tiers)"),
    "reckoned_disability_living": ("定额，人数随低保对象变", "flat, its people move with dibao recipients"),
    "reckoned_disability_nursing": ("定额", "flat"),
    "reckoned_low_income_edge": (
        "标准的1.5倍以内的人，乘每人待遇",
        "people up to 1.5 times the standard, times a benefit",
    ),
    "measure_cpi_change": ("居民消费价格涨幅", "consumer price change"),
    "measure_gdp": ("地区生产总值（亿元）", "GDP (100 million yuan)"),
    "measure_tax_revenue": ("税收收入（亿元）", "tax revenue (100 million yuan)"),
    "measure_poverty_line": ("贫困线", "poverty line"),
    "measure_poor_persons": ("贫困人口", "poor persons"),
    "programme_poverty": ("贫困线", "poverty"),
    "total": ("合计", "total"),
    "head_assumption": ("假设", "Assumption"),
    "head_low": ("取低", "at low"),
    "head_central": ("取中", "at central"),
    "head_high": ("取高", "at high"),
    "head_step_before": ("该步之前", "before the step"),
    "head_supplement_must": ("最低补差须提高", "supplement floor must rise by"),
    "head_year": ("年份", "Year"),
    "head_ratio": ("农村/城镇", "rural/urban"),
    "head_gap": ("差额", "gap"),
    "head_closed": ("已缩小", "closed"),
    "head_grade": ("等级", "Grade"),
    "head_state": ("状态", "State"),
    "state_separate": ("有别", "separate"),
    "state_unified": ("统一", "unified"),
    "state_reversed": ("倒挂", "reversed"),
    "state_one_residence": ("仅有城镇", "town only"),
    "head_rule": ("当年规则", "Rule of the year"),
    "head_before": ("上年", "before"),
    "head_published": ("公布", "published"),
    "head_least": ("规则允许的最低值", "least allowed"),
    "head_excess": ("超出（进位后）", "excess over rounding up"),
    "head_fit": ("吻合", "Fit"),
    "fit_exact": ("恰好相等", "exact"),
    "fit_rounded up": ("向上取整", "rounded up"),
    "fit_to the nearest yuan": ("四舍五入到元", "to the nearest yuan"),
    "fit_above": ("高于规则", "above"),
    "fit_below": ("低于规则", "below"),
    "fit_no rule": ("无公布规则可解释", "no published rule"),
    "head_programme": ("项目", "Programme"),
    "head_measure": ("指标", "Measure"),
    "head_areas": ("地区数", "Areas"),
    "head_years": ("年份", "Years"),
    "head_rows": ("行数", "Rows"),
    "head_hidden": ("当日未知", "Not known then"),
    "head_best": ("最好等级", "Best grade"),
    "head_worst": ("最差等级", "Worst grade"),
    "head_ask": ("可向谁要什么", "What to ask for"),
    "head_range": ("低—中—高", "low, central, high"),
    "head_reason": ("理由", "Reason"),
    "head_step": ("步骤", "Step"),
    "head_note": ("说明", "Note"),
    "head_after": ("之后", "after"),
    "step_rule": ("提标规则", "rise rule"),
    "step_catch_up": ("农村追赶", "catching up"),
    "step_round_urban": ("城镇取整", "round urban"),
    "step_provincial_floor": ("省定下限", "provincial floor"),
    "step_class_order": ("类别次序", "class order"),
    "step_rural_share": ("农村比例", "rural share"),
    "step_round_rural": ("农村取整", "round rural"),
    "step_ceiling": ("上限", "ceiling"),
    "step_ratchet": ("只升不降", "ratchet"),
    "step_check": ("检查", "check"),
    "measure_minimum_standard": ("最低标准", "minimum standard"),
    "measure_supplement_floor": ("最低补差", "supplement floor"),
    "measure_standard": ("现行标准", "standard in force"),
    "measure_recipients": ("受助人数", "recipients"),
    "measure_basic_living_standard": ("基本生活标准", "basic living standard"),
    "measure_classified_extra": ("分类施保增发", "classified extra"),
    "measure_minimum_wage": ("最低工资", "minimum wage"),
    "measure_consumption_expenditure_per_capita": ("人均消费支出", "consumption per head"),
    "measure_disposable_income_per_capita": ("人均可支配收入", "disposable income per head"),
    "measure_resident_population": ("常住人口", "resident population"),
    "measure_general_public_budget_expenditure": ("一般公共预算支出（亿元）", "budget expenditure (100 million yuan)"),
    "measure_care_standard": ("养育标准", "care standard"),
    "programme_dibao": ("低保", "dibao"),
    "programme_tekun": ("特困", "tekun"),
    "programme_orphan": ("孤儿", "orphans"),
    "programme_minimum_wage": ("最低工资", "minimum wage"),
    "programme_": ("全省及地区", "drivers"),
    "programme_disability_living": ("困难残疾人生活补贴", "disability living subsidy"),
    "programme_disability_nursing": ("重度残疾人护理补贴", "disability nursing subsidy"),
    "head_scenario": ("方案", "Scenario"),
    "head_ratio_next": ("四类农村/城镇", "class-four rural/urban"),
    "head_upper": ("中央和省负担", "borne by central and province"),
    "lack_no_planner": (
        "本数据包没有历年提标规则，没有可检验的测算方法，此处从略",
        "This package holds no dated rules of a yearly rise, so there is no planner to score: left out",
    ),
    "lack_points_set_by_policy": (
        "每个地区只有{points}个由政策定出的点：只能描述所执行的规则，不能识别原因，因此不计算半衰期和收敛速度",
        "{points} points an area, set by policy: they describe the rule that was followed and identify no cause, "
        "so no half-life or speed is computed",
    ),
    "lack_no_weights": (
        "本数据包没有分地区、分城乡的人数，无法加权，此处从略",
        "This package holds no people by area and residence to weigh by: left out",
    ),
    "lack_no_series": ("本数据包没有经济和财政序列，此处从略", "This package holds no driver series: left out"),
    "lack_no_standards_in_force": (
        "本数据包没有各地现行标准，此处从略",
        "This package holds no standards in force: left out",
    ),
    "lack_no_consumption": (
        "本数据包没有居民消费支出，此处从略",
        "This package holds no consumption per head: left out",
    ),
    "lack_no_scenario": ("本数据包没有可测算的方案，此处从略", "No scenario can be costed on this package: left out"),
    "lack_no_rules": ("本数据包没有历年提标规则，此处从略", "This package holds no dated rules: left out"),
    "short_follow_share": ("高于下限者的跟随", "following above the floor"),
    "short_unobserved_moved": ("标准未知者已跟随", "unknown cities moved since"),
    "short_unobserved_above_minimum": ("标准未知者高出下限", "unknown cities above the floor"),
    "short_caseload_deviation_urban": ("城镇人数偏离趋势", "urban recipients off trend"),
    "short_caseload_deviation_rural": ("农村人数偏离趋势", "rural recipients off trend"),
    "short_tekun_deviation": ("特困人数变化", "tekun recipients"),
    "short_response_share": ("提标引来的人数", "response to the line"),
    "short_supplement_above_floor": ("补差高出最低补差", "supplement above its floor"),
    "short_class1_supplement_growth": ("一类最低补差", "class-1 supplement floor"),
    "short_allocation_need": ("人数分配", "allocation of recipients"),
    "short_classified_share": ("分类施保人数", "recipients of extras"),
    "short_price_link_months_share": ("价格补贴月份", "months of price subsidy"),
    "short_orphan_growth_share": ("孤儿标准增幅", "rise of orphan minima"),
    "short_orphan_institution_share": ("集中养育比重", "orphans in institutions"),
    "state_must": ("标准须提高", "must rise"),
    "state_free": ("标准可自定", "free"),
    "state_unknown": ("标准未知", "not known"),
    # How ratio and gap moved: the two need not go the same way.
    "ratio_rose": ("比例上升", "the ratio rose"),
    "ratio_fell": ("比例下降", "the ratio fell"),
    "ratio_stayed": ("比例未变", "the ratio stayed"),
    "gap_rose": ("钱数差距扩大", "the gap in yuan widened"),
    "gap_fell": ("钱数差距缩小", "the gap in yuan narrowed"),
    "gap_stayed": ("钱数差距未变", "the gap in yuan stayed"),
    # The memo's captions and the rows of its range.
    "caption_gap_over_time": ("农村最低标准占城镇的比重", "the rural minimum as a share of the urban one"),
    "caption_dumbbell": ("各类最低标准", "minima by class"),
    "caption_tile_grid": ("各市现行标准", "standards in force by city"),
    "caption_steps_waterfall": ("提标的各个步骤", "the steps of the rise"),
    "caption_cost_waterfall": ("新增支出的构成", "what the extra cost is made of"),
    "caption_exceedance": ("新增支出超过某数的可能", "the chance that the extra cost exceeds an amount"),
    "caption_who_pays": ("各级负担", "who pays"),
    "caption_cash_calendar": ("逐月收支", "month by month"),
    "caption_must_move": ("须提高与可自定的市", "who must rise and who is free"),
    "caption_frontier": ("花费与差额", "cost against gap"),
    "caption_tornado": ("最要紧的假设", "the assumptions that matter most"),
    "caption_ripple": ("随标准联动的项目", "what hangs on the standard"),
    "range_mandated": ("按规定必须提", "obliged by the floors"),
    "range_followed": ("高于下限者跟随", "by following above the floors"),
    "range_low": ("假设均取最省一端", "every assumption at its cheap end"),
    "range_p10": ("抽样一成低于", "one draw in ten is below"),
    "range_p50": ("抽样中位", "half of the draws are below"),
    "range_envelope": ("抽样九成低于（需安排）", "nine draws in ten are below: the envelope"),
    "range_high": ("假设均取最费一端", "every assumption at its dear end"),
    # What the page in the browser says when a number is asked where it comes from.
    "trace_formula": ("算法", "Formula"),
    "trace_steps": ("步骤", "Steps"),
    "trace_inputs": ("数据", "Data"),
    "trace_assumptions": ("假设（低 – 中 – 高）", "Assumptions (low – central – high)"),
    "trace_grade": ("等级", "Grade"),
    "trace_key": ("键", "Key"),
    "trace_close": ("关闭", "Close"),
    "trace_ask": ("点任一数字看来历", "Click any number to see where it comes from"),
    # The bounds that a step of the uprating meets, as the chart of the steps names them.
    "bound_differential": ("农村快于城镇", "rural faster than urban"),
    "bound_gap_share": ("按差额的份额追赶", "a share of the gap closed"),
    "bound_target": ("按期达到目标比例", "on the way to the target share"),
    "bound_rural_above_urban": ("农村高于城镇", "rural above urban"),
    "bound_overridden": ("未能守住{weaker}", "{weaker} not kept"),
    "bound_overridden_by": ("{weaker}让位于{stronger}", "{weaker} gives way to {stronger}"),
}


# Notes of the uprating's steps, as the model writes them, in Chinese; English shows them as they are.
NOTES_ZH = {
    "unified": "城乡统一",
    "held at urban": "以城镇标准为限",
    "provincial minimum": "省定最低标准",
    "not below its own in force": "不低于现行",
    "not checked": "无最低工资，未检查",
    "ceiling": "上限",
    "its share of the urban floor that the ratchet holds": "按不降的城镇标准计农村比例",
}


@dataclass(frozen=True)
class Wording:
    """The words of one language, and the names of a package's areas.

    Attributes:
        lang: zh or en.
        areas: indexed by area_code: name_zh, name_en, level, area_class, tile_row, tile_col.
        currency: the package's money, in Chinese and English.
    """

    lang: str
    areas: pd.DataFrame
    currency: tuple[str, str] = ("元", "yuan")

    @property
    def money(self) -> str:
        """The name of the package's money."""
        return self.pick(*self.currency)

    @property
    def unit_month(self) -> str:
        """The unit of standards."""
        return self.pick(f"{self.money}/人·月", f"{self.money}/person/month")

    @property
    def whole(self) -> str:
        """The code of the area that the others are parts of."""
        return str(self.areas.index[self.areas["parent_code"] == ""][0])

    def word(self, key: str) -> str:
        """Return a fixed word; an unknown key is a mistake of ours and fails."""
        return WORDS[key][0 if self.lang == "zh" else 1]

    def area(self, code: str) -> str:
        """Return an area's name; a class by its word."""
        return self._names[code]

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names by code: a page asks for hundreds."""
        names = self.areas["name_zh" if self.lang == "zh" else "name_en"].astype(str).to_dict()
        for code, number in self.areas.loc[self.areas["level"] == "class", "area_class"].items():
            if f"class_{number}" in WORDS:
                names[code] = self.word(f"class_{number}")
        return names

    def pick(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return zh if self.lang == "zh" else en

    def grade(self, grade: str) -> str:
        """Return a grade's name."""
        return self.word(f"grade_{grade}")

    def note(self, note: str) -> str:
        """Return a step's note in the language; a share that was met is said in words."""
        if self.lang == "en" or note in ("", None):
            return note
        if note.startswith("at least "):
            return f"不低于城镇的{float(note.split()[2]):.0%}"
        return NOTES_ZH.get(note, note)

    def lack(self, missing: NotHeld) -> str:
        """Say in one line why a statistic is left out."""
        return self.word(f"lack_{missing.lack}").format(**missing.values)

    def listed(self, items: list[str]) -> str:
        """Join a list as the language does."""
        if self.lang == "zh":
            return "、".join(items)
        return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
