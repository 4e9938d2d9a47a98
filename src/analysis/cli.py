"""The command ``tibiao``: every verb of the Makefile, for people without make."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from analysis import files
from analysis.errors import INTERRUPTED, ParametersRefused, Refusal, worst_exit_code

TERMINATED = 143
LANGUAGE = click.Choice(["zh", "en"])


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


def _ready(scenario: Any, package: Any, home: Path) -> None:
    """Make a scenario ready to be costed, and so refuse before anything starts what its run would refuse."""
    from analysis.inputs.rules import read_rules
    from analysis.model.simulate import prepare

    prepare(package.known_on(scenario.as_of), scenario, read_rules(scenario.dataset, home))


@tibiao.command()
@click.argument("scenario", nargs=-1)
@click.option("-f", "--file", "file", type=click.Path(dir_okay=False), help="A scenario file of your own.")
@click.option(
    "--notebook", multiple=True, default=("30_next_year",), show_default=True, help="Which notebook; may be repeated."
)
@click.option("--dataset", default="guangdong", show_default=True)
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override one value; may be repeated.")
@click.option("--out", default="out/run", show_default=True, help="Where to write.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes; the number of cores by default.")
@click.pass_context
def run(
    context: click.Context,
    scenario: tuple[str, ...],
    file: str | None,
    notebook: tuple[str, ...],
    dataset: str,
    lang: str,
    settings: tuple[str, ...],
    out: str,
    workers: int | None,
) -> None:
    """Run scenarios through notebooks.

    Example: tibiao run rural80 --set policy.rural_share.at_least=0.85 --lang en
    """
    from analysis.inputs.scenario import parse_override

    home = _home(context)
    overrides = dict(parse_override(text) for text in settings)
    named = _named_scenarios(home, scenario, file, overrides)
    _run(home, notebook, named, "", dataset, (lang,), out, workers, overrides)


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
        scenario = (path.stem,)
    return {name: read_scenario(name, home, overrides).id for name in scenario}


@tibiao.command()
@click.argument("batch", default="memo")
@click.option("--out", default=None, help="Where to write; out/BATCH by default.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes; the number of cores by default.")
@click.pass_context
def memo(context: click.Context, batch: str, out: str | None, workers: int | None) -> None:
    """Run a batch and write its one-page memo in each language, as PDF and HTML.

    Example: tibiao memo --out out/june
    """
    from analysis.inputs.scenario import read_batch, read_scenario

    home = _home(context)
    named = read_batch(batch, home)
    scenarios = {name: read_scenario(name, home) for name in named.scenarios}
    dataset = scenarios[named.proposed].dataset
    _run(
        home,
        named.notebooks,
        {name: name for name in named.scenarios},
        batch,
        dataset,
        named.languages,
        f"out/{batch}" if out is None else out,
        workers,
        {},
        _write_memo,
    )


def _write_memo(home: Path, batch: str, dataset: str, languages: Sequence[str], out: Path) -> list[Path]:
    from analysis import session
    from analysis.report.memo import render

    written = []
    for lang in languages:
        one = session.start(f"{session.BATCH}{batch}", dataset, str(out), lang=lang, scope="batch", home=home)
        markdown, figures = one.memo()
        for ending, content in render(markdown, figures, lang).items():
            written.append(files.write_atomically(out / f"memo.{lang}.{ending}", content))
        click.echo(f"wrote {out / f'memo.{lang}.pdf'} and .html")
    return written


def _run(
    home: Path, notebooks: Sequence[str], scenarios: dict[str, str], batch: str, dataset: str, languages: Sequence[str], given: str,
    workers: int | None, overrides: dict[str, Any], then: Callable[..., list[Path]] | None = None,
) -> None:  # fmt: skip
    from analysis.batch.plan import plan
    from analysis.inputs import evidence
    from analysis.inputs.scenario import read_scenario

    plain = {key: float(value) if isinstance(value, Decimal) else value for key, value in overrides.items()}
    tasks = plan(notebooks, scenarios, batch, dataset, languages, home, plain)
    package = evidence.load(dataset, None, home)
    evidence.vouch(package, home)
    for name in scenarios:
        one = read_scenario(name, home, overrides)
        if one.dataset == dataset:
            _ready(one, package, home)
    from analysis.batch import run as runner

    kind = f"batch {batch}" if batch else "run"
    out = runner.claim(given, home, kind)
    click.echo(f"notebooks to run: {len(tasks)}; data and parameters of {home}; into {out}")
    ended = runner.run_tasks(tasks, out, home, workers or os.cpu_count() or 1, _say)
    written = [path for path in [runner.gather(tasks, ended, out)] if path]
    code = worst_exit_code(one.exit_code for one in ended)
    if then and not code:
        written += then(home, batch, dataset, languages, out)
    runner.write_manifest(tasks, ended, written, out, kind)
    failed = [one for one in ended if one.exit_code]
    click.echo(
        f"ended well: {len(ended) - len(failed)} of {len(ended)}"
        + (f"; results, figures and manifest are in {out}" if written else "")
    )
    for one in failed:
        click.echo(f"failed: {one.task}: {one.reason}", err=True)
    if code:
        sys.exit(code)


def _say(one: Any, done: int, total: int) -> None:
    click.echo(f"[{done}/{total}] {one.task}: {'failed' if one.exit_code else 'done'}")


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
    from analysis.batch.run import verify as wrong_in

    wrong = wrong_in(Path(folder), _home(context))
    for line in wrong[:40]:
        click.echo(line)
    click.echo(f"differences: {len(wrong)}" if wrong else f"{folder}: every file is as the manifest says")
    sys.exit(bool(wrong))


@tibiao.command()
@click.pass_context
def accept(context: click.Context) -> None:
    """Run every notebook with its defaults, store its outputs and the generated documents; say what changed.

    Example: tibiao accept
    """
    from analysis.batch import dictionary, stored

    home = _home(context)
    changed = stored.refresh(home) + dictionary.refresh(home)
    for line in changed:
        click.echo(line)
    click.echo(f"changes: {len(changed)}; write the reason into CHANGELOG.md" if changed else "nothing changed")


@tibiao.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def lab(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on the notebooks.

    Example: tibiao lab --no-browser
    """
    home = _home(context)
    sys.exit(
        subprocess.call(
            [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={home}", str(home / "notebooks"), *arguments]
        )
    )


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
        click.echo(
            "tibiao: interrupted; finished notebooks are kept, older documents may lie beside them; run again", err=True
        )
        return INTERRUPTED
    except Terminated:
        click.echo(
            "tibiao: terminated; finished notebooks are kept, older documents may lie beside them; run again", err=True
        )
        return TERMINATED
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
