"""The verbs that run batches: of a few scenarios, for the memo, of a batch file, and sweeps without notebooks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from analysis.cli.group import LANGUAGE, home_of, named_scenarios
from analysis.errors import ParametersRefused, nearest, worst_exit_code

WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=None,
    help="Processes; the number of cores by default.",
)
DATASET = click.option(
    "--dataset", default=None, help="The data package; the scenario's own by default, or one that was laid over it."
)
FRESH = click.option("--fresh", is_flag=True, help="Run everything, whatever is done already.")


@click.command()
@click.argument("scenario", nargs=-1)
@click.option("-f", "--file", "file", type=click.Path(dir_okay=False), help="A scenario file of your own.")
@click.option(
    "--notebook", multiple=True, default=("30_next_year",), show_default=True, help="Which notebook; may be repeated."
)
@DATASET
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override one value; may be repeated.")
@click.option("--out", default="out/run", show_default=True, help="Where to write.")
@WORKERS
@FRESH
@click.pass_context
def run(
    context: click.Context,
    scenario: tuple[str, ...],
    file: str | None,
    notebook: tuple[str, ...],
    dataset: str | None,
    lang: str,
    settings: tuple[str, ...],
    out: str,
    workers: int | None,
    fresh: bool,
) -> None:
    """Run scenarios through notebooks.

    Example: tibiao run rural80 --set policy.rural_share.at_least=0.85 --lang en
    """
    from analysis.inputs.parameters.values import Text
    from analysis.inputs.scenario import SCENARIO_FILE, parse_overrides, read_scenario

    home = home_of(context)
    overrides = parse_overrides(settings)
    named = named_scenarios(home, scenario, file, overrides)
    own = {f"params/scenarios/{name}.yaml": Path(os.environ[SCENARIO_FILE]) for name in named.values() if file}
    planned = {one: (name, overrides) for name, one in named.items()}
    _refuse_idle(overrides, notebook, home)
    dataset = dataset or read_scenario(next(iter(named)), home, overrides).dataset
    batch = _planned(
        "run",
        Text(zh="一次测算", en="One run"),
        home,
        notebook,
        planned,
        "",
        dataset,
        (lang,),
        own,
        workers,
        fresh=fresh,
    )
    _conducted(batch, out)


def _refuse_idle(overrides: dict[str, Any], notebooks: Sequence[str], home: Path) -> None:
    """Refuse a value that no page would show: pages of a data package take no more than their day from a scenario."""
    from analysis.batch.plan import shows_scenario

    idle = sorted(overrides.keys() - {"as_of", "base_year"})
    if idle and not any(shows_scenario(name, home) for name in notebooks):
        raise ParametersRefused(
            f"--set {idle[0]}: changes nothing in {', '.join(notebooks)}: pages of the data package alone; "
            "leave it out, or name a notebook of scenarios, such as 30_next_year"
        )


@click.command()
@click.argument("batch", default="memo")
@DATASET
@click.option(
    "--out",
    default=None,
    help="Where to write; out/BATCH by default, with the package's name behind it where one is named.",
)
@click.option("--against", default=None, metavar="DIR", help="An older memo's folder: say what has changed since.")
@WORKERS
@FRESH
@click.pass_context
def memo(
    context: click.Context,
    batch: str,
    dataset: str | None,
    out: str | None,
    against: str | None,
    workers: int | None,
    fresh: bool,
) -> None:
    """Run a batch and write its memo in each language (PDF, HTML, Word), the annex of the notice and the costing workbook.

    Example: tibiao memo --out out/june --against out/last-june
    """
    home = home_of(context)
    made = _named_batch(home, batch, None, workers, dataset=dataset, fresh=fresh, documents=True)
    place = _place(batch, dataset) if out is None else out
    _conducted(made if against is None else _against(made, against, place), place)


def _against(made: Any, given: str, out: str) -> Any:
    """Return a batch whose memo says what has changed since an older one."""
    from dataclasses import replace

    from analysis.batch.older import read_older

    older = read_older(given, out, made.tasks[0].dataset, made.proposed, made.scenarios)
    if not older.inputs:
        click.echo(f"{given}: holds no inputs.zip; only totals can be compared, not what caused the difference")
    return replace(made, against=older)


@click.command()
@click.argument("file")
@DATASET
@click.option("--out", default=None, help="Where to write; out/ and the batch's name by default.")
@WORKERS
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="A dask cluster instead, such as tcp://127.0.0.1:8786."
)
@FRESH
@click.option("--why", "reasons", is_flag=True, help="Say why each run is or is not up to date; run nothing.")
@click.pass_context
def batch(
    context: click.Context,
    file: str,
    dataset: str | None,
    out: str | None,
    workers: int | None,
    scheduler: str,
    fresh: bool,
    reasons: bool,
) -> None:
    """Run the scenarios, notebooks and languages of a batch file; what is done already is not done again.

    FILE is a batch file of your own, or the name of one in params/batches.

    Example: tibiao batch params/batches/memo.yaml --out out/june --why
    """
    from analysis.batch import conduct

    home = home_of(context)
    own = Path(file) if file.endswith((".yaml", ".yml")) else None
    made = _named_batch(home, file, own, workers, dataset=dataset, scheduler=scheduler, fresh=fresh)
    place = _place(own.stem if own else file, dataset) if out is None else out
    if not reasons:
        _conducted(made, place)
        return
    found = conduct.why(made, Path(place).expanduser())
    for name, said in found.items():
        click.echo(f"{name}: {'; '.join(said) if said else 'up to date'}")
    click.echo(f"to run: {sum(map(bool, found.values()))} of {len(found)}")


@click.command()
@click.argument("file")
@click.option("--out", default=None, help="Where to write; out/ and the sweep's name by default.")
@WORKERS
@click.pass_context
def sweep(context: click.Context, file: str, out: str | None, workers: int | None) -> None:
    """Cost thousands of combinations of a sweep file without notebooks, one Parquet file each.

    FILE is a sweep file of your own, or the name of one in params/sweeps.

    Example: tibiao sweep rural_share --out out/shares
    """
    from analysis.batch.sweep import run_sweep

    place = out or f"out/{Path(file).stem}"
    run_sweep(file, home_of(context), Path(place), workers or os.cpu_count() or 1, click.echo)


def _place(batch: str, dataset: str | None) -> str:
    return f"out/{batch}-{dataset}" if dataset else f"out/{batch}"


def _named_batch(
    home: Path,
    name: str,
    file: Path | None,
    workers: int | None,
    *,
    dataset: str | None = None,
    scheduler: str = "",
    fresh: bool,
    documents: bool = False,
) -> Any:
    """Read a batch, by its name or from a file of one's own, and plan it."""
    from analysis.inputs.batch import cells, read_batch
    from analysis.inputs.scenario import read_scenario

    named = read_batch(name, home, file)
    planned = cells(named, home)
    its = read_scenario(planned[named.proposed][0], home).dataset
    dataset = dataset or its
    own = {f"params/batches/{named.id}.yaml": file} if file else {}
    return _planned(
        f"batch {named.id}{f' on {dataset}' if dataset != its else ''}", named.title, home, named.notebooks, planned, named.id, dataset, named.languages, own, workers,
        scheduler=scheduler, fresh=fresh, documents=documents, proposed=named.proposed if documents else "",
    )  # fmt: skip


