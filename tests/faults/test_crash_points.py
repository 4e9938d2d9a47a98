"""Every write, sync and rename of a batch made to fail once, or made the last thing that the process does."""

import os
import random
import signal
import tempfile
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from analysis import files
from analysis.batch import conduct
from analysis.batch.store import verify
from analysis.batch.work import execute
from analysis.cli import main
from analysis.errors import INFRASTRUCTURE
from cheap_batch import contents, edit

KILLS = 300


class Replay:
    """Hands back what the tasks of an undisturbed run came to, so that only the storing is done anew."""

    size = 1

    def __init__(self, home, recorded):
        self.home, self._recorded = home, recorded

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, work, *given):
        future = Future()
        if work is not execute:
            future.set_result(work(*given))
        else:
            name = given[0].name
            if name not in self._recorded:
                self._recorded[name] = work(*given)
                os.environ["TIBIAO_HOME"] = str(self.home)  # a worker looks into what it has unpacked
            future.set_result(self._recorded[name])
        return future

    def map(self, work, items):
        return map(work, items)


class Points:
    """Counts the calls that change a disk, and makes the n-th of them fail or kill."""

    def __init__(self, monkeypatch):
        self.count, self.at, self.kills = 0, 0, False
        for owner, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (os, "mkdir"), (os, "chmod")):
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))
        real = tempfile.NamedTemporaryFile

        def opened(*given, **options):
            self.met()
            stream = real(*given, **options)
            stream.write = self._watched(stream.write)
            return stream

        monkeypatch.setattr(tempfile, "NamedTemporaryFile", opened)

    def _watched(self, call):
        def watched(*given, **options):
            self.met()
            return call(*given, **options)

        return watched

    def met(self):
        self.count += 1
        if self.count == self.at:
            if self.kills:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(28, "No space left on device")


def visible(out):
    return {
        name: content for name, content in contents(out).items() if "/." not in f"/{name}" and name != "manifest.json"
    }


@pytest.fixture
def replayed(own_home, monkeypatch, capsys):
    """Return a run of the batch that costs no kernel, and the two states of its folder: before and after a change."""
    monkeypatch.setattr(conduct, "WRITERS", 1)  # so that the n-th call is always the same
    recorded = {}
    monkeypatch.setattr(conduct, "_crew", lambda batch, snapshot, due: Replay(own_home, recorded))
    monkeypatch.setattr(conduct, "_refuse_unready", lambda *given: None)
    monkeypatch.setattr("analysis.batch.site.font_subset", lambda text: "")  # the slowest part, and no file

    def run():
        return main(["batch", "three", "--out", "out/three"])

    assert run() == 0
    old = contents("out/three")
    recorded.clear()
    capsys.readouterr()
    edit(own_home / "notebooks/page.ipynb", "1e6", "1e7")
    assert run() == 0
    assert "to run: 3 of 3" in capsys.readouterr().out
    return run, old, contents("out/three")


def laid(state):
    """Put a folder into a state."""
    out = Path("out/three")
    for path in sorted(out.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    for name, content in state.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


@pytest.mark.load
@pytest.mark.parametrize("kills", [False, True], ids=["fails", "kills"])
def test_every_point_at_which_a_batch_may_break_leaves_whole_files_and_is_taken_up_again(
    replayed, own_home, monkeypatch, capsys, figure, kills
):
    run, old, new = replayed
    out = Path("out/three")
    laid(old)
    with monkeypatch.context() as patched:
        points = Points(patched)
        assert run() == 0
        whole = points.count
    assert visible(out) == {name: content for name, content in new.items() if name in visible(out)}
    for at in range(1, whole + 1):
        laid(old)
        capsys.readouterr()
        if kills:
            child = os.fork()
            if not child:
                with monkeypatch.context() as patched:
                    points = Points(patched)
                    points.at, points.kills = at, True
                    run()
                os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, f"point {at} was not reached"
        else:
            with monkeypatch.context() as patched:
                points = Points(patched)
                points.at = at
                code = run()
            said = capsys.readouterr().err
            assert code in (0, INFRASTRUCTURE), f"point {at}: {said}"
            assert "mistake of ours" not in said
            assert not code or len(said.strip().splitlines()) == 1, said
            if not code:
                assert verify(out, own_home) == [], f"point {at} failed, and the run says that it ended well"
        for name, content in visible(out).items():
            assert content in (old.get(name), new.get(name)), f"point {at}: {name} is neither the old nor the new one"
        assert run() == 0, f"point {at}: {capsys.readouterr().err}"
        assert verify(out, own_home) == [], f"point {at}"
        assert visible(out) == {name: content for name, content in new.items() if name in visible(out)}
    figure(f"L2 crash points, {'killed at' if kills else 'failing'}: {whole} of {whole}")


@pytest.mark.load
@pytest.mark.fault(13)
def test_hundreds_of_kills_while_a_file_is_saved_leave_none_broken(tmp_path, figure):
    path = tmp_path / "saved"
    size = 4_000_000
    files.write_atomically(path, bytes(size))
    dice = random.Random(7)  # noqa: S311 - a seed, so that it can be had again
    for kill in range(KILLS):
        child = os.fork()
        if not child:
            while True:
                files.write_atomically(path, bytes([kill % 256]) * size)
        time.sleep(dice.uniform(0.0005, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        content = path.read_bytes()
        assert len(content) == size
        assert content.count(content[:1]) == size
    figure(f"L2 random kills of a save: 0 of {KILLS} broken")
