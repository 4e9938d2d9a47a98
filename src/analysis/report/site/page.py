"""The pages of the site, rendered: everything is escaped, nothing is fetched, and only our own script may run."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from analysis.inputs.parameters.values import LANGUAGES, Text
from analysis.report.site.row import Numbers
from analysis.report.site.words import SITE_WORDS, text

TEMPLATES = ("index.html", "row.html", "notebook.html", "shared.html")
# The columns between a scenario's name and how its run ended; text sorts as text, all others as numbers.
COLUMNS = ("ratio", "gap", "rise", "cost", "payers", "verdict", "recipients")
# Where the rows go; what is given never reaches the page as a comment.
ROWS = "<!-- rows -->"
VERDICTS = ("feasible", "transfer", "short", "none")


@dataclass(frozen=True)
class Shown:
    """A file to be linked.

    Attributes:
        href: its place below the page.
        name: what the link says.
        lang: the language it is shown in; empty for both.
        source: of a notebook's page the notebook itself; of a figure its thumbnail as a data address.
        alt: of a figure what it shows.
    """

    href: str
    name: Text
    lang: str = ""
    source: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Folder:
    """What lies in one folder of the output: figures, pages of notebooks, files to download."""

    figures: tuple[Shown, ...] = ()
    notebooks: tuple[Shown, ...] = ()
    downloads: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Row:
    """One scenario in the table.

    Attributes:
        id: its name.
        title: in both languages.
        question: what it is asked.
        policy: title of its policy.
        fiscal_id: name of its fiscal path.
        fiscal: title of its fiscal path.
        numbers: what its results come to; None where there are none.
        failed: why its notebooks failed, one line each.
        folder: its files.
        record: name and value of what its results depend on.
    """

    id: str
    title: Text
    question: Text
    policy: Text
    fiscal_id: str
    fiscal: Text
    numbers: Numbers | None
    failed: tuple[str, ...]
    folder: Folder
    record: tuple[tuple[Text, str], ...]

    @property
    def state(self) -> str:
        """How its run ended: done, failed or without (results)."""
        return "failed" if self.failed else "done" if self.numbers else "without"

    @property
    def verdict(self) -> str:
        """Whether it can be borne; none where that is not known."""
        return self.numbers.verdict if self.numbers else "none"


@dataclass(frozen=True)
class Head:
    """What stands above and below the table.

    Attributes:
        title: of the batch.
        days: the days as of which its scenarios are planned.
        states: how the scenarios' runs ended, state to number.
        failed: tasks that are no scenario's and failed, each with its reason.
        assumed: how much of the central cost rests on assumptions, least and most; empty where nothing was costed.
        fiscal: the fiscal paths, name to title.
        memo: links to the memo and to the results of all.
        folders: title and files of the batch itself and of its data packages.
    """

    title: Text
    days: tuple[str, ...]
    states: dict[str, int]
    failed: tuple[str, ...]
    assumed: str
    fiscal: dict[str, Text]
    memo: tuple[Shown, ...]
    folders: tuple[tuple[Text, Folder], ...]


@functools.cache
def _own(name: str) -> str:
    return (resources.files(__package__) / name).read_text("utf-8")


@functools.cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=DictLoader({name: _own(name) for name in TEMPLATES}),
    )
    made.globals |= {
        "word": text,
        "languages": LANGUAGES,
        "columns": COLUMNS,
        "heads": ("title", *COLUMNS, "state"),
        "verdicts": VERDICTS,
    }
    return made


def row(one: Row) -> str:
    """Return a scenario's part of the table, with what it unfolds to."""
    return _environment().get_template("row.html").render(row=one)


def index(head: Head, rows: Sequence[bytes], font: str, first: str) -> bytes:
    """Return the page of the scenarios.

    Args:
        head: what stands around the table.
        rows: each as from :func:`row`, in UTF-8: as text, with its pictures, it would take twice the memory.
        font: base64 of a WOFF font.
        first: the language shown first.
    """
    script = _own("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = _page("index.html", font, head=head, first=first, script=Markup(script), script_hash=digest)  # noqa: S704
    before, _, after = html.partition(ROWS)
    return b"".join([before.encode(), *rows, after.encode()])


def notebook(title: Text, body: str, parameters: dict[str, str], about: dict[str, str], font: str, lang: str) -> str:
    """Return the page of an executed notebook.

    Args:
        title: of the notebook.
        body: its cells, sanitised.
        parameters: what it was given.
        about: links ``index``, ``source`` and, where there is one, ``other`` (the same page in the other language);
            ``name`` of the notebook.
        font: base64 of a WOFF font.
        lang: language of the page.
    """
    return _page(
        "notebook.html", font, title=title, body=Markup(body), parameters=parameters, about=about, lang=lang, script_hash=""  # noqa: S704
    )  # fmt: skip


def _page(template: str, font: str, **values: Any) -> str:
    # Our own style and a font in base64: neither holds anything that was given.
    style = Markup(_own("page.css").replace("@font@", font))  # noqa: S704
    return _environment().get_template(template).render(style=style, **values)


def letters() -> str:
    """Return every sign that the pages use of their own accord."""
    return "".join(zh + en for zh, en in SITE_WORDS.values()) + "".join(_own(name) for name in (*TEMPLATES, "page.css"))
