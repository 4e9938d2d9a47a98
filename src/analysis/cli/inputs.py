"""The verbs for what goes in: check what is there, take in a workbook, write one to fill in."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from analysis import files
from analysis.cli.group import LANGUAGE, home_of
from analysis.errors import ParametersRefused, Refusal, worst_exit_code

# What may lie below ``params``.
FOLDERS = (
    "assumptions", "batches", "countries", "fiscal", "intake", "policies", "rules", "scenarios", "sharing", "sweeps",
)  # fmt: skip


@click.command()
@click.option("--dataset", default=None, help="Only this data package.")
@click.option("--scenario", default=None, help="Only this scenario.")
@click.pass_context
def check(context: click.Context, dataset: str | None, scenario: str | None) -> None:
    """Check data packages, rules, scenarios, batches, sweeps and the headers of intake, or what is named; run nothing.

    It goes on after a file that is refused, and names all of them at the end.

    Example: tibiao check --scenario baseline
    """
    from analysis.inputs import evidence, rules
    from analysis.inputs import scenario as scenarios

    home = home_of(context)
    checked = _Checked(home, context.obj["debug"])
    whole = not (dataset or scenario)
    for name in [scenario] if scenario else scenarios.names("scenarios", home) if whole else []:
        with checked.going_on():
            _check_scenario(name, checked)
    if whole:
        _check_files(checked)
    for name in [dataset] if dataset else checked.packages if scenario else evidence.datasets(home):
        with checked.going_on():
            if (package := checked.package(name)) is None:
                continue
            click.echo(
                f"dataset {name}: good ({len(package.observations)} rows, {len(rules.read_rules(name, home))} rules)"
            )
            for line in evidence.remarks(package.observations):
                click.echo(f"look at {line}")
    for line in checked.refused:
        click.echo(f"tibiao: {line}", err=True)
    if checked.refused:
        sys.exit(worst_exit_code(checked.refused.values()))


class _Checked:
    """What a check has read so far.

    Attributes:
        home: the folder that holds data and parameters.
        packages: by name; None where it was refused.
        refused: what was refused, each said once, to its exit code: what many files name is refused for each of them.
        refusals: how often something was refused.
    """

    def __init__(self, home: Path, debug: bool):
        self.home, self._debug = home, debug
        self.packages: dict[str, Any] = {}
        self.refused: dict[str, int] = {}
        self.refusals = 0

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Keep a refusal, and go on with the next file."""
        try:
            yield
        except Refusal as refusal:
            if self._debug:
                raise
            self.refused[str(refusal)] = refusal.exit_code
            self.refusals += 1

    def package(self, name: str) -> Any:
        """Return a package, checked once; None where it was refused before."""
        from analysis.inputs import evidence

        if name not in self.packages:
            self.packages[name] = None
            self.packages[name] = evidence.load(name, None, self.home)
        return self.packages[name]


def _check_scenario(name: str, checked: _Checked) -> None:
    from analysis.inputs import rules
    from analysis.inputs import scenario as scenarios

    one = scenarios.read_scenario(name, checked.home)
    if (package := checked.package(one.dataset)) is None:
        return
    _ready(one, package, checked.home)
    click.echo(
        f"scenario {name}: good ({one.dataset}, as of {one.as_of}, policy {one.policy.id}, fiscal {one.fiscal.id})"
    )
    known = rules.read_rules(one.dataset, checked.home)
    for line in rules.below(known, one.policy, one.base_year + 1, one.as_of):
        click.echo(f"look at scenario {name}: {line}")


def _check_files(checked: _Checked) -> None:
    """Read batches, sweeps, headers, the parts that a scenario may name and perhaps none does, all rules and countries."""
    from analysis.inputs import batch, rules, sweep
    from analysis.inputs import scenario as scenarios
    from analysis.intake.country import read_country
    from analysis.intake.vocabulary import read_vocabulary

    home = checked.home
    for name in scenarios.names("batches", home):
        with checked.going_on():
            click.echo(f"batch {name}: good ({', '.join(batch.read_batch(name, home).scenarios)})")
    for name in scenarios.names("sweeps", home):
        with checked.going_on():
            count = sum(1 for _ in sweep.read_sweep(name, home).combinations(home))
            click.echo(f"sweep {name}: good ({count} combinations)")
    with checked.going_on():
        read_vocabulary(home)
        click.echo("headers of intake: good")
    parts = {
        kind: functools.partial(scenarios.read_part, part, home=home) for part, (kind, _) in scenarios.PARTS.items()
    }
    others = {"rules": lambda name: rules.read_rules(name, home), "countries": lambda name: read_country(name, home)}
    for kind, read in {**parts, **others}.items():
        found, before = scenarios.names(kind, home), checked.refusals
        for name in found:
            with checked.going_on():
                read(name)
        if found and checked.refusals == before:
            click.echo(f"{kind}: good ({len(found)})")
    _name_unread(home)


def _name_unread(home: Path) -> None:
    params = home / "params"
    for path in sorted(params.rglob("*.y*ml")):
        if path.parent.parent != params or path.parent.name not in FOLDERS or path.suffix != ".yaml":
            click.echo(
                f"look at {path.relative_to(home)}: nothing reads it; allowed: params/<kind>/<name>.yaml, the kinds {', '.join(FOLDERS)}"
            )


def _ready(scenario: Any, package: Any, home: Path) -> None:
    """Make a scenario ready to be costed, and so refuse before anything starts what its run would refuse."""
    from analysis.inputs.rules import read_rules
    from analysis.model.simulate import prepare

    prepare(package.known_on(scenario.as_of), scenario, read_rules(scenario.dataset, home))


@click.command()
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
@click.option("--country", default="", metavar="NAME", help="A file of params/countries: the figures are not of China.")
@click.option("--publisher", default="", help="Who published the figures, where they are not the department's own.")
@click.option("--grade", default="department", show_default=True, help="What the figures are worth; see --publisher.")
@click.pass_context
def intake(
    context: click.Context,
    file: str,
    name: str,
    base: str,
    public: bool,
    known_from: Any,
    replace: bool,
    country: str,
    publisher: str,
    grade: str,
) -> None:
    """Take in a workbook or CSV of your own as a data package; refuse, cell by cell, what is doubtful.

    Example: tibiao intake 低保标准.xlsx --as june
    """
    from analysis.intake import take_in
    from analysis.intake.summary import summary

    day = known_from.date() if known_from else None
    made = take_in(
        Path(file), name, home_of(context), base=base, public=public, known_from=day, replace=replace,
        country=country, publisher=publisher, grade=grade,
    )  # fmt: skip
    for line in summary(made, name):
        click.echo(line)


@click.command()
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
@click.option("--out", default=None, help="Where to write; out/template.LANG.xlsx by default.")
@click.pass_context
def template(context: click.Context, lang: str, out: str | None) -> None:
    """Write a workbook to fill in, with lists to choose from and a filled example, for 'tibiao intake'.

    Example: tibiao template --lang zh --out 填报表.xlsx
    """
    from analysis.intake.template import workbook

    path = Path(out or f"out/template.{lang}.xlsx").expanduser()
    if path.suffix != ".xlsx":
        raise ParametersRefused(f"--out {path}: allowed: a name that ends in .xlsx, such as local/template.xlsx")
    if path.exists():
        raise ParametersRefused(
            f"--out {path}: is there already, perhaps filled in; give another name, or remove it first"
        )
    files.write_atomically(path, workbook(home_of(context), lang))
    click.echo(f"{path}: written; fill it in, then: tibiao intake {path} --as NAME")
