"""What the site says of one scenario: its cells in the table, four sentences, what they rest on, and their grades."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.evidence import GRADES, worst_grade
from analysis.inputs.parameters.values import LANGUAGES, Text
from analysis.report import sentences
from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.charts.frame import HOLLOW_FROM
from analysis.report.facts import STYLES, Facts
from analysis.report.rounding import fixed
from analysis.report.sentences.box import box_rows
from analysis.report.site.words import text
from analysis.report.wording import Wording

# Rows that only charts and other pages ask for: without them a scenario is read in two thirds of the time.
UNASKED = ("calendar_", "regret_of_not_knowing_", "sobol_")
Asked = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One number of the table, as printed and as sorted.

    Attributes:
        key: names its column: the word of its head is ``head_<key>``.
        value: what it sorts by.
        main: the number.
        beside: what stands under it, smaller.
        grade: the worst grade among the rows it shows.
        hollow: whether that grade is derived or worse.
    """

    key: str
    value: float
    main: Text
    beside: Text
    grade: str
    hollow: bool


@dataclass(frozen=True)
class Numbers:
    """What the results of a scenario come to.

    Attributes:
        cells: in the order of the columns.
        verdict: feasible, transfer or short.
        four: head and text of the four sentences.
        box: name, share of the central cost and text of the three rows.
        assumed_share: share of the central cost that rests on assumptions; None where it costs nothing.
    """

    cells: tuple[Cell, ...]
    verdict: str
    four: tuple[tuple[Text, Text], ...]
    box: tuple[tuple[Text, Text, Text], ...]
    assumed_share: float | None


def numbers(
    table: pd.DataFrame, scenario: str, wordings: Mapping[str, Wording], apart_since: int | None
) -> Numbers | None:
    """Return what the results of one scenario come to; None where they hold no plan.

    Args:
        table: its results.
        scenario: its id.
        wordings: of its data package, in each language.
        apart_since: for the first sentence.

    Raises:
        ScenarioFailed: a number that the page needs is not in the results.
    """
    table = table[~table["measure"].str.startswith(UNASKED)]
    if not (table["measure"] == "minimum_standard").any():
        return None
    each = {
        lang: (one, wordings[lang]) for lang, one in _in_each_language(Facts(table, scenario, LANGUAGES[0])).items()
    }
    facts, wording = each[LANGUAGES[0]]
    verdict, verdict_cell = _verdict(facts, wording.whole)
    four = _both(sentences.four_sentences(*one, apart_since) for one in each.values())
    box = _both(box_rows(*one) for one in each.values())
    return Numbers(
        cells=(
            *_gap_cells(facts, wordings),
            *_money_cells(facts, wording.whole),
            verdict_cell,
            _recipients(facts),
        ),
        verdict=verdict,
        four=four,
        box=tuple((name, share, said) for name, said, share in box),
        assumed_share=_assumed_share(facts, wording.whole),
    )


def _both(told: Iterable[list[tuple[str, ...]]]) -> tuple[tuple[Text, ...], ...]:
    """Put what was said in each language side by side, line by line and part by part."""
    lines = zip(*told, strict=True)
    return tuple(tuple(Text(zh=zh, en=en) for zh, en in zip(*line, strict=True)) for line in lines)


def _assumed_share(facts: Facts, whole: str) -> float | None:
    _, following = plan_years(facts)
    where = {"year": following, "area_code": whole, "programme": ""}
    return facts.value("cost_share_assumed", **where) if facts.value("extra_cost", **where) else None


def _in_each_language(facts: Facts) -> dict[str, Facts]:
    """Return the same facts for each language; their index is made once."""
    made = {}
    for lang in LANGUAGES:
        made[lang] = copy.copy(facts)
        made[lang].lang, made[lang].said = lang, []
    return made


def _cell(
    facts: Facts, key: str, asked: list[Asked], main: Callable[..., str], beside: Callable[..., str] | None = None,
    sort_by: int = 0,
) -> Cell:  # fmt: skip
    """Make a cell from several rows; both texts get a language and the rows' values."""
    rows = [facts.row(measure, **where)[1] for measure, where in asked]
    values = [float(row["value"]) for row in rows]
    grade = worst_grade(row["grade"] for row in rows)
    printed = {lang: main(lang, *values) for lang in LANGUAGES}
    under = {lang: beside(lang, *values) if beside else "" for lang in LANGUAGES}
    hollow = bool(grade) and GRADES.index(grade) >= HOLLOW_FROM
    return Cell(key, values[sort_by], Text(**printed), Text(**under), grade, hollow)


