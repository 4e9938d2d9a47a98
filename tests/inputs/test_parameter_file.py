import re
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.errors import ParametersRefused
from analysis.inputs.parameter_file import MAX_DEPTH, read_parameter_file, read_parameter_text, scalar

BAD = Path(__file__).parent / "bad"
# Each file of bad/ and the whole line that refuses it.
REFUSED = {
    "alias.yaml": "alias.yaml:1: an alias or anchor; allowed: write the value out",
    "alias_bomb.yaml": "alias_bomb.yaml:1: an alias or anchor; allowed: write the value out",
    "bare_bracket.yaml": "bare_bracket.yaml:3: not YAML: ",
    "code_in_tag.yaml": "code_in_tag.yaml:2: a tag; allowed: plain values",
    "complex_key.yaml": "complex_key.yaml:1: a key that is no name; allowed: a plain name",
    "duplicate.yaml": "duplicate.yaml:4: policy.rate stands twice, first on line 2; keep one",
    "duplicate_quoted.yaml": "duplicate_quoted.yaml:2: rate stands twice, first on line 1; keep one",
    "empty.yaml": "empty.yaml: is empty",
    "full_width_colon.yaml": "full_width_colon.yaml:3: a full-width colon; write ': ' after the key",
    "gbk.yaml": "gbk.yaml: byte 8 is not UTF-8; save the file as UTF-8",
    "infinite.yaml": "infinite.yaml:2: rate: -.inf: not a number; allowed: a finite number",
    "list.yaml": "list.yaml: holds no keys; allowed: a list of 'key: value' lines",
    "not_a_number.yaml": "not_a_number.yaml:2: rates.1: .nan: not a number; allowed: a finite number",
    "octal.yaml": "octal.yaml:2: codes.0: 044010: would lose its leading zero; quote codes: '044010'",
    "octal_new.yaml": "octal_new.yaml:1: code: 0o440100: would lose its leading zero; quote codes: '0o440100'",
    "self_reference.yaml": "self_reference.yaml:1: an alias or anchor; allowed: write the value out",
    "tag.yaml": "tag.yaml:1: a tag; allowed: plain values",
    "two_documents.yaml": "two_documents.yaml:2: a second document; allowed: one",
}


# Rows of the catalogue of faults.
FAULTS = {
    "alias_bomb.yaml": 26, "self_reference.yaml": 27, "octal.yaml": 23, "duplicate.yaml": 25, "not_a_number.yaml": 20, "infinite.yaml": 20,
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.fault(FAULTS[name]) if name in FAULTS else ())
        for name in sorted(path.name for path in BAD.glob("*.yaml"))
    ],
)
def test_a_bad_file_is_refused_with_its_file_and_line(name):
    with pytest.raises(ParametersRefused) as refused:
        read_parameter_file(BAD / name, name)
    assert str(refused.value).startswith(REFUSED[name])
    assert "\n" not in str(refused.value)


def test_every_expected_refusal_has_its_file():
    assert {path.name for path in BAD.glob("*.yaml")} == set(REFUSED)


@pytest.mark.fault(27)
def test_deep_nesting_is_refused_without_a_recursion_error():
    for text in ("[" * 3000, "a: " + "[" * 3000 + "]" * 3000, "{a: " * 3000):
        with pytest.raises(ParametersRefused, match="nested too deeply; allowed: 12 levels"):
            read_parameter_text(text, "f")
    read_parameter_text("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "f")


@pytest.mark.fault(26)
def test_an_alias_bomb_is_refused_before_anything_is_built():
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    levels += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    tracemalloc.start()
    with pytest.raises(ParametersRefused, match="f:1: an alias or anchor"):
        read_parameter_text("\n".join(levels), "f")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_file_over_the_limit_is_refused_by_its_size(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_text("a: " + "x" * 64_000)
    with pytest.raises(ParametersRefused, match="64003 bytes; allowed: 64000 at most"):
        read_parameter_file(path, "large.yaml")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ParametersRefused, match="f: cannot be read"):
            read_parameter_file(path, "f")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("NO", "NO"),
        ("12:30", "12:30"), ("1_000", "1_000"), ("2024-06-30", "2024-06-30"), ("nan", "nan"), ("inf", "inf"),
        ("1e3", Decimal(1000)), ("0.035", Decimal("0.035")), (".5", Decimal("0.5")), ("-0.0003", Decimal("-0.0003")),
        ("0", 0), ("-7", -7), ("20240630", 20240630), ("true", True), ("FALSE", False), ("~", None), ("null", None),
        ("tRue", "tRue"),
    ],
)  # fmt: skip
@pytest.mark.fault(22, 24)
def test_a_plain_value_is_read_by_yaml_1_2_alone(text, value):
    read = read_parameter_text(f"key: {text}", "f").values["key"]
    assert (read, type(read)) == (value, type(value))


def test_quoted_values_stay_text():
    values = read_parameter_text("""{a: '044010', b: "1e3", c: 'true', d: "~", e: '.nan'}""", "f").values
    assert values == {"a": "044010", "b": "1e3", "c": "true", "d": "~", "e": ".nan"}


def test_a_decimal_is_exact_and_never_a_binary_fraction():
    assert scalar("0.1", "f") + scalar("0.2", "f") == scalar("0.3", "f")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes("\ufeffrate: 1".encode())
    assert read_parameter_file(path, "f").values == {"rate": 1}


def test_where_names_the_line_of_a_key_or_of_its_nearest_parent():
    file = read_parameter_text("a: 1\nb:\n  c:\n    - x\n    - d: 2\n", "f.yaml")
    assert file.where(("b", "c", "1", "d")) == "f.yaml:5"
    assert file.where(("b", "missing", "deeper")) == "f.yaml:2"
    assert file.where(("missing",)) == "f.yaml:1"


def test_an_integer_of_thousands_of_digits_is_refused_and_not_a_traceback():
    with pytest.raises(ParametersRefused):
        read_parameter_text("draws: " + "9" * 5000, "f")


ALPHABET = st.sampled_from(
    [*"ab:- \n\t'\"[]{},&*!|>%@`#?0123.~_=eE+", "\u2028", "\ud7ff", "\ufeff", "提", "\0", "\x85"]
)


@given(st.text(ALPHABET, max_size=60) | st.text(max_size=60))
@example("a: {b: [}")
@example("? |\n  x\n: 1")
def test_any_text_is_read_as_plain_values_or_refused_with_its_file(text):
    message = ""
    try:
        values = read_parameter_text(text, "f").values
    except ParametersRefused as refused:
        message, values = str(refused), {}
    assert not message or re.match(r"f(:\d+)?: ", message)
    assert isinstance(values, dict)
    assert all(isinstance(key, str) for key in values)


HOSTILE = [
    "'",
    '"""',
    "{x.__class__}",
    "$(id)",
    "\\",
    "a\\nb",
    "#",
    "!!python/name:os.system",
    "\u2028",
    "；",
    "*a",
    "{{}}",
]


@given(st.sampled_from(HOSTILE) | st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
@pytest.mark.fault(28)
def test_a_hostile_text_in_single_quotes_arrives_equal(text):
    written = text.replace("'", "''")
    if any(character in text for character in "\u2028\u2029\ufeff\ufffe\uffff\x85"):
        return
    assert read_parameter_text(f"title: '{written}'", "f").values == {"title": text}
