"""What lies in a folder of the output: its executed notebooks, figures and tables, and how the page links them."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from analysis.inputs.parameters.values import LANGUAGES, Text
from analysis.report.site import notebook, page
from analysis.report.site.picture import thumbnail

TABLES = ("results.csv", "results.parquet", "steps.csv", "compare/results.csv", "record.json", "manifest.json")
One = TypeVar("One")


@dataclass(frozen=True)
class Executed:
    """One executed notebook: where it lies, its name and language, its title, what stands in it."""

    path: Path
    name: str
    lang: str
    title: Text
    content: NotebookNode = field(repr=False)

    @property
    def page(self) -> Path:
        """Where its page is written: beside it."""
        return self.path.with_suffix(".html")


@dataclass(frozen=True)
class Found:
    """What lies in a folder of the output.

    Attributes:
        out: the output folder.
        place: the folder itself.
        executed: its notebooks, those of failed tasks left out.
        alternatives: sha256 of a picture to what it shows.
    """

    out: Path
    place: Path
    executed: tuple[Executed, ...]
    alternatives: dict[str, str]


def look_through(out: Path, name: str, failed: dict[str, str]) -> Found:
    """Look through a folder; an empty name is the output folder itself."""
    place = out / name
    executed, alternatives = [], {}
    for path in sorted(place.glob("*.ipynb")):
        if path.relative_to(out).with_suffix("").as_posix().removesuffix(".failed") in failed:
            continue  # what lies there is of an earlier run, or half a notebook
        one = nbformat.v4.reads(path.read_text("utf-8"))
        stem, lang = _in_language(path.stem)
        zh, en = notebook.heading(one)
        executed.append(Executed(path, stem, lang, Text(zh=zh or stem, en=en or stem), one))
        alternatives |= notebook.alternatives(one)
    return Found(out, place, tuple(executed), alternatives)


def signs(found: Found) -> frozenset[str]:
    """Return every sign that the notebooks of a folder use."""
    return frozenset().union(*(one.path.read_text("utf-8") for one in found.executed))


def _in_language(stem: str) -> tuple[str, str]:
    """Split ``ripple.zh`` into name and language; a name without one is of both."""
    name, _, lang = stem.rpartition(".")
    return (name, lang) if lang in LANGUAGES else (stem, "")


def links(found: Found) -> page.Folder:
    """Return a folder's files as links, each in the language it is of where the other language has one too."""
    pictures = [(path, *_in_language(path.stem)) for path in sorted((found.place / "figures").glob("*.png"))]
    tables = [(path, *_in_language(path.stem)) for path in sorted((found.place / "figures").glob("*.csv"))]
    return page.Folder(
        figures=tuple(_figure(found, path, name, lang) for path, name, lang in told_apart(pictures)),
        notebooks=tuple(
            page.Shown(_href(found, one.page), one.title, lang, _href(found, one.path))
            for one, _, lang in told_apart([(one, one.name, one.lang) for one in found.executed])
        ),
        downloads=(
            *(_link(found, name, name) for name in TABLES if (found.place / name).is_file()),
            *(_link(found, f"figures/{path.name}", f"{name}.csv", lang) for path, name, lang in told_apart(tables)),
        ),
    )


def told_apart(things: list[tuple[One, str, str]]) -> Iterator[tuple[One, str, str]]:
    """Leave a thing its language only where another of its name has another."""
    versions = Counter(name for _, name, _ in things)
    return ((thing, name, lang if versions[name] > 1 else "") for thing, name, lang in things)


def _figure(found: Found, path: Path, name: str, lang: str) -> page.Shown:
    content = path.read_bytes()
    alt = found.alternatives.get(notebook.picture_sha256(base64.b64encode(content).decode()), name)
    small = f"data:image/png;base64,{base64.b64encode(thumbnail(content)).decode()}"
    return page.Shown(_href(found, path), Text(zh=name, en=name), lang, small, alt)


def _href(found: Found, path: Path) -> str:
    return quote(path.relative_to(found.out).as_posix())


def _link(found: Found, name: str, said: str, lang: str = "") -> page.Shown:
    return page.Shown(_href(found, found.place / name), Text(zh=said, en=said), lang)
