"""The command ``tibiao``: every verb of the Makefile, for people without make."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from analysis import files
from analysis.errors import INFRASTRUCTURE, INTERRUPTED, ParametersRefused, Refusal, nearest, worst_exit_code

TERMINATED = 143
# A notebook waits now and then for its kernel or the disk; more than two a core only crowd each other out.
WORKERS_PER_CORE = 2
LANGUAGE = click.Choice(["zh", "en"])
START_PAGE = "/lab/tree/notebooks/start.md"
# JupyterLab's settings here: Markdown is opened to be read, and nothing is fetched from outside.
LAB_SETTINGS = Path(__file__).parent / "batch" / "jupyter"


class Terminated(BaseException):
    """The process was told to end."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--home",
    type=click.Path(file_okay=False),
    help="The folder that holds data/ and params/, instead of this checkout.",
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.pass_context
def tibiao(context: click.Context, home: str | None, debug: bool) -> None:
    """Plan next year's social-assistance standards: the gap, the rise, its cost and who pays.

    Example: tibiao memo
    """
    context.obj = {"home": home, "debug": debug}


def _home(context: click.Context) -> Path:
    home = files.home(context.obj["home"])
    if context.obj["home"]:
        os.environ["TIBIAO_HOME"] = str(home)  # the notebooks' kernels look there too
    return home


@tibiao.command()
@click.option("--dataset", default=None, help="Only this data package.")
@click.option("--scenario", default=None, help="Only this scenario.")
@click.pass_context
def check(context: click.Context, dataset: str | None, scenario: str | None) -> None:
    """Check data packages, rules, scenarios and batches; run nothing.

    Example: tibiao check --scenario baseline
    """
    from analysis.inputs import evidence, rules
    from analysis.inputs import scenario as scenarios

    home = _home(context)
    packages: dict[str, Any] = {}
    for name in [scenario] if scenario else scenarios.names("scenarios", home):
        one = scenarios.read_scenario(name, home)
        if one.dataset not in packages:
            packages[one.dataset] = evidence.load(one.dataset, None, home)
        _ready(one, packages[one.dataset], home)
        click.echo(
            f"scenario {name}: good ({one.dataset}, as of {one.as_of}, policy {one.policy.id}, fiscal {one.fiscal.id})"
        )
    if not scenario:
        for name in scenarios.names("batches", home):
            click.echo(f"batch {name}: good ({', '.join(scenarios.read_batch(name, home).scenarios)})")
    for name in [dataset] if dataset else evidence.datasets(home):
        package = packages.get(name) or evidence.load(name, None, home)
        click.echo(
            f"dataset {name}: good ({len(package.observations)} rows, {len(rules.read_rules(name, home))} rules)"
        )
        for line in evidence.remarks(package.observations):
            click.echo(f"look at {line}")


def _ready(scenario: Any, package: Any, home: Path) -> None:
    """Make a scenario ready to be costed, and so refuse before anything starts what its run would refuse."""
    from analysis.inputs.rules import read_rules
    from analysis.model.simulate import prepare

    prepare(package.known_on(scenario.as_of), scenario, read_rules(scenario.dataset, home))


WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=None,
    help="Processes; two for each core by default.",
)
DATASET = click.option(
    "--dataset", default=None, help="The data package; the scenario's own by default, or one that was laid over it."
)
FRESH = click.option("--fresh", is_flag=True, help="Run everything, whatever is done already.")


@tibiao.command()
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
    from analysis.inputs.parameters import Text
    from analysis.inputs.scenario import SCENARIO_FILE, parse_override, read_scenario

    home = _home(context)
    overrides = dict(parse_override(text) for text in settings)
    named = _named_scenarios(home, scenario, file, overrides)
    own = {f"params/scenarios/{name}.yaml": Path(os.environ[SCENARIO_FILE]) for name in named.values() if file}
    planned = {one: (name, overrides) for name, one in named.items()}
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


def _named_scenarios(
    home: Path, scenario: Sequence[str], file: str | None, overrides: dict[str, Any]
) -> dict[str, str]:
    """Read scenarios, or the one of a file, and return name to id; a file is handed to the kernels by its place."""
    from analysis.inputs.scenario import SCENARIO_FILE, read_scenario

    if bool(scenario) == bool(file):
        raise ParametersRefused("name one or more scenarios, or one file with -f; see 'tibiao run --help'")
    if file:
        path = Path(file).resolve()
        if read_scenario("", home, None, path).id != path.stem:
            raise ParametersRefused(f"{file}: id: allowed: {path.stem}, the file's own name")
        os.environ[SCENARIO_FILE] = str(path)
        click.get_current_context().call_on_close(lambda: os.environ.pop(SCENARIO_FILE, None))
        scenario = (path.stem,)
    return {name: read_scenario(name, home, overrides).id for name in scenario}


