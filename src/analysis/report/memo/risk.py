"""The sentences on whether it can be borne, and the section on risk and on past errors."""

from __future__ import annotations

from analysis.report import tables
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates
from analysis.report.wording import Wording


def risk(facts: Facts, wording: Wording, plates: Plates) -> str:
    """Return how wrong the cost may be, and how past forecasts did.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
    """
    caption = wording.pick(
        "以往每年6月的预测与后来公布的数；每格为“预测/公布”，标准为元/人·月，只用当年6月30日已公开的数",
        "Past forecasts beside what was published later. Each cell: forecast / published, minima in yuan a month, made on 30 June with only what was public",
    )
    scored = plates.table(tables.scored_minima(facts, wording), caption, left=1, kind="narrow .scored")
    if rises(facts, wording):
        parts = [_risk(facts, wording), plates.figures(("tornado", "score_history"))]
    else:
        parts = [plates.figures(("score_history",))]
    return "\n\n".join([*parts, _score(facts, wording), scored])


def rises(facts: Facts, wording: Wording) -> bool:
    """Whether the scenario costs anything: one that does not has neither ripple nor risk."""
    _, following = plan_years(facts)
    return bool(facts.value("extra_cost", year=following, area_code=wording.whole, programme=""))


def _score(facts: Facts, wording: Wording) -> str:
    """Say how far off the planner and its rivals were, and what interval that gives next year."""
    _, following = plan_years(facts)
    dibao = {"programme": "dibao"}
    said = {
        method: facts.say(f"score_common_error_{method}", "percent", **dibao)
        for method in ("planner", "same_rise", "bounds", "consumption")
    }
    common, cells, worst = (
        facts.say("score_common_cells", "count", **dibao),
        facts.say("score_cells_planner", "count", **dibao),
        facts.say("score_worst_error_planner", "percent", sign=True, **dibao),
    )
    code = max(
        facts.table[(facts.table["measure"] == "minimum_forecast") & (facts.table["residence"] == "rural")]["area_code"]
    )
    low, high = (
        facts.say("minimum_forecast", "yuan", area_code=code, residence="rural", year=following, statistic=end)
        for end in ("p10", "p90")
    )
    tenths = facts.literal("80%")
    people = _recipients(facts, wording)
    return wording.pick(
        f"各方法都有预测的{common}格，本套方法平均偏离{said['planner']}；与上年同幅为{said['same_rise']}，"
        f"固定占消费支出的比例为{said['consumption']}，只守已生效的下限为{said['bounds']}。本套方法全部{cells}格中偏离最大的为{worst}。按这些误差，省里{facts.literal(str(following))}年公布的"
        f"{wording.area(code)}农村最低标准有{tenths}的可能在{low}至{high}元之间。{people}",
        f"Over the {common} minima that every method could forecast this one was off by {said['planner']} on average; repeating last year's rise by {said['same_rise']}, a fixed share of "
        f"consumption by {said['consumption']}, the bounds in force alone by {said['bounds']}. Of all its {cells} forecasts the worst was off by {worst}. On these errors there is an {tenths} chance "
        f"that the rural minimum of {wording.area(code).lower()} published for {facts.literal(str(following))} lies between {low} and {high} yuan. {people}",
    )


def _recipients(facts: Facts, wording: Wording) -> str:
    rows = facts.table[(facts.table["scenario"] == "") & (facts.table["measure"] == "score_recipients_log_error")]
    rural = rows[rows["residence"] == "rural"].sort_values("year").iloc[-1]
    where = {"residence": "rural", "year": rural["year"], "period": rural["period"]}
    ours, published = (facts.say(f"scored_recipients_{what}", "persons", **where) for what in ("trend", "published"))
    error = facts.say("score_recipients_log_error", "percent", size=True, **where)
    way = ("高", "high") if facts.value("score_recipients_log_error", **where) >= 0 else ("低", "low")
    year = facts.literal(str(rural["year"]))
    return wording.pick(
        f"农村低保人数最近一次差得最多：{year}年预测{ours}、公布{published}（预测比公布{way[0]}{error}），人数的范围即由这些误差得出，按预测期限折成每年。",
        f"Recipients were missed by more: rural ones of {year} were forecast at {ours} and came to {published}: the forecast was {error} too {way[1]}. The range of recipients is made of these errors, put into a yearly rate.",
    )


