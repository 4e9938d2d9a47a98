"""Tables of text: whatever the encoding and the delimiter, or refused with the line."""

import pytest

from analysis.errors import DataRefused

TEXT = "2024年低保标准（元/月）\n地区,城镇,农村\n广州,1282,1282\n湛江,860,645\n"
EXPECTED = {
    (code, 2024, "Y", side, "dibao standard"): (value, "yuan/person/month")
    for code, value_of in (("440100", (1282, 1282)), ("440800", (860, 645)))
    for side, value in zip(("urban", "rural"), value_of, strict=True)
}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with mark"),
        ("gbk", "GB18030"),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16, little-endian, no mark"),
        ("utf-16-be", "UTF-16, big-endian, no mark"),
    ],
)
@pytest.mark.fault(36)
def test_every_encoding_of_the_region_is_read(reading, encoding, said):
    assert reading.of(reading.text(TEXT, encoding)) == EXPECTED
    assert reading.how == f"{said}, commas"


@pytest.mark.parametrize(("delimiter", "said"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_every_delimiter_is_read(reading, delimiter, said):
    assert reading.of(reading.text(TEXT.replace(",", delimiter))) == EXPECTED
    assert reading.how == f"UTF-8, {said}"


def test_quoted_separators_and_line_ends_of_windows(reading):
    text = TEXT.replace("广州,1282,1282", '广州,"1,282","1,282"').replace("\n", "\r\n")
    assert reading.of(reading.text(text, "gbk")) == EXPECTED


def test_separators_in_a_file_with_semicolons(reading):
    text = TEXT.replace(",", ";").replace("1282", "1,282")
    assert reading.of(reading.text(text)) == EXPECTED


@pytest.mark.fault(39)
def test_an_unquoted_separator_is_refused_with_its_line(reading):
    with pytest.raises(DataRefused, match=r"figures\.csv: line 3: 5 fields; expected 3"):
        reading.of(reading.text(TEXT.replace("1282,1282", "1,282,1,282")))


@pytest.mark.fault(39)
def test_an_unquoted_separator_that_fits_the_columns_is_refused(reading):
    text = "2024年低保标准（元/月）\n地区,城镇,农村,备注\n广州,1282,1282,\n湛江,1,196,645\n"
    assert "B4: '1': expected 100 to 3000" in reading.doubts(reading.text(text))


@pytest.mark.fault(37)
def test_an_upper_header_goes_on_where_the_merged_cells_are_lost(reading):
    text = "2024年低保（元/月）\n地区,城镇,,农村,\n,标准,补差水平,标准,补差水平\n湛江,860,678,645,334\n"
    found = reading.of(reading.text(text))
    assert {key[3:]: value for key, (value, _) in found.items()} == {
        ("urban", "dibao standard"): 860,
        ("urban", "dibao supplement_floor"): 678,
        ("rural", "dibao standard"): 645,
        ("rural", "dibao supplement_floor"): 334,
    }


@pytest.mark.fault(37)
def test_an_upper_header_that_could_go_on_in_two_ways_is_refused(reading):
    text = "2024年低保（元/月）\n地区,城镇,,农村\n,标准,补差水平,标准\n湛江,860,678,645\n"
    assert "which group this column is of is not certain" in reading.doubts(reading.text(text))


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00\xd8", b"\x80\x81\x82\x83" * 9, b"abc", b'a,b\n"open,1\n'])
def test_what_is_no_table_is_refused(reading, tmp_path, raw):
    path = tmp_path / "odd.csv"
    path.write_bytes(raw)
    with pytest.raises(DataRefused, match=r"odd\.csv: "):
        reading.of(path)


@pytest.mark.fault(36)
def test_a_wrong_encoding_is_not_guessed(reading):
    path = reading.text(TEXT.replace("湛江", "湛江"), "utf-8")
    path.write_bytes(path.read_bytes()[:-30] + b"\xff" + path.read_bytes()[-30:])
    with pytest.raises(DataRefused):
        reading.of(path)
