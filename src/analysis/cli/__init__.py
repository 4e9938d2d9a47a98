"""The command ``tibiao``: every verb of the Makefile, for people without make."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import click

import analysis.batch  # noqa: F401 - first, so that no command builds a grammar that it does not use
from analysis.cli import batches, inputs, lab, results
from analysis.cli.group import tibiao
from analysis.errors import INFRASTRUCTURE, INTERRUPTED, ParametersRefused, Refusal

TERMINATED = 143
VERBS = (
    inputs.check,
    inputs.intake,
    inputs.template,
    batches.run,
    batches.memo,
    batches.batch,
    batches.sweep,
    results.compare,
    results.why,
    results.verify,
    results.accept,
    lab.lab,
)
for verb in VERBS:
    tibiao.add_command(verb)


class Terminated(BaseException):
    """The process was told to end."""


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
        context = getattr(error, "ctx", None)
        named = context.command_path if context else "tibiao"
        click.echo(f"tibiao: {error.format_message().rstrip('.?')}; see '{named} --help'", err=True)
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
