"""An executed notebook as sanitised HTML: its text, tables and figures, and what it was given; no code, no script."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

# What an output may show, first what is taken first; scripts, widgets and pictures that can hold scripts are not among them.
SHOWN = ("text/html", "text/markdown", "image/png", "text/plain")
# What prose and tables are made of. nbconvert's own list lacks headings, paragraphs and heads of tables.
TAGS = frozenset(
    ["a", "abbr", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li",
     "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)  # fmt: skip
ATTRIBUTES = {"a": ["href", "title"], "td": ["colspan", "rowspan"], "th": ["colspan", "rowspan"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
# What pandas puts before every table; bleach would show it as text.
TABLE_STYLE = re.compile(r"<style scoped>[^<]*</style>")
# What a notebook is given, but for where it writes: that names the machine.
GIVEN = ("scenario", "dataset", "overrides", "lang")
PLACE = "iVBORw0KGgo{:08d}="


@functools.cache
def _cleaner() -> Cleaner:
    from bleach.sanitizer import Cleaner

    return Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS)


def clean(html: object) -> str:
    """Return markup with nothing in it but :data:`TAGS`, :data:`ATTRIBUTES` and plain links; the rest is shown as text."""
    return _cleaned(str(html))


@functools.lru_cache(maxsize=1024)
def _cleaned(html: str) -> str:
    """Clean a piece once: the pages of a batch share their prose."""
    return _cleaner().clean(TABLE_STYLE.sub("", html))


def _no_code(_source: str, **_: Any) -> str:
    """Stand in for the highlighter, which the template names and a page without code never calls."""
    return ""


@functools.lru_cache(maxsize=256)
def _prose(source: str) -> str:
    """Return a cell of prose as HTML, once: the pages of a batch share it, and nbconvert sets up its reader for every cell."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source)


@functools.cache
def _exporter() -> HTMLExporter:
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="basic",  # the cells alone: no page, no style, nothing fetched from elsewhere
        sanitize_html=True,
        filters={"clean_html": clean, "highlight_code": _no_code, "markdown2html": _prose},
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_raw=True,
        default_preprocessors=[],  # each copies and checks the whole notebook; none is needed
    )


def body(notebook: NotebookNode) -> str:
    """Return the cells of an executed notebook as sanitised HTML.

    Args:
        notebook: as executed; it is changed.
    """
    from nbconvert import TemplateExporter

    pictures: list[str] = []
    for cell in notebook.cells:
        cell.metadata = {}
        cell.pop("attachments", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if _reduced(output, pictures)]
    # HTMLExporter would parse the page a second time, only to look for pictures without a text; ours have one.
    html, _ = TemplateExporter.from_notebook_node(_exporter(), notebook)
    # Pictures stay outside while the page is parsed: they are nine tenths of its bytes.
    for number, picture in enumerate(pictures):
        html = html.replace(PLACE.format(number), picture)
    return html


def _reduced(output: NotebookNode, pictures: list[str]) -> bool:
    """Leave an output the first form that may be shown and no settings of its own: nbconvert writes some unquoted.

    Returns:
        Whether anything is left to show.
    """
    if "data" not in output:
        return True
    data, output.metadata = output.data, {}
    kind = next((one for one in SHOWN if one in data), None)
    output.data = {kind: data[kind]} if kind else {}
    if kind == "text/html":
        output.data[kind] = without_count(data[kind])
    if kind == "image/png":
        output.metadata[kind] = {"alt": data.get("text/plain", "")}
        output.data[kind] = PLACE.format(len(pictures))
        pictures.append(re.sub(r"[^A-Za-z0-9+/=]", "", data[kind]))
    return kind is not None


def without_count(html: str) -> str:
    """Return a table without its first column where that only counts the lines from 0, as pandas does by itself."""
    counted = [int(number) for number in re.findall(r"<tr>\s*<th>(\d+)</th>", html)]
    if not counted or counted != list(range(html.count("<tr>"))):
        return html
    return re.sub(r"(<tr[^>]*>\s*)<th>\d*</th>", r"\1", html)


def given(notebook: NotebookNode) -> dict[str, str]:
    """Return the parameters that a notebook was executed with, by name, as shown; an override as on the command line."""
    parameters = notebook.metadata.get("papermill", {}).get("parameters", {})
    shown = {name: parameters[name] for name in GIVEN if name in parameters}
    if "overrides" in shown:
        shown["overrides"] = ", ".join(f"{key}={value}" for key, value in shown["overrides"].items())
    return shown


def heading(notebook: NotebookNode) -> tuple[str, str]:
    """Return the notebook's title in Chinese and English: the two halves of its first line, or twice the whole."""
    source = notebook.cells[0].source if notebook.cells else ""
    line = source.splitlines()[0].lstrip("# ") if source.strip() else ""
    zh, _, en = line.partition(" · ")
    return zh, en or zh


def alternatives(notebook: NotebookNode) -> dict[str, str]:
    """Return sha256 of each picture to its alternative text."""
    shown = (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
    return {picture_sha256(data["image/png"]): data.get("text/plain", "") for data in shown if "image/png" in data}


def picture_sha256(picture: str) -> str:
    """Return the sha256 of a picture in base64, broken into lines or not."""
    return hashlib.sha256("".join(picture.split()).encode()).hexdigest()