@tibiao.command()
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
    home = _home(context)
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


@tibiao.command()
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

    home = _home(context)
    own = Path(file) if file.endswith((".yaml", ".yml")) else None
    made = _named_batch(home, file, own, workers, dataset=dataset, scheduler=scheduler, fresh=fresh)
    place = _place(made.kind.removeprefix("batch "), dataset) if out is None else out
    if not reasons:
        _conducted(made, place)
        return
    found = conduct.why(made, Path(place).expanduser())
    for name, said in found.items():
        click.echo(f"{name}: {'; '.join(said) if said else 'up to date'}")
    click.echo(f"to run: {sum(map(bool, found.values()))} of {len(found)}")


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
    from analysis.inputs.scenario import cells, read_batch, read_scenario

    named = read_batch(name, home, file)
    planned = cells(named, home)
    dataset = dataset or read_scenario(planned[named.proposed][0], home).dataset
    own = {f"params/batches/{named.id}.yaml": file} if file else {}
    return _planned(
        f"batch {named.id}", named.title, home, named.notebooks, planned, named.id, dataset, named.languages, own, workers,
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
        workers or WORKERS_PER_CORE * (os.cpu_count() or 1),
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
    Console(soft_wrap=False).print(conduct.summary(batch, ended, out))
    click.echo(f"ended well: {len(ended) - len(failed)} of {len(ended)}; results, figures and manifest are in {out}")
    for one in failed:
        click.echo(f"failed: {one.task}: {one.reason}", err=True)
    if code := worst_exit_code(one.exit_code for one in ended):
        sys.exit(code)


@tibiao.command()
@click.argument("file")
@click.option("--out", default=None, help="Where to write; out/ and the sweep's name by default.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes; the number of cores by default.")
@click.pass_context
def sweep(context: click.Context, file: str, out: str | None, workers: int | None) -> None:
    """Cost thousands of combinations of a sweep file without notebooks, one Parquet file each.

    FILE is a sweep file of your own, or the name of one in params/sweeps.

    Example: tibiao sweep rural_share --out out/shares
    """
    from analysis.batch.sweep import run_sweep

    place = out or f"out/{Path(file).stem}"
    run_sweep(file, _home(context), Path(place), workers or os.cpu_count() or 1, click.echo)


@tibiao.command()
@click.argument("scenario", nargs=-1)
@click.option("--out", default=None, help="The folder that holds their results; out/memo or out/run by default.")
@click.option("--attribute", is_flag=True, help="Compute what each group of parameters is worth where several differ.")
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
@click.pass_context
def compare(context: click.Context, scenario: tuple[str, ...], out: str | None, attribute: bool, lang: str) -> None:
    """Set stored results of scenarios beside those of the first: what each comes to, what differs, what that is worth.

    Example: tibiao compare baseline tight --lang en
    """
    from analysis.batch.finished import finished, proposed_of
    from analysis.model import results
    from analysis.report.tables.comparison import Comparison, stored_headline
    from analysis.report.wording import Wording

    home = _home(context)
    scenarios = _compared(home, scenario)
    folder, package = finished(home, scenarios, out)
    money = package.descriptor.get("money_unit", {"zh": "元", "en": "yuan"})
    tables = {name: results.from_csv((folder / name / "results.csv").read_text("utf-8")) for name in scenarios}
    headlines = {name: stored_headline(table, name, package.whole) for name, table in tables.items()}
    made = Comparison(scenarios, headlines, Wording(lang, package.areas, (money["zh"], money["en"])))
    if made.unattributed() and proposed_of(folder, home) == made.base.id:
        made.take_stored(results.from_csv((folder / "compare" / "results.csv").read_text("utf-8")))
    for other in made.unattributed() if attribute else []:
        made.attributed[other.id] = _attributed(home, package, made.base, other)
    click.echo(made.page(str(folder)))


def _compared(home: Path, given: Sequence[str]) -> dict[str, Any]:
    from analysis.inputs.scenario import read_scenario

    if len(given) < 2:
        raise ParametersRefused("name two scenarios or more, the base first, such as 'tibiao compare baseline tight'")
    for name in given:
        if given.count(name) > 1:
            raise ParametersRefused(f"scenario {name!r}: is named twice; name each scenario once")
    scenarios = {name: read_scenario(name, home) for name in given}
    base = scenarios[given[0]]
    for one in scenarios.values():
        if one.dataset != base.dataset:
            raise ParametersRefused(
                f"scenario {one.id!r}: is planned on dataset {one.dataset!r}; allowed: one on {base.dataset!r}, as {base.id!r}"
            )
    return scenarios


def _attributed(home: Path, package: Any, base: Any, other: Any) -> Any:
    """Compute what each group in which two scenarios differ is worth; say on stderr which hybrid is being run."""
    from analysis.inputs.rules import read_rules
    from analysis.model.compare import attribution, headline, subsets
    from analysis.model.simulate import simulate

    rules, taken = read_rules(base.dataset, home), subsets(base, other)

    def value_of(hybrid: Any) -> dict[str, float]:
        return headline(simulate(package.known_on(hybrid.as_of), hybrid, rules))

    def say(number: int, count: int) -> None:
        named = ", ".join(taken[number - 1]) or "nothing"
        click.echo(f"[{number}/{count}] {named} from {other.id}, the rest from {base.id}", err=True)

    return attribution(base, other, value_of, say)


@tibiao.command()
@click.argument("key")
@click.option(
    "-f", "--file", "file", type=click.Path(dir_okay=False), help="The scenario file of your own that made it."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="The overrides that made it.")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True)
