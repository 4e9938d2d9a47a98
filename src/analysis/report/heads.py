"""Heads: the fields of the package's frames in words, for those who read a table rather than write code."""

from __future__ import annotations

import pandas as pd

from analysis.report.wording import Wording

_MONTH = ("元/人·月", "yuan/person/month")
_YEAR = ("元/年", "yuan a year")
_PERSONS = ("人", "persons")
_NO_UNIT = ("", "")
# Field to its words and its unit; ``yuan`` is the package's currency.
HEADS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "scenario": (("方案", "scenario"), _NO_UNIT),
    "dataset": (("数据包", "dataset"), _NO_UNIT),
    "area_code": (("地区", "area"), _NO_UNIT),
    "area": (("地区", "area"), _NO_UNIT),
    "area_name": (("地区名", "area name"), _NO_UNIT),
    "area_class": (("地区类别", "area class"), _NO_UNIT),
    "residence": (("城乡", "residence"), _NO_UNIT),
    "programme": (("项目", "programme"), _NO_UNIT),
    "year": (("年份", "year"), _NO_UNIT),
    "period": (("时段", "period"), _NO_UNIT),
    "tier": (("负担层级", "tier"), _NO_UNIT),
    "component": (("构成", "component"), _NO_UNIT),
    "measure": (("指标", "measure"), _NO_UNIT),
    "statistic": (("统计量", "statistic"), _NO_UNIT),
    "value": (("数值", "value"), _NO_UNIT),
    "unit": (("单位", "unit"), _NO_UNIT),
    "grade": (("等级", "grade"), _NO_UNIT),
    "rests_on": (("依据的假设", "rests on"), _NO_UNIT),
    "name": (("名称", "name"), _NO_UNIT),
    "now_yuan_month": (("现行", "now"), _MONTH),
    "next_yuan_month": (("拟定", "next"), _MONTH),
    "unratcheted_yuan_month": (("若不设只升不降", "without the ratchet"), _MONTH),
    "step": (("步骤", "step"), _NO_UNIT),
    "before_yuan_month": (("步骤前", "before the step"), _MONTH),
    "after_yuan_month": (("步骤后", "after the step"), _MONTH),
    "binds": (("是否起作用", "binds"), _NO_UNIT),
    "note": (("说明", "note"), _NO_UNIT),
    "overrides": (("是否推翻前面的步骤", "overrides an earlier step"), _NO_UNIT),
    "published_persons": (("已公布人数", "published"), _PERSONS),
    "counted_on": (("统计日", "counted on"), _NO_UNIT),
    "trend_persons": (("按趋势人数", "on their trend"), _PERSONS),
    "entrants_persons": (("因提标新增", "entrants"), _PERSONS),
    "trend_grade": (("趋势的等级", "grade of the trend"), _NO_UNIT),
    "minimum_yuan_month": (("最低标准", "minimum"), _MONTH),
    "next_minimum_yuan_month": (("明年最低标准", "next minimum"), _MONTH),
    "minimum_then_yuan_month": (("标准已知那年的最低标准", "minimum of the year observed"), _MONTH),
    "last_standard_yuan_month": (("最近已知标准", "last known standard"), _MONTH),
    "standard_yuan_month": (("现行标准", "standard in force"), _MONTH),
    "observed": (("当年已知", "known this year"), _NO_UNIT),
    "observed_year": (("标准年份", "year of the standard"), _NO_UNIT),
    "floor_yuan_month": (("省定最低补差", "supplement floor"), _MONTH),
    "next_floor_yuan_month": (("明年省定最低补差", "next supplement floor"), _MONTH),
    "last_floor_yuan_month": (("最近已知最低补差", "last known supplement floor"), _MONTH),
    "own_floor_yuan_month": (("本地最低补差", "own supplement floor"), _MONTH),
    "own_floor_year": (("本地最低补差年份", "year of the own floor"), _NO_UNIT),
    "own_floor_grade": (("本地最低补差等级", "grade of the own floor"), _NO_UNIT),
    "tekun_yuan_month": (("特困标准", "tekun standard"), _MONTH),
    "population_persons": (("常住人口", "residents"), _PERSONS),
    "population_grade": (("人口等级", "grade of residents"), _NO_UNIT),
    "consumption_yuan_year": (("人均消费支出", "consumption per head"), _YEAR),
    "part_of": (("所属市", "part of"), _NO_UNIT),
    "part": (("部分", "part"), _NO_UNIT),
    "urban_cell": (("对应城镇行", "row of its town"), _NO_UNIT),
    "standard_central": (("现行标准（基准）", "standard, best estimate"), _MONTH),
    "next_standard_central": (("预计标准（基准）", "expected standard, best estimate"), _MONTH),
    "supplement_central": (("补差（基准）", "supplement, best estimate"), _MONTH),
    "dibao_spending_central": (("不提标的低保支出", "dibao spending without a rise"), _YEAR),
    "tekun_spending_central": (("不提标的特困支出", "tekun spending without a rise"), _YEAR),
    "tekun_standard_central": (("特困标准（基准）", "tekun standard, best estimate"), _MONTH),
    "next_tekun_standard_central": (("预计特困标准（基准）", "expected tekun standard, best estimate"), _MONTH),
    "persons_central": (("低保对象", "dibao recipients"), _PERSONS),
    "entrants_central": (("新增低保对象", "entrants"), _PERSONS),
    "tekun_persons_central": (("特困对象", "tekun recipients"), _PERSONS),
    "incumbent_central": (("在保对象增支", "extra: recipients on trend"), _YEAR),
    "supplement_floor_central": (("最低补差抬高增支", "extra: supplement floor"), _YEAR),
    "entrant_central": (("新增对象增支", "extra: entrants"), _YEAR),
    "linked_central": (("联动项目增支", "extra: linked programmes"), _YEAR),
    "linked_tekun_central": (("其中特困", "of it tekun"), _YEAR),
    "linked_classified_extra_central": (("其中分类施保", "of it classified extras"), _YEAR),
    "linked_price_link_central": (("其中价格补贴", "of it the price link"), _YEAR),
    "linked_disability_living_central": (("其中困难残疾人补贴", "of it the disability subsidy"), _YEAR),
    "linked_low_income_edge_central": (("其中低保边缘", "of it the low-income edge"), _YEAR),
    "extra_central": (("新增支出（基准）", "extra cost, best estimate"), _YEAR),
    "minimum_spending_central": (("按最低标准计的支出", "spending at the minimum"), _YEAR),
    "minimum_extra_central": (("按最低标准计的新增", "extra at the minimum"), _YEAR),
    "floor_binds_central": (("最低补差起作用", "supplement floor binds"), _NO_UNIT),
    "mandated_yuan_month": (("按规定须达到", "obliged standard"), _MONTH),
    "extra_mandated": (("按规定必须的新增", "obliged extra cost"), _YEAR),
    "floor_binds_mandated": (("不跟随时最低补差起作用", "floor binds if nobody follows"), _NO_UNIT),
    "extra_upper": (("中央和省负担", "upper tiers bear"), _YEAR),
    "extra_local": (("市县负担", "cities and counties bear"), _YEAR),
    "known_from": (("公布日", "known from"), _NO_UNIT),
    "source": (("来源", "source"), _NO_UNIT),
    "at": (("文件与行", "file and line"), _NO_UNIT),
    "assumption": (("假设", "assumption"), _NO_UNIT),
    "title": (("题名", "title"), _NO_UNIT),
    "low": (("低", "low"), _NO_UNIT),
    "central": (("中", "central"), _NO_UNIT),
    "high": (("高", "high"), _NO_UNIT),
    "worth_yuan_year": (("全程影响", "worth of its range"), _YEAR),
    "reason": (("理由", "reason"), _NO_UNIT),
}


def in_words(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Return a frame with its heads, areas and residences in words; a head that has none stays as it is.

    Args:
        table: one of a run's frames, or a part of one.
        wording: words of the language, names of the areas, the currency.
    """
    words = table.copy()
    if "area_code" in words:
        words["area_code"] = [wording.area(code) for code in words["area_code"]]
    if "residence" in words:
        words["residence"] = [
            wording.word(side) if side in ("urban", "rural", "both") else side for side in words["residence"]
        ]
    return words.rename(columns={name: _head(name, wording) for name in words.columns})


def _head(name: str, wording: Wording) -> str:
    if name not in HEADS:
        return name
    said, unit = (wording.pick(*pair) for pair in HEADS[name])
    if not unit:
        return said
    unit = unit.replace(wording.pick("元", "yuan"), wording.money)
    return wording.pick(f"{said}（{unit}）", f"{said}, {unit}")