def _gap_cells(facts: Facts, wordings: Mapping[str, Wording]) -> tuple[Cell, ...]:
    """Return ratio, gap and rise in the class whose gap is widest now."""
    base, following = plan_years(facts)
    code = separate_class(facts) or class_codes(facts)[0]
    now, then = {"area_code": code, "year": base}, {"area_code": code, "year": following}
    rural = then | {"residence": "rural"}

    def moved(style: str) -> Callable[..., str]:
        return lambda lang, before, after: f"{_said(before, style, lang)} → {_said(after, style, lang)}"

    def named(lang: str, *_: float) -> str:
        return wordings[lang].area(code)

    return (
        _cell(facts, "ratio", [("minimum_rural_urban_ratio", now), ("minimum_rural_urban_ratio", then)], moved("percent"), named, 1),
        _cell(facts, "gap", [("minimum_gap", now), ("minimum_gap", then)], moved("yuan"), None, 1),
        _cell(
            facts, "rise", [("minimum_standard_rise", rural), ("minimum_standard_rise_share", rural)],
            lambda lang, yuan, _: _signed(yuan, "yuan", lang), lambda lang, _, share: _signed(share, "percent", lang),
        ),
    )  # fmt: skip


def _money_cells(facts: Facts, whole: str) -> tuple[Cell, ...]:
    """Return the extra cost with its two ends, and who bears the central one."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": whole, "programme": ""}
    ends = [("extra_cost", where | {"statistic": end}) for end in ("central", "low", "high")]
    tiers = [("extra_cost", where | {"tier": tier}) for tier in ("upper", "local")]
    share = ("extra_cost_share", where | {"tier": "upper"})
    return (
        _cell(
            facts, "cost", ends, lambda lang, central, *_: amount(central, lang),
            lambda lang, _, low, high: f"{amount(low, lang)} – {amount(high, lang)}",
        ),
        _cell(
            facts, "payers", [*tiers, share], lambda lang, upper, local, _: f"{amount(upper, lang)} / {amount(local, lang)}",
            lambda lang, upper, local, share: text("upper_share", share=_said(share, "percent0", lang)).in_language(lang) if upper or local else "",
        ),
    )  # fmt: skip


def _verdict(facts: Facts, whole: str) -> tuple[str, Cell]:
    """Say whether assistance can be borne where it grows only as the budget does, and what is missing."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": whole, "programme": ""}
    asked = [("short_of_capacity", where), ("transfer_needed", where)]
    short, transfer = (facts.value(measure, **place) for measure, place in asked)
    verdict = "short" if short > 0 else "transfer" if transfer > 0 else "feasible"
    words = text(f"verdict_{verdict}")

    def missing(lang: str, short: float, transfer: float) -> str:
        return _money(short or transfer, lang) if short or transfer else ""

    return verdict, _cell(facts, "verdict", asked, lambda lang, *_: words.in_language(lang), missing)


def _recipients(facts: Facts) -> Cell:
    base, following = plan_years(facts)
    asked = [
        ("recipients", {"programme": "dibao", "year": base}),
        ("recipients_with_entrants", {"programme": "dibao", "year": following}),
    ]
    return _cell(
        facts, "recipients", asked, lambda lang, now, then: f"{_said(now, 'people', lang)} → {_said(then, 'people', lang)}", None, 1
    )  # fmt: skip


def amount(yuan: float, lang: str) -> str:
    """Return a yearly amount in the one unit of its column: 亿元 in Chinese, million yuan in English.

    Example:
        >>> amount(473_099_554, "zh"), amount(473_099_554, "en"), amount(5_600_000, "en")
        ('4.73', '473', '5.6')
    """
    if lang == "zh":
        return fixed(yuan / 1e8, 2)
    return STYLES["money"](yuan, "en")[0]


def _money(yuan: float, lang: str) -> str:
    return "".join(STYLES["money"](yuan, lang))


def _said(value: float, style: str, lang: str) -> str:
    return "".join(STYLES[style](value, lang))


def _signed(value: float, style: str, lang: str) -> str:
    return ("+" if value > 0 else "") + _said(value, style, lang)