@click.pass_context
def why(context: click.Context, key: str, file: str | None, settings: tuple[str, ...], lang: str) -> None:
    """Say where one number comes from: its grade, the assumptions it rests on, the steps behind it.

    Example: tibiao why baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard:central
    """
    from analysis import session
    from analysis.inputs.scenario import parse_override
    from analysis.model.results import KEY

    home, parts = _home(context), key.split(":")
    if len(parts) != len(KEY):
        raise ParametersRefused(f"key {key!r}: {len(parts)} fields; allowed: {':'.join(KEY)}, as in results.csv")
    overrides = dict(parse_override(text) for text in settings)
    # A scenario with overrides carries six signs of them behind its name.
    name = (parts[0].rpartition("-")[0] or parts[0]) if overrides else parts[0] or "baseline"
    if not overrides and not file and re.fullmatch(r"\w+-[0-9a-f]{6}", name):
        raise ParametersRefused(f"scenario {name!r}: its name comes from --set; repeat the --set that made it")
    named = _named_scenarios(home, () if file else (name,), file, overrides)
    made = next(iter(named.values()))
    if parts[0] and parts[0] != made and not file:
        raise ParametersRefused(
            f"scenario {parts[0]!r}: with these overrides it is called {made!r}; begin the key with that"
        )
    one = session.start(next(iter(named)), parts[1], overrides=overrides, lang=lang, scope="scenario", home=home)
    told = one.why(key)
    for name in ("scenario", "dataset", "area_code", "area_name", "programme", "residence", "year", "component", "tier",
                 "measure", "statistic", "value", "unit", "grade"):  # fmt: skip
        if told.row[name] != "":
            click.echo(f"{name}: {told.row[name]}")
    click.echo(f"formula: {told.formula}")
    for step in told.steps.itertuples():
        click.echo(
            f"step {step.step} {step.name}: {step.before_yuan_month:g} to {step.after_yuan_month:g}"
            + (f" ({step.note})" if step.note else "")
        )
    for line in told.inputs.itertuples():
        click.echo(
            f"input {line.area} {line.year} {line.period} {line.residence} {line.measure}: {line.value:,.10g} {line.unit}; "
            f"{line.grade}, known from {line.known_from}, {line.source} ({line.at})"
        )
    for line in told.assumptions.itertuples():
        click.echo(
            f"rests on {line.assumption}: {line.title}: {line.low} / {line.central} / {line.high} ({line.unit}); "
            f"worth {line.worth_yuan_year / 1e6:,.1f} million yuan a year; {line.reason}"
        )
    for name in filter(None, str(told.row["rests_on"]).split(";")):
        if name not in set(told.assumptions["assumption"]):
            click.echo(f"rests on {name}: params/{'sharing' if name.startswith('sharing_') else 'fiscal'}")


@tibiao.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.pass_context
def verify(context: click.Context, folder: str) -> None:
    """Find any changed, missing or stale file of an output folder.

    Example: tibiao verify out/memo
    """
    from analysis.batch.store import verify as wrong_in

    wrong = wrong_in(Path(folder), _home(context))
    for line in wrong[:40]:
        click.echo(line)
    click.echo(f"differences: {len(wrong)}" if wrong else f"{folder}: every file is as the manifest says")
    sys.exit(bool(wrong))


