"""What a local crew does where its processes die: small pieces of work are begun again, as tasks are."""

import subprocess
import tempfile
import threading
from concurrent.futures import wait
from functools import partial
from os import _exit, getpid
from pathlib import Path

import pytest

from analysis.batch.crew import LocalCrew
from analysis.batch.kernels.process import SHARED
from analysis.batch.parcel import Parcel
from analysis.errors import InfrastructureFailed

# The first to make the folder kills the process that asked for it; whoever comes after answers.
DIES_ONCE = 'mkdir "$0" 2>/dev/null && kill -9 $PPID; echo alive'


@pytest.fixture
def crew(tmp_path):
    (tmp_path / "home").mkdir()
    with LocalCrew(2, Parcel.pack({})) as made:
        yield made


def dies_once(folder):
    return ["sh", "-c", DIES_ONCE, str(folder)]


def test_work_whose_process_was_killed_is_done_by_another(crew, tmp_path):
    asked = partial(subprocess.run, capture_output=True, text=True)
    assert crew.do(asked, dies_once(tmp_path / "one")).stdout == "alive\n"
    several = [dies_once(tmp_path / name) for name in "abcde"]
    assert [one.stdout for one in crew.map(asked, several)] == ["alive\n"] * 5


def test_work_that_kills_its_process_each_time_is_given_up_in_one_line(crew):
    before = crew.do(getpid)
    with pytest.raises(InfrastructureFailed, match=r"died 4 times over the same work.*run the same command again"):
        crew.do(_exit, 0)
    with pytest.raises(InfrastructureFailed, match="died 4 times"):
        list(crew.map(_exit, [0, 0, 0]))
    assert crew.do(getpid) != before


def test_whoever_has_done_the_work_gets_the_next_even_where_nobody_was_told_yet(crew, monkeypatch):
    """A piece of work counts as done a moment before its end is told."""
    told, free = threading.Event(), crew._free

    def free_late(future):
        if threading.current_thread() is not threading.main_thread():
            told.wait(60)
        free(future)

    monkeypatch.setattr(crew, "_free", free_late)
    one = crew.submit(getpid)
    wait([one])
    next_one = crew.submit(getpid)
    told.set()
    assert next_one.result() == one.result()
    assert len(crew._members) == 1
    dies = crew.submit(_exit, 0)
    wait([dies])
    assert crew.submit(getpid).result() != one.result()


def test_under_a_temporary_folder_of_a_long_name_the_work_is_done_and_nothing_is_left(tmp_path, monkeypatch):
    """No warm process can listen there: a socket's path has at most 107 bytes."""
    monkeypatch.delenv(SHARED, raising=False)
    long = tmp_path / ("x" * 107)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with LocalCrew(1, Parcel.pack({"note": b"packed"})) as crew:
        assert crew.do(Path.read_bytes, crew.home / "note") == b"packed"
    assert not list(long.iterdir())


def test_a_crew_that_is_interrupted_while_it_unpacks_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Parcel, "unpacked", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LocalCrew(1, Parcel.pack({})).__enter__()
    assert not list(tmp_path.iterdir())
