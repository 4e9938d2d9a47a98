"""A parcel unpacked: whole or not at all."""

import zipfile

import pytest

from analysis.batch.parcel import Parcel

CONTENTS = {"data/own/a.csv": b"1\n", "params/b.yaml": "提标".encode()}


def test_what_was_packed_is_unpacked_once_and_has_the_same_name_everywhere(tmp_path):
    parcel = Parcel.pack(CONTENTS)
    folder = parcel.unpacked(tmp_path)
    assert parcel.contents() == CONTENTS
    assert {name: (folder / name).read_bytes() for name in CONTENTS} == CONTENTS
    (folder / "mark").write_text("")
    again = Parcel.pack(dict(reversed(CONTENTS.items())))
    assert again.unpacked(tmp_path) == folder
    assert (folder / "mark").is_file()


@pytest.mark.parametrize("reason", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_unpacked_leaves_nothing_behind(tmp_path, monkeypatch, reason):
    def fails(archive, folder):
        archive.extract("params/b.yaml", folder)
        raise reason

    monkeypatch.setattr(zipfile.ZipFile, "extractall", fails)
    with pytest.raises(type(reason)):
        Parcel.pack(CONTENTS).unpacked(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_who_is_slower_takes_what_a_neighbour_has_unpacked(tmp_path, monkeypatch):
    parcel, unpack = Parcel.pack(CONTENTS), zipfile.ZipFile.extractall

    def meanwhile(archive, folder):
        monkeypatch.setattr(zipfile.ZipFile, "extractall", unpack)
        parcel.unpacked(tmp_path)
        unpack(archive, folder)

    monkeypatch.setattr(zipfile.ZipFile, "extractall", meanwhile)
    folder = parcel.unpacked(tmp_path)
    assert list(tmp_path.iterdir()) == [folder]
