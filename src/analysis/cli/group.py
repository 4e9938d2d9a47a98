"""The group that every verb belongs to, and what the verbs share."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from analysis import files
from analysis.errors import ParametersRefused

LANGUAGE = click.Choice(["zh", "en"])


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


def home_of(context: click.Context) -> Path:
    """Return the folder that holds ``data`` and ``params``: the one of ``--home`` where it is given.

    Raises:
        ParametersRefused: no such folder.
    """
    home = files.home(context.obj["home"])
    if context.obj["home"]:
        os.environ["TIBIAO_HOME"] = str(home)  # the notebooks' kernels look there too
    return home


def named_scenarios(home: Path, scenario: Sequence[str], file: str | None, overrides: dict[str, Any]) -> dict[str, str]:
    """Read scenarios, or the one of a file, and return name to id; a file is handed to the kernels by its place."""
    from analysis.inputs.parameter_file import read_parameter_file
    from analysis.inputs.scenario import SCENARIO_FILE, read_scenario

    if bool(scenario) == bool(file):
        raise ParametersRefused("name one or more scenarios, or one file with -f; see 'tibiao run --help'")
    if file:
        path = Path(file).resolve()
        own = files.slug(path.stem, f"{file}: the file's name")
        if (found := read_scenario("", home, None, path).id) != own:
            at = read_parameter_file(path, file).where(("id",))
            raise ParametersRefused(f"{at}: id: {found}: allowed: {own}, the file's own name")
        os.environ[SCENARIO_FILE] = str(path)
        click.get_current_context().call_on_close(lambda: os.environ.pop(SCENARIO_FILE, None))
        scenario = (path.stem,)
    try:
        return {name: read_scenario(name, home, overrides).id for name in scenario}
    except ParametersRefused as error:
        # A notebook calls them overrides; who typed --set reads that.
        raise ParametersRefused(re.sub("^overrides: ", "--set ", str(error))) from error
