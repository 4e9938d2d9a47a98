"""The results of the default memo's scenarios, computed once for all workers of a test run."""

import functools
from pathlib import Path

from filelock import FileLock

import analysis
from analysis.inputs.batch import read_batch

HOME = Path(__file__).resolve().parents[1]
shared = Path()  # a folder of the whole test run; conftest.py says which


@functools.cache
def folder():
    """Return the folder with the results of every scenario and of the comparison; nobody writes there any more."""
    made = shared / "memo-results"
    with FileLock(shared / "memo-results.lock"):
        if not (made / "whole").is_file():
            for scenario in read_batch("memo", HOME).scenarios:
                analysis.start(scenario, out_dir=str(made / scenario)).save()
            batch = analysis.start("batch:memo", out_dir=str(made), scope="batch")
            batch.findings()  # what is not asked for is not saved
            batch.save()
            (made / "whole").touch()
    return made


@functools.cache
def batch_of(lang):
    """Return the batch in a language; what it computes is the same in both and computed once in a process."""
    if lang != "zh":
        other = batch_of("zh")
        assert len(other.outcome.cells)
        return other.in_language(lang)
    return analysis.start("batch:memo", out_dir=str(folder()), lang=lang, scope="batch")