@tibiao.command()
@click.option("--reason", default=None, help="Why results changed, for CHANGELOG.md; asked for where it is not given.")
@click.pass_context
def accept(context: click.Context, reason: str | None) -> None:
    """Store the notebooks' outputs and the reference results anew; say what changed, by how much, and ask why.

    Example: tibiao accept --reason "Minima of 2025 as published"
    """
    from analysis.batch import acceptance

    home = _home(context)
    prepared = acceptance.prepare(home, lambda line: click.echo(line, err=True))
    for line in prepared.lines():
        click.echo(line)
    if prepared.needs_reason and reason is None:
        asked = sys.stdin.isatty()
        reason = click.prompt("Why did they change?", default="", show_default=False) if asked else ""
    for line in acceptance.store(prepared, reason or "", home):
        click.echo(line)
    counted = len(prepared.numbers) + len(prepared.cells)
    click.echo(f"changes: {counted}, with the reason in CHANGELOG.md" if counted else "no result changed")


@tibiao.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--as", "name", required=True, metavar="NAME", help="The package's name: small letters, digits, - and _.")
@click.option(
    "--base",
    default="guangdong",
    show_default=True,
    help="The package to lay the figures over; none: they stand alone.",
)
@click.option("--public", is_flag=True, help="Write into data/ instead of local/data/, which git does not see.")
@click.option(
    "--known-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which the department had the figures, such as 2024-06-01.",
)
@click.option(
    "--replace", is_flag=True, help="Put it in the place of a package of this name that was taken in earlier."
)
@click.pass_context
def intake(
    context: click.Context, file: str, name: str, base: str, public: bool, known_from: Any, replace: bool
) -> None:
    """Take in a workbook or CSV of your own as a data package; refuse, cell by cell, what is doubtful.

    Example: tibiao intake 低保标准.xlsx --as june
    """
    from analysis.intake import take_in
    from analysis.intake.summary import summary

    day = known_from.date() if known_from else None
    made = take_in(Path(file), name, _home(context), base=base, public=public, known_from=day, replace=replace)
    for line in summary(made, name):
        click.echo(line)


@tibiao.command()
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
@click.option("--out", default=None, help="Where to write; out/template.LANG.xlsx by default.")
@click.pass_context
def template(context: click.Context, lang: str, out: str | None) -> None:
    """Write a workbook to fill in, with lists to choose from and a filled example, for 'tibiao intake'.

    Example: tibiao template --lang zh --out 填报表.xlsx
    """
    from analysis.intake.template import workbook

    path = Path(out or f"out/template.{lang}.xlsx").expanduser()
    files.write_atomically(path, workbook(_home(context), lang))
    click.echo(f"{path}: written; fill it in, then: tibiao intake {path} --as NAME")


@tibiao.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def lab(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on the notebooks' start page, reachable from this machine alone and with a token.

    Its kernels are forked from a warm process where that is possible. Further arguments are JupyterLab's own.

    Example: tibiao lab --no-browser
    """
    from analysis.batch.engine import KERNEL
    from analysis.batch.kernels.provisioner import NAME

    home = _home(context)
    # Notebooks are stored with the ordinary kernel's name, so that they open anywhere; here it is a warm one too.
    os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", NAME)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(LAB_SETTINGS)]
    )
    options = {
        "ServerApp.root_dir": home,
        "ServerApp.ip": "127.0.0.1",
        "MultiKernelManager.default_kernel_name": KERNEL,
        "LabApp.default_url": START_PAGE,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", *given, *arguments]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Refusals are one line on stderr and their documented code; anything else unforeseen is one line and 1.
    A traceback shows with ``--debug`` alone.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]

    def terminate(_signal: int, _frame: object) -> None:
        raise Terminated

    previous = signal.signal(signal.SIGTERM, terminate)
    try:
        tibiao.main(given, prog_name="tibiao", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except Refusal as refusal:
        if "--debug" in given:
            raise
        click.echo(f"tibiao: {refusal}", err=True)
        return refusal.exit_code
    except click.ClickException as error:
        click.echo(f"tibiao: {error.format_message().rstrip('.?')}; see 'tibiao --help'", err=True)
        return ParametersRefused.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("tibiao: interrupted; what is finished is kept, and the same command goes on from there", err=True)
        return INTERRUPTED
    except Terminated:
        click.echo("tibiao: terminated; what is finished is kept, and the same command goes on from there", err=True)
        return TERMINATED
    except OSError as error:  # what no part of the program could say better
        if "--debug" in given:
            raise
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"tibiao: {place}{error.strerror or error}; is there room, here and in TMPDIR?", err=True)
        return INFRASTRUCTURE
    except Exception as error:
        if "--debug" in given:
            raise
        click.echo(
            f"tibiao: {type(error).__name__}: {' '.join(str(error).split())} (a mistake of ours: run again with --debug)",
            err=True,
        )
        return 1
    finally:
        signal.signal(signal.SIGTERM, previous)
    return 0
