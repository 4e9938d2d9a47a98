"""The box of three rows: what is published, what is computed from it, what is assumed."""

from __future__ import annotations

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def box_rows(facts: Facts, wording: Wording) -> list[tuple[str, str, str]]:
    """Return the three rows: published, computed from published, assumed; each with its share of the central cost."""
    base, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    shares = {
        name: facts.say(f"cost_share_{name}", "percent0", **where) for name in ("published", "computed", "assumed")
    }
    names = ("where_standards_are_known", "where_standards_are_not_known", "by_following")
    parts = dict(zip(names, facts.say_parts([f"cost_share_assumed_{name}" for name in names], **where), strict=True))
    cities = facts.say("observed_areas", "count", year=base)
    both = facts.say("observed_areas_both_residences", "count", year=base)
    published = wording.pick(
        f"省定最低标准、全省分城乡受助人数、{cities}市现行标准（其中城乡均已知的{both}市）",
        f"provincial minima, the province's recipients by residence, the standards of {cities} cities ({both} of them both urban and rural)",
    )
    computed = wording.pick(
        "拟定最低标准、差距、比例、标准须提高的幅度",
        "next year's minima, the gap and ratio, whose standard must rise and by how much",
    )
    assumed = wording.pick(
        f"分地区人数、最低补差（推断）和实际补差、跟随程度、分担比例。基准测算值中，标准已知而须提标的地区占{parts['where_standards_are_known']}，"
        f"标准未知的地区占{parts['where_standards_are_not_known']}，高于最低标准者随之提标占{parts['by_following']}",
        f"recipients by area, supplement floors (inferred) and supplements paid, how far areas follow, the tiers' shares. Of the best estimate {parts['where_standards_are_known']} lies where "
        f"standards are known and must rise, {parts['where_standards_are_not_known']} where they are not known, {parts['by_following']} in areas that follow",
    )
    texts = {"published": published, "computed": computed, "assumed": assumed}
    return [(wording.word(name), texts[name], shares[name]) for name in texts]
