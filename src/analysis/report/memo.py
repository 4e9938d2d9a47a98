"""The memo: three pages in two languages, PDF and HTML, from results by key."""

from __future__ import annotations

import base64
import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.report import sentences, tables
from analysis.report.charts import plan_years
from analysis.report.charts.risk import median_swings
from analysis.report.facts import Facts
from analysis.report.second_page import dated, pipe_table, second_page
from analysis.report.style import Chart, font_path

if TYPE_CHECKING:
    from analysis.inputs.parameters import Assumption
    from analysis.report.wording import Wording

TEMPLATES = Path(__file__).parent / "templates"
FORMATS = ("html", "pdf")


def page(
    facts: Facts,
    wording: Wording,
    figures: dict[str, Chart],
    context: dict[str, str],
    apart_since: int | None,
    assumed: dict[str, Assumption],
    third: str = "",
) -> str:
    """Return the pages as marked markdown; every number carries its key.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language.
        figures: every chart, by name.
        context: title of the scenario, its day, and the documents.
        apart_since: for the first sentence.
        assumed: the scenario's assumptions, ranges filled in.
        third: the page of the comparison, as from :func:`analysis.report.third_page.third_page`.
    """
    _, following = plan_years(facts)
    date = facts.literal
    said = sentences.four_sentences(facts, wording, apart_since)
    colon = wording.pick("：", ": ")
    four = "\n\n".join(f"**{head}**{colon}{text}" for head, text in said)
    table = pipe_table(tables.proposal(facts, wording))
    rows = "\n\n".join(_box_row(wording, *row) for row in sentences.box(facts, wording))
    images = {name: f'![]({name}.png){{width=48.5% alt="{chart.alt}"}}' for name, chart in figures.items()}
    title = wording.pick(
        f"{date(str(following))}年低保最低标准提标测算",
        f"Minimum standards of {date(str(following))}: the gap, the rise, the cost",
    )
    note = wording.pick(
        f"方案：{dated(context['scenario'], facts)}。测算日{date(context['as_of'])}，只用当日已公布的数据。非官方测算。",
        f"Scenario: {dated(context['scenario'], facts)}. As of {date(context['as_of'])}, with nothing published later. Not an official estimate.",
    )
    sources = wording.pick(
        f"**来源**：省定最低标准和全省人数 {date(context['minima'])}；各市标准为各市通知及其转载；均列于 data/guangdong/sources.csv。"
        f"空心点为推断或推算；花费各数均含假设，影响最大的是：{context['movers']}。",
        f"**Sources**: minima and recipients {date(context['minima'])}; city standards: notices of the cities and copies; all listed in data/guangdong/sources.csv. "
        f"Hollow marks are inferred or derived. Every cost rests on assumptions; the heaviest: {context['movers']}.",
    )
    unit = wording.pick(
        "元/人·月；各格增幅不一，因向上取整和农村比例的要求；城乡统一地区的最低补差为城镇/农村",
        "yuan/person/month; the rises differ by rounding up and by the rural share; supplement floors of unified classes are urban/rural",
    )
    return f"""# {title}

::: {{.note}}
{note}
:::

::: {{.four}}
{four}
:::

::: {{.proposal}}
{table}

[{unit}]{{.unit}}
:::

::: {{.figures}}
{images["gap_over_time"]} {images["dumbbell"]}
:::

::: {{.split}}
::: {{.picture}}
{images["tile_grid"].replace("48.5%", "100%")}
:::

::: {{.words}}
{sentences.who_must_move(facts, wording)}

::: {{.box}}
{rows}
:::
:::
:::

::: {{.note}}
{sources}
:::
{second_page(facts, wording, {name: figures[name].alt for name in ("ripple", "tornado")}, assumed)}
{third}
"""


def movers(facts: Facts, wording: Wording, titles: dict[str, str], most: int = 3) -> str:
    """Name the assumptions that move the cost most, as the tornado shows them, each with the cost at its two ends."""
    _, following = plan_years(facts)
    _, ends = median_swings(facts)
    widest = sorted(ends, key=lambda name: -abs(ends[name][1] - ends[name][0]))[:most]
    parts = []
    for name in widest:
        low, high, drawn = ends[name]
        order = ("p10", "p90") if drawn else ("endlow", "endhigh")
        first, last = (
            facts.say(f"extra_cost_if_{name}_{end}", "money", year=following)
            for end in (order if low <= high else reversed(order))
        )
        parts.append(wording.pick(f"{titles[name]}（{first}至{last}）", f"{titles[name]} ({first} to {last})"))
    return wording.pick("；", "; ").join(parts)


def render(markdown: str, figures: dict[str, Chart], lang: str) -> dict[str, bytes]:
    """Turn the page into a self-contained HTML and a PDF.

    Args:
        markdown: as from :func:`page`.
        figures: by the name they have in the markdown.
        lang: zh or en.

    Returns:
        Ending to bytes; the same bytes for the same page.
    """
    return {"html": _html(markdown, figures, lang).encode(), "pdf": _pdf(markdown, figures, lang)}


def _html(markdown: str, figures: dict[str, Chart], lang: str) -> str:
    import pypandoc

    for name, chart in figures.items():
        markdown = markdown.replace(
            f"({name}.png)", f"(data:image/png;base64,{base64.b64encode(chart.png()).decode()})"
        )
    body = pypandoc.convert_text(
        markdown, "html5", format="markdown-smart", extra_args=["--wrap=none", "--columns=100000"]
    )
    title = re.sub(r"<[^>]+>", "", body.partition("</h1>")[0])
    template = (TEMPLATES / "memo.html").read_text("utf-8")
    text = re.sub(r"<[^>]+>", "", body) + title + "→–"
    parts = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "title": title.strip(),
        "font": font_subset(text),
        "body": body,
    }
    for name, value in parts.items():
        template = template.replace(f"@{name}@", value)
    return template


def font_subset(text: str) -> str:
    """Return the glyphs that a page needs, as base64 of a WOFF font: a headless browser may have no Chinese font."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    font = TTFont(font_path(), recalcTimestamp=False)
    worker = subset.Subsetter(options)
    worker.populate(text=text + "".join(map(chr, range(32, 127))))
    worker.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


def _pdf(markdown: str, figures: dict[str, Chart], lang: str) -> bytes:
    import pypandoc
    import typst

    body = pypandoc.convert_text(
        markdown,
        "typst",
        format="markdown-smart",
        extra_args=["--wrap=none", "--columns=100000", f"--lua-filter={TEMPLATES / 'typst.lua'}"],
    )
    title = re.sub(r"\[([^]]*)\]\{[^}]*\}", r"\1", markdown.partition("\n")[0].removeprefix("# "))
    parts = {"lang": lang, "title": title, "body": body}
    template = (TEMPLATES / "memo.typ").read_text("utf-8")
    for name, value in parts.items():
        template = template.replace(f"@{name}@", value)
    with tempfile.TemporaryDirectory() as folder:
        for name, chart in figures.items():
            (Path(folder) / f"{name}.png").write_bytes(chart.png())
        source = Path(folder) / "memo.typ"
        source.write_text(template, "utf-8")
        return typst.compile(
            str(source), root=folder, font_paths=[str(font_path().parent)], ignore_system_fonts=True, timestamp=0
        )


def _box_row(wording: Wording, name: str, text: str, share: str) -> str:
    return wording.pick(
        f"**{name}**（占中值花费的{share}）：{text}", f"**{name.capitalize()}** ({share} of the central cost): {text}"
    )
