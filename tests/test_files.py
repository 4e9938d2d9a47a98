import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import files
from analysis.errors import InfrastructureFailed, ParametersRefused

HOSTILE = [
    "../x",
    "/abs",
    "a/b",
    "a\\b",
    "a\0b",
    "a\n",
    "\na",
    "x" * 65,
    "x" * 300,
    "-rf",
    "_x",
    "CON",
    "é",
    "a b",
    "",
    ".",
]


@pytest.mark.parametrize("name", [*HOSTILE, None, 5, ["a"]])
@pytest.mark.fault(31, 32)
def test_a_name_that_is_no_slug_is_refused_in_one_short_line(name):
    with pytest.raises(ParametersRefused) as refused:
        files.slug(name, "scenario")
    message = str(refused.value)
    assert message.startswith("scenario ")
    assert "\n" not in message
    assert len(message) < 250


@given(st.text(max_size=80))
@pytest.mark.fault(31)
def test_whatever_passes_as_a_slug_stays_inside_its_folder(name):
    try:
        passed = files.slug(name, "scenario")
    except ParametersRefused:
        return
    assert passed == name == name.lower()
    assert (Path("out") / passed).parent == Path("out")
    assert passed[0] not in "-_."


@pytest.mark.parametrize(
    "text",
    ["=1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd|x", "-cmd|x", "-1+1", "+3.2-1", "-5 ", "-5\n", "-", "+", "--5", "+-5",
     "-.", "-5.", "-1.2.3", "-1,5", "-(1)", "-5e", "-A1", "-５", "\t5", "\r5"],
)  # fmt: skip
@pytest.mark.fault(47)
def test_a_text_that_a_spreadsheet_would_run_is_known(text):
    assert files.FORMULA.match(text)


@pytest.mark.parametrize("text", ["-5", "+3.2", "-0.5", "+915", "-1.2e-05", "-4E+3", "5", "3.5", "A=1", "湛江", ""])
def test_a_signed_number_is_no_formula(text):
    assert not files.FORMULA.match(text)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_writing_replaces_whole_and_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "new" / "a.txt"
    files.write_atomically(path, "一")
    files.write_atomically(path, b"\x00\x01")
    assert path.read_bytes() == b"\x00\x01"
    assert names_in(path.parent) == ["a.txt"]


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_write_that_fails_anywhere_leaves_the_old_file_whole(tmp_path, monkeypatch, call):
    path = files.write_atomically(tmp_path / "a.txt", "old")

    def fails(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files.os if call == "fsync" else Path, call, fails)
        with pytest.raises(InfrastructureFailed, match=r"a\.txt: cannot be written \(No space left on device\)"):
            files.write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def test_whoever_is_interrupted_while_a_text_is_made_leaves_the_old_file_and_no_half(tmp_path):
    class Interrupted:
        def __str__(self):
            raise KeyboardInterrupt

    path = files.write_json(tmp_path / "a.json", {"a": 1})
    old = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        files.write_json(path, {"a": "x" * 100_000, "b": Interrupted()})
    assert path.read_bytes() == old
    assert names_in(tmp_path) == ["a.json"]


def test_a_folder_that_cannot_be_made_is_refused_before_work_begins(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InfrastructureFailed, match="cannot be written"):
        files.writable(tmp_path / "file" / "out")
    assert files.writable(tmp_path / "deep" / "out").is_dir()
    assert names_in(tmp_path / "deep" / "out") == []


def test_json_is_the_same_bytes_whatever_the_order_of_keys(tmp_path):
    one = files.write_json(tmp_path / "1", {"b": 1, "a": "提标"}).read_bytes()
    two = files.write_json(tmp_path / "2", {"a": "提标", "b": 1}).read_bytes()
    assert one == two
    assert "提标".encode() in one


def test_content_hash_sees_names_bytes_and_borders_but_not_the_order_given(tmp_path):
    def made(**contents):
        root = tmp_path / hashlib.sha256(repr(contents).encode()).hexdigest()
        root.mkdir(exist_ok=True)
        paths = [root / name for name in contents]
        for path in paths:
            path.write_text(contents[path.name])
        assert files.content_hash(paths, root) == files.content_hash(paths[::-1], root)
        return files.content_hash(paths, root)

    assert len({made(a="xy", b=""), made(a="x", b="y"), made(a="", b="xy"), made(c="xy", b="")}) == 4


def test_home_is_what_a_person_names_then_the_variable_then_the_checkout(tmp_path, monkeypatch, home):
    for name in ("one", "two"):
        for part in ("data", "params"):
            (tmp_path / name / part).mkdir(parents=True)
    monkeypatch.setenv("TIBIAO_HOME", str(tmp_path / "one"))
    assert files.home() == (tmp_path / "one").resolve()
    assert files.home(tmp_path / "two") == (tmp_path / "two").resolve()
    with pytest.raises(ParametersRefused, match="one that holds data/ and params/"):
        files.home(tmp_path)
    monkeypatch.delenv("TIBIAO_HOME")
    assert files.home() == home