def borne(facts: Facts, wording: Wording) -> str:
    """Say whether spending stays within what the budget's own growth allows, and what each share set means."""
    base, following = plan_years(facts)
    where = {"area_code": wording.whole, "programme": ""}
    then = where | {"year": following}
    now, after, capacity = (
        facts.say("spending", "money", year=base, **where),
        facts.say("spending", "money", **then),
        facts.say("capacity", "money", **then),
    )
    verdict = _verdict(facts, wording, then)
    sets = [
        facts.say(f"extra_cost_under_sharing_{name}", "money", tier="upper", **then)
        for name in ("low", "middle", "high")
    ]
    years = [facts.literal(str(year)) for year in (base, following)]
    money = _known_money(facts, wording)
    if not rises(facts, wording):
        return wording.pick(
            f"低保和特困{years[0]}年支出{now}，{years[1]}年不提标为{after}（人数下降已计入）；若救助支出只随一般公共预算支出（后来修订的序列）增长，可用{capacity}。{verdict}{money}",
            f"Dibao and tekun take {now} in {years[0]} and, with no rise, {after} in {years[1]}, falling recipients counted in; if assistance grew only as general public budget "
            f"expenditure (a series revised later) does, {capacity} would be available. {verdict}{money}",
        )
    return wording.pick(
        f"低保和特困{years[0]}年支出{now}，{years[1]}年含提标为{after}（人数下降已计入）；若救助支出只随一般公共预算支出（后来修订的序列）增长，可用{capacity}。{verdict}"
        f"中央和省按下限口径分担的提标新增，三套分担比例下分别为{sets[0]}、{sets[1]}、{sets[2]}。{money}",
        f"Dibao and tekun take {now} in {years[0]} and {after} in {years[1]} with the rise, falling recipients counted in; if assistance grew only as general public budget expenditure "
        f"(a series revised later) does, {capacity} would be available. {verdict}Under the three share sets the upper tiers bear {sets[0]}, {sets[1]} or {sets[2]} of the rise. {money}",
    )


def _verdict(facts: Facts, wording: Wording, then: dict) -> str:
    short, transfer = facts.value("short_of_capacity", **then), facts.value("transfer_needed", **then)
    if not short and not transfer:
        return wording.pick("各级都负担得起。", "Every tier can bear it. ")
    if not short:
        said = facts.say("transfer_needed", "money", **then)
        return wording.pick(
            f"中央和省再转移{said}给市县即可负担。",
            f"It can be borne if {said} more is transferred to cities and counties. ",
        )
    said = facts.say("short_of_capacity", "money", **then)
    rise = facts.say("rise_borne_by_capacity", "percent", **then) if facts.has("rise_borne_by_capacity", **then) else ""
    borne = (
        wording.pick(
            f"；若不留缺口，各类约可统一提标{rise}", f"; without one, all floors could rise by only about {rise}"
        )
        if rise
        else ""
    )
    return wording.pick(
        f"按此口径，资金缺口为{said}{borne}。按方案提标，救助支出须占预算更大的份额。",
        f"By this measure there is a shortfall of {said}{borne}. To rise as proposed, assistance has to take a larger share of the budget. ",
    )


def _known_money(facts: Facts, wording: Wording) -> str:
    rows = facts.table[(facts.table["scenario"] == "") & (facts.table["measure"] == "known_money_upper_issued")]
    if rows.empty:
        return ""
    where = {"year": rows["year"].iloc[-1]}
    known, spent = (
        facts.say("known_money_upper_issued", "money", **where),
        facts.say("modelled_spending", "money", **where),
    )
    share = facts.say("implied_share_upper_issued", "percent0", **where)
    year = facts.literal(str(where["year"]))
    return wording.pick(
        f"可对照的公开数：{year}年下达的中央和省级困难群众补助{known}，为模型测算当年支出{spent}的{share}，高于三套分担比例：或口径更宽，或中央和省实际负担更多。",
        f"For comparison, {known} of central and provincial money was issued in {year}, {share} of the {spent} that the model puts that year at. That is above every share set: its scope may be wider, or the upper tiers bear more.",
    )


def _risk(facts: Facts, wording: Wording) -> str:
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    widths = {
        (width, end): facts.say(f"extra_cost_widths_{width}", "money", statistic=end, **where)
        for width in ("halved", "doubled")
        for end in ("p10", "p90")
    }
    late = {"year": following, "component": "arrears"}
    paid = wording.pick(
        "1月起按新标准发放，无须补发。".replace("1", facts.literal("1")),
        "If the new rate is paid from January, there are no arrears.",
    )
    if facts.value("arrears", **late):
        months = facts.say("months_in_arrears", "count", **late)
        buffer, arrears = (facts.say(measure, "money", **late) for measure in ("buffer_needed", "arrears"))
        paid = wording.pick(
            f"本方案补发{months}个月、{arrears}，须备周转资金{buffer}。",
            f"{months} months and {arrears} in arrears, a buffer of {buffer}.",
        )
    need, line = (facts.say(f"extra_cost_under_allocation_{name}", "money", **where) for name in ("need", "line"))
    tail = facts.say("extra_cost_under_response_power_tail", "money", **where)
    eight = facts.literal("80%")
    return wording.pick(
        f"各项范围减半时，{eight}的模拟结果在{widths['halved', 'p10']}至{widths['halved', 'p90']}之间；加倍时为{widths['doubled', 'p10']}至{widths['doubled', 'p90']}。"
        f"人数改按消费与当地最低标准之比分配，新增支出由{need}变为{line}（与广州公布的人数不符，仅作对照）；人数对提标的反应取上限时为{tail}。"
        f"{paid}",
        f"If all ranges are halved, {eight} of cases lie between {widths['halved', 'p10']} and {widths['halved', 'p90']}; doubled, between {widths['doubled', 'p10']} and "
        f"{widths['doubled', 'p90']}. Allocating recipients by consumption against the local minimum moves the cost from {need} to {line} (it does not fit Guangzhou's published counts and is shown for contrast only); the "
        f"upper bound of the response to the line gives {tail}. {paid}",
    )
