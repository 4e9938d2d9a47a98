"""The site of an output folder: reads what lies there, writes the page of the scenarios and one page a notebook."""

from __future__ import annotations

import functools
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat

from analysis import files
from analysis.batch.found import Found, links, look_through, signs, told_apart
from analysis.errors import NotHeld, Refusal
from analysis.inputs.evidence import load
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.values import LANGUAGES, Text
from analysis.inputs.rules import read_rules
from analysis.model import results
from analysis.model.score import history, only_one_class_apart_since
from analysis.report.memo.documents import font_subset
from analysis.report.site import notebook, page
from analysis.report.site.row import numbers
from analysis.report.site.words import text
from analysis.report.wording import Wording
from analysis.session import WORKBOOK

# What is shown of a record's inputs, in this order.
RECORDED = ("dataset", "data_sha256", "scenario_sha256", "rules_sha256", "code_sha256", "seed", "overrides", "schema")
# What a memo's task writes, in the order of the page: name and endings.
DOCUMENTS = {"memo": ("pdf", "html", "docx"), "annex": ("docx", "xlsx")}
# As many days of a package are kept at a time: a batch plans as of one, back-tests as of some.
DAYS_KEPT = 8
Known = Callable[[str, date], tuple[dict[str, Wording], int | None]]
# What a scenario adds to the page beside its row: how its run ended, what of its cost is assumed, and its signs. Plain
# values, so that a process that hands them on need not load this module; the row itself waits in a file.
Part = tuple[str, float | None, str]


def write_site(
    out: Path, title: Text, scenarios: dict[str, Scenario], languages: Sequence[str], failed: dict[str, str], home: Path
) -> list[Path]:
    """Write ``index.html`` and beside each executed notebook its page; what is not in the folder is not linked.

    Args:
        out: the output folder of a batch.
        title: of the batch.
        scenarios: id to scenario, in order.
        languages: of the batch; the page opens in the first.
        failed: name of a task to why it failed.
        home: the folder that holds data and parameters.

    Returns:
        The files written.

    Raises:
        InfrastructureFailed: a file cannot be written.
    """
    with tempfile.TemporaryDirectory() as rows:
        parts = [part(out, failed, home, Path(rows), one) for one in scenarios.values()]
        index, font = write_index(out, title, scenarios, languages, failed, parts, Path(rows))
    return [*(one for name in folders(scenarios) for one in write_pages(out, failed, font, name)), index]


