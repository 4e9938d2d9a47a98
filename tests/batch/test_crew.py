"""What a local crew does where its processes die: small pieces of work are begun again, as tasks are."""

import subprocess
from functools import partial
from os import _exit, getpid

import pytest

from analysis.batch.crew import LocalCrew
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
