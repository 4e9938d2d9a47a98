"""The verbs for what goes in: check what is there, take in a workbook, write one to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analysis import files
from analysis.cli.group import LANGUAGE, home_of
from analysis.errors import ParametersRefused

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

    Example: tibiao check --scenario baseline
    """
    from analysis.inputs import batch, evidence, rules, sweep
    from analysis.inputs import scenario as scenarios
    from analysis.intake.vocabulary import read_vocabulary

    home = home_of(context)
    packages: dict[str, Any] = {}
    whole = not (dataset or scenario)
    for name in [scenario] if scenario else scenarios.names("scenarios", home) if whole else []:
        one = scenarios.read_scenario(name, home)
        if one.dataset not in packages:
            packages[one.dataset] = evidence.load(one.dataset, None, home)
        _ready(one, packages[one.dataset], home)
        click.echo(
            f"scenario {name}: good ({one.dataset}, as of {one.as_of}, policy {one.policy.id}, fiscal {one.fiscal.id})"
        )
        known = rules.read_rules(one.dataset, home)
        for line in rules.below(known, one.policy, one.base_year + 1, one.as_of):
            click.echo(f"look at scenario {name}: {line}")
    if whole:
        for name in scenarios.names("batches", home):
            click.echo(f"batch {name}: good ({', '.join(batch.read_batch(name, home).scenarios)})")
        for name in scenarios.names("sweeps", home):
            count = sum(1 for _ in sweep.read_sweep(name, home).combinations(home))
            click.echo(f"sweep {name}: good ({count} combinations)")
        read_vocabulary(home)
        click.echo("headers of intake: good")
        _check_unnamed(home)
    for name in [dataset] if dataset else packages if scenario else evidence.datasets(home):
        package = packages.get(name) or evidence.load(name, None, home)
        click.echo(
            f"dataset {name}: good ({len(package.observations)} rows, {len(rules.read_rules(name, home))} rules)"
        )
        for line in evidence.remarks(package.observations):
            click.echo(f"look at {line}")


def _check_unnamed(home: Path) -> None:
    """Read the parts that a scenario may name and perhaps none does, all rules and countries; say what nothing reads."""
    from analysis.inputs import rules
    from analysis.inputs import scenario as scenarios
    from analysis.intake.country import read_country

    counts = []
    for part, (kind, _) in scenarios.PARTS.items():
        found = scenarios.names(kind, home)
        for name in found:
            scenarios.read_part(part, name, home)
        counts.append(f"{kind} {len(found)}")
    for kind, read in (("rules", rules.read_rules), ("countries", read_country)):
        for name in scenarios.names(kind, home):
            read(name, home)
    click.echo(f"files that scenarios may name: good ({', '.join(counts)})")
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
