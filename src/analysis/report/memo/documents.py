"""Documents: the memo's markdown as a self-contained page for the browser, as PDF and as DOCX."""

from __future__ import annotations

import base64
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from analysis.report.docx import docx
from analysis.report.style import Chart, font_path

TEMPLATES = Path(__file__).parents[1] / "templates"


def render(markdown: str, figures: dict[str, Chart], lang: str, traced: dict[str, Any]) -> dict[str, bytes]:
    """Turn the memo into a self-contained HTML, a PDF and a Word document.

    Args:
        markdown: as from :func:`analysis.report.memo.written`.
        figures: by the name they have in the markdown.
        lang: zh or en.
        traced: where each number comes from, as from :func:`analysis.report.memo.trace.trace`.

    Returns:
        Ending to bytes; the same bytes for the same memo.
    """
    return {
        "html": _html(markdown, figures, lang, traced).encode(),
        "pdf": _pdf(markdown, figures, lang),
        "docx": docx(markdown, figures, lang),
    }


def _html(markdown: str, figures: dict[str, Chart], lang: str, traced: dict[str, Any]) -> str:
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
    text = "".join([re.sub(r"<[^>]+>", "", body), title, "→–", *traced["texts"], *traced["words"].values()])
    # What ends a script ends it inside a text too.
    shown = json.dumps(traced, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    parts = {
        "trace": shown,
        "script": (TEMPLATES / "memo.js").read_text("utf-8"),
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
