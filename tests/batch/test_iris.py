"""The grammar of IRIs, which takes a second to build, waits for an IRI; what is checked stays the same."""

import subprocess
import sys

PROGRAM = """
import sys
import analysis.batch, nbformat, jsonschema
print("lark" in sys.modules)
checker = jsonschema.FormatChecker()
print([checker.conforms(text, "iri") for text in ("http://广东.example/低保", "<低保>")], "lark" in sys.modules)
from rfc3987_syntax import is_valid_syntax_ipchar
import rfc3987_syntax.utils
print(is_valid_syntax_ipchar("低"))
"""


def said(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_is_built_before_an_iri_is_checked_and_then_it_is_checked_as_before():
    ordinary = said(PROGRAM.replace("analysis.batch, ", ""))
    assert ordinary == ["True", "[True, False] True", "True"]
    assert said(PROGRAM) == ["False", *ordinary[1:]]
