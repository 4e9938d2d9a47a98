"""The verbs for what came out: set scenarios side by side, explain a number, verify a folder, accept new results."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from analysis.cli.group import LANGUAGE, home_of, named_scenarios
from analysis.errors import ParametersRefused


@click.command()
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

    home = home_of(context)
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
    from analysis.inputs.scenario import names, read_scenario

    if len(given) < 2:
        raise ParametersRefused("name two scenarios or more, the base first, such as 'tibiao compare baseline tight'")
    for name in given:
        if given.count(name) > 1:
            raise ParametersRefused(f"scenario {name!r}: is named twice; name each scenario once")
    own = set(given) - set(names("scenarios", home))
    if any(re.fullmatch(r"\w+-[0-9a-f]{6}", name) or Path(f"{name}.yaml").is_file() for name in own):
        raise ParametersRefused(
            f"scenario {sorted(own)[0]!r}: compared are the scenarios of params/scenarios; put a file of your own, or one with the values that --set gave, there and run it"
        )
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


@click.command()
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
    from analysis.inputs.scenario import parse_overrides
    from analysis.model.results import KEY

    home, parts = home_of(context), key.split(":")
    if len(parts) != len(KEY):
        raise ParametersRefused(
            f"key {key!r}: {len(parts)} fields; allowed: {':'.join(KEY)}, as in results.csv, such as baseline:guangdong:440000:::2025:Y:::extra_cost:central"
        )
    overrides = parse_overrides(settings)
    # A scenario with overrides carries six signs of them behind its name.
    name = (parts[0].rpartition("-")[0] or parts[0]) if overrides else parts[0] or "baseline"
    if not overrides and not file and re.fullmatch(r"\w+-[0-9a-f]{6}", name):
        raise ParametersRefused(f"scenario {name!r}: its name comes from --set; repeat the --set that made it")
    named = named_scenarios(home, () if file else (name,), file, overrides)
    made = next(iter(named.values()))
    if parts[0] and parts[0] != made and not file:
        raise ParametersRefused(
            f"scenario {parts[0]!r}: with these overrides it is called {made!r}; begin the key with that"
        )
    scope = "scenario" if parts[0] else "dataset"  # what a package says by itself needs no scenario that fits it
    one = session.start(next(iter(named)), parts[1], overrides=overrides, lang=lang, scope=scope, home=home)
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


@click.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.pass_context
def verify(context: click.Context, folder: str) -> None:
    """Find any changed, missing or stale file of an output folder.

    Example: tibiao verify out/memo
    """
    from analysis.batch.store import verify as wrong_in

    wrong = wrong_in(Path(folder), home_of(context))
    for line in wrong[:40]:
        click.echo(line)
    click.echo(f"differences: {len(wrong)}" if wrong else f"{folder}: every file is as the manifest says")
    sys.exit(bool(wrong))


@click.command()
@click.option("--reason", default=None, help="Why results changed, for CHANGELOG.md; asked for where it is not given.")
@click.pass_context
def accept(context: click.Context, reason: str | None) -> None:
    """Store the notebooks' outputs and the reference results anew; say what changed, by how much, and ask why.

    Example: tibiao accept --reason "Minima of 2025 as published"
    """
    from analysis.batch import acceptance

    home = home_of(context)
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
