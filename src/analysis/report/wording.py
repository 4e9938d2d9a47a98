"""Every fixed word of the reports, in both languages, in one table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

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
    "unit_month": ("元/人·月", "yuan/person/month"),
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
    "component_linked": ("特困联动", "linked: extreme hardship"),
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
    "measure_general_public_budget_expenditure": ("一般公共预算支出", "general public budget expenditure"),
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
    "state_must": ("标准须提高", "must rise"),
    "state_free": ("标准可自定", "free"),
    "state_unknown": ("标准未知", "not known"),
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
    """

    lang: str
    areas: pd.DataFrame

    def word(self, key: str) -> str:
        """Return a fixed word; an unknown key is a mistake of ours and fails."""
        return WORDS[key][0 if self.lang == "zh" else 1]

    def area(self, code: str) -> str:
        """Return an area's name; a class by its word."""
        row = self.areas.loc[code]
        if row["level"] == "class" and f"class_{row['area_class']}" in WORDS:
            return self.word(f"class_{row['area_class']}")
        return str(row["name_zh" if self.lang == "zh" else "name_en"])

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

    def listed(self, items: list[str]) -> str:
        """Join a list as the language does."""
        if self.lang == "zh":
            return "、".join(items)
        return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