def _planned(
    kind: str, title: Any, home: Path, notebooks: Sequence[str], planned: dict[str, tuple[str, dict[str, Any]]], batch: str,
    dataset: str, languages: Sequence[str], own: dict[str, Path], workers: int | None, *, scheduler: str = "", fresh: bool = False,
    documents: bool = False, proposed: str = "",
) -> Any:  # fmt: skip
    """Plan a batch and check all that it rests on, before anything starts."""
    from analysis.batch.conduct import Batch
    from analysis.batch.plan import DOCUMENT, Task, plan
    from analysis.inputs.package import datasets
    from analysis.inputs.scenario import on_package, read_scenario
    from analysis.session import BATCH

    tasks = plan(notebooks, planned, batch, dataset, languages, home)
    if documents:
        tasks += [Task("memo", DOCUMENT, batch, lang, f"{BATCH}{batch}", dataset) for lang in languages]
    scenarios = {one: read_scenario(name, home, overrides) for one, (name, overrides) in planned.items()}
    for one in scenarios.values():
        if one.dataset not in datasets(home):
            raise ParametersRefused(
                f"scenario {one.id!r}: dataset {one.dataset!r}: no such package in data; {nearest(one.dataset, datasets(home))}"
            )
    if any(task.scope != "dataset" for task in tasks):  # one of a package takes no more than its day from a scenario
        scenarios = {one: on_package(scenario, dataset, home) for one, scenario in scenarios.items()}
    return Batch(
        kind,
        title,
        tasks,
        scenarios,
        languages,
        home,
        own,
        workers or os.cpu_count() or 1,
        scheduler,
        fresh,
        bool(batch),
        proposed,
    )


def _conducted(batch: Any, given: str) -> None:
    """Run a batch; end with its table and the exit code."""
    from rich.console import Console

    from analysis.batch import conduct

    ended, out = conduct.conduct(batch, given, click.echo)
    failed = [one for one in ended if one.exit_code]
    if (table := conduct.summary(batch, ended, out)).row_count:
        Console(soft_wrap=False).print(table)
    what = (
        "results, figures and manifest"
        if len(failed) < len(ended)
        else "manifest and the notebooks as far as they came"
    )
    click.echo(f"ended well: {len(ended) - len(failed)} of {len(ended)}; {what} are in {out}")
    for one in failed:
        click.echo(f"failed: {one.task}: {one.reason}", err=True)
    if code := worst_exit_code(one.exit_code for one in ended):
        sys.exit(code)