def warm_up() -> None:
    """Load and compile once, in the process that others are forked from, what every page needs."""
    page.letters()
    shown = {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"}
    cells = [nbformat.v4.new_markdown_cell("**1**"), nbformat.v4.new_code_cell("1")]
    cells[1].outputs = [nbformat.v4.new_output("execute_result", shown)]
    title = Text(zh="", en="")
    page.notebook(
        title,
        notebook.body(nbformat.v4.new_notebook(cells=cells)),
        {},
        {"index": "", "source": "", "other": "", "name": ""},
        "",
        "zh",
    )
    page.row(page.Row("", title, title, title, "", title, None, (), page.Folder(), ()))


def folders(scenarios: dict[str, Scenario]) -> list[str]:
    """Return the folders that may hold notebooks; the empty name is the output folder itself."""
    return ["", *_datasets(scenarios), *scenarios]


def part(out: Path, failed: dict[str, str], home: Path, rows: Path, scenario: Scenario) -> Part:
    """Write a scenario's row into the folder ``rows``, and return what else it adds to the page."""
    found = look_through(out, scenario.id, failed)
    row = _row(scenario, found, failed, functools.partial(_known, home=home))
    html = page.row(row)
    share = row.numbers.assumed_share if row.numbers else None
    (rows / f"{scenario.id}.html").write_text(html, "utf-8")
    return row.state, share, "".join(sorted(signs(found) | frozenset(html)))


def write_index(
    out: Path,
    title: Text,
    scenarios: dict[str, Scenario],
    languages: Sequence[str],
    failed: dict[str, str],
    parts: Sequence[Part],
    rows: Path,
) -> tuple[Path, str]:
    """Write ``index.html``.

    Args:
        out: the output folder of a batch.
        title: of the batch.
        scenarios: id to scenario, in order.
        languages: of the batch; the page opens in the first.
        failed: name of a task to why it failed.
        parts: what each scenario adds, in order.
        rows: the folder that holds their rows.

    Returns:
        The file, and the font with every sign of the site.
    """
    shared = {name: look_through(out, name, failed) for name in ("", *_datasets(scenarios))}
    shares = [share for _, share, _ in parts if share is not None]
    head = _head(title, scenarios, shared, Counter(state for state, _, _ in parts), shares, failed)
    used = set(page.letters()).union(
        *_said(head), *(of_one for *_, of_one in parts), *(signs(one) for one in shared.values())
    )
    font = font_subset("".join(sorted(used)))
    html = page.index(head, [(rows / f"{name}.html").read_bytes() for name in scenarios], font, languages[0])
    return files.write_atomically(out / "index.html", html), font


def _datasets(scenarios: dict[str, Scenario]) -> list[str]:
    return list(dict.fromkeys(one.dataset for one in scenarios.values()))


@functools.lru_cache(DAYS_KEPT)
def _known(dataset: str, as_of: date, home: Path) -> tuple[dict[str, Wording], int | None]:
    """Return the words for a package, and since when town and country differ in one class alone, as known on a day."""
    evidence = load(dataset, as_of, home)
    wordings = {lang: Wording(lang, evidence.areas) for lang in LANGUAGES}
    try:
        return wordings, only_one_class_apart_since(history(evidence, read_rules(dataset, home)).gap)
    except NotHeld:
        return wordings, None


def _row(scenario: Scenario, found: Found, failed: dict[str, str], known: Known) -> page.Row:
    prefix = f"{scenario.id}/"
    reasons = [f"{task.removeprefix(prefix)}: {why}" for task, why in failed.items() if task.startswith(prefix)]
    record, content = _stored(scenario, found)
    said, folder = None, links(found)
    if content is None:  # figures and tables of an earlier run are not this scenario's
        folder = page.Folder(notebooks=folder.notebooks)
    else:
        try:
            said = numbers(results.from_csv(content), scenario.id, *known(scenario.dataset, scenario.as_of))
        except Refusal as refusal:
            reasons.append(str(refusal))
    return page.Row(
        scenario.id,
        scenario.title,
        scenario.question,
        scenario.policy.title,
        scenario.fiscal.id,
        scenario.fiscal.title,
        said,
        tuple(reasons),
        folder,
        _record_said(record, scenario) if content else (),
    )


def _stored(scenario: Scenario, found: Found) -> tuple[dict[str, Any], str | None]:
    """Return a scenario's run record and the text of its results; None where this scenario did not make what lies there."""
    record, table = found.place / "record.json", found.place / "results.csv"
    if not (record.is_file() and table.is_file()):
        return {}, None
    said, content = json.loads(record.read_text("utf-8")), table.read_bytes()
    own = said["inputs"]["scenario_sha256"] == scenario.sha256()
    whole = said["results_sha256"] == hashlib.sha256(content).hexdigest()
    return said, content.decode("utf-8") if own and whole else None


def _record_said(record: dict[str, Any], scenario: Scenario) -> tuple[tuple[Text, str], ...]:
    inputs = record["inputs"]
    said = [(name, inputs[name]) for name in RECORDED if inputs.get(name)]
    said += [
        ("results_sha256", record["results_sha256"]),
        ("versions", record.get("versions")),
        ("as_of", scenario.as_of),
    ]
    return tuple((text(f"record_{name}"), _plain(value)) for name, value in said if value)


def _plain(value: object) -> str:
    return ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


def _head(
    title: Text, scenarios: dict[str, Scenario], found: dict[str, Found], states: Counter[str], shares: list[float],
    failed: dict[str, str],
) -> page.Head:  # fmt: skip
    ends = sorted({f"{100 * share:.0f}%" for share in (min(shares), max(shares))}) if shares else []
    batch = found[""]
    folders = [(text("whole_batch"), links(batch))]
    for name in _datasets(scenarios):
        heading = Text(**{lang: f"{text('dataset').in_language(lang)} {name}" for lang in LANGUAGES})
        folders.append((heading, links(found[name])))
    return page.Head(
        title,
        tuple(sorted({str(one.as_of) for one in scenarios.values()})),
        dict(states),
        tuple(f"{task}: {why}" for task, why in failed.items() if task.partition("/")[0] not in scenarios),
        " – ".join(ends),
        {one.fiscal.id: one.fiscal.title for one in scenarios.values()},
        tuple(_memo(batch)),
        tuple((name, folder) for name, folder in folders if folder != page.Folder()),
    )


def _memo(batch: Found) -> Iterator[page.Shown]:
    made = [
        (f"{kind}.{lang}.{ending}", f"{kind}.{ending}", lang)
        for kind, endings in DOCUMENTS.items()
        for ending in endings
        for lang in LANGUAGES
        if (batch.out / f"{kind}.{lang}.{ending}").is_file()
    ]
    for file, name, lang in told_apart(made):
        kind, _, ending = name.partition(".")
        said = {one: f"{text(kind).in_language(one)} {ending.upper()}" for one in LANGUAGES}
        yield page.Shown(file, Text(**said), lang)
    if (batch.out / WORKBOOK).is_file():
        yield page.Shown(WORKBOOK, text("workbook"))
    if (batch.out / "results.csv").is_file():
        yield page.Shown("results.csv", text("all_results"))


def _said(head: page.Head) -> Iterable[str]:
    """Yield every text of the head that comes from parameters or tasks."""
    for one in (head.title, *head.fiscal.values(), *(name for name, _ in head.folders)):
        yield one.zh + one.en
    yield from head.failed


def write_pages(out: Path, failed: dict[str, str], font: str, name: str) -> list[Path]:
    """Write the page of each notebook of a folder."""
    found, written = look_through(out, name, failed), []
    depth = len(found.place.relative_to(found.out).parts)
    anchor = f"#open={quote(found.place.name)}" if depth else ""
    pages = {(one.name, one.lang): one.page for one in found.executed}
    for one in found.executed:
        lang = one.lang or LANGUAGES[0]
        other = pages.get((one.name, next(other for other in LANGUAGES if other != lang)))
        about = {
            "index": "../" * depth + "index.html" + anchor,
            "source": quote(one.path.name),
            "other": quote(other.name) if other else "",
            "name": one.path.stem,
        }
        given = notebook.given(one.content)
        html = page.notebook(one.title, notebook.body(one.content), given, about, font, lang)
        written.append(files.write_atomically(one.page, html))
    return written
