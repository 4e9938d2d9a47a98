"""Markup, formulas and TeX in the names of areas and the titles of parameters, in all that a run writes; and no font."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from analysis.cli import main
from analysis.files import FORMULA

SCRIPT, LINK, TEX = "<script>alert(1)</script>", "[x](javascript:alert(1))", "$\\frac{1}{$"
# Every kind of notebook, so that each way of showing a text is met.
NOTEBOOKS = ["00_evidence", "10_gap", "30_next_year", "40_pathway"]
ROWS = (("441300,惠州,Huizhou", SCRIPT), ("441600,河源,Heyuan", TEX), ("440800,湛江,Zhanjiang", LINK))


class Tags(HTMLParser):
    """Gathers what could run: tags, handlers, addresses."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found |= {tag} & {"script", "iframe", "object", "embed", "base", "form"}
        self.found |= {name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "").lower()}


@pytest.fixture(scope="module")
def written(home, tmp_path_factory):
    """Run notebooks on a package and a scenario with hostile texts; return the folder."""
    own = tmp_path_factory.mktemp("hostile")
    for name in ("data", "params", "notebooks"):
        shutil.copytree(home / name, own / name, ignore=shutil.ignore_patterns("scratch"))
    areas = own / "data/guangdong/areas.csv"
    text = areas.read_text("utf-8")
    for known, name in ROWS:
        assert known in text
        text = text.replace(known, f"{known.partition(',')[0]},{name},{name}")
    areas.write_text(text, "utf-8")
    for kind, name in (("scenarios", "baseline"), ("policies", "rise35")):
        path = own / f"params/{kind}/{name}.yaml"
        said = re.sub(
            r"(title:\n  zh: ).*\n(  en: ).*", rf"\g<1>'{SCRIPT}{LINK}'\n\g<2>'{SCRIPT}{LINK}'", path.read_text("utf-8")
        )
        path.write_text(said, "utf-8")
    out = tmp_path_factory.mktemp("out") / "out"
    given = [one for name in NOTEBOOKS for one in ("--notebook", name)]
    before = os.environ.get("TIBIAO_HOME")
    os.environ["TIBIAO_HOME"] = str(own)
    try:
        assert main(["run", "baseline", "--lang", "en", *given, "--out", str(out)]) == 0
    finally:
        os.environ.pop("TIBIAO_HOME") if before is None else os.environ.update(TIBIAO_HOME=before)
    return out


@pytest.mark.slow_fault
@pytest.mark.fault(46, 48)
def test_markup_in_the_data_is_text_in_every_notebook_and_drawing(written):
    from markdown_it import MarkdownIt

    seen = ""
    for path in written.rglob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                data = {
                    kind: "".join(text) if isinstance(text, list) else text
                    for kind, text in output.get("data", {}).items()
                }
                html = data.get("text/html", "") + MarkdownIt().render(data.get("text/markdown", ""))
                assert not Tags(html).found, (path, html[:500])
                seen += html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[x](javascript:alert(1))" in seen
    assert TEX in seen
    drawings = list(written.rglob("*.svg"))
    assert drawings
    for path in drawings:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}  # noqa: S314 - our own
        assert "script" not in tags
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written.rglob("*.png"))


@pytest.mark.slow_fault
@pytest.mark.fault(47)
def test_no_cell_of_a_table_that_is_written_would_be_run_by_a_spreadsheet(written):
    tables = list(written.rglob("*.csv"))
    assert len(tables) > 5
    for path in tables:
        for row in csv.reader(io.StringIO(path.read_text("utf-8"))):
            for cell in row:
                assert not FORMULA.match(cell), (path, row)


DRAW = """
import os
os.environ["MPLCONFIGDIR"] = os.environ["HOME"] + "/config"
from matplotlib import font_manager
assert not [one.name for one in font_manager.fontManager.ttflist if "CJK" in one.name or "Noto Sans SC" in one.name]
import analysis
run = analysis.start("baseline", lang="zh")
run.show("tile_grid").png()
print(run.show("tile_grid").figure.texts[0].get_fontname())
"""


@pytest.mark.slow_fault
@pytest.mark.fault(49)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root: it hides the machine's fonts")
def test_a_machine_without_a_chinese_font_draws_no_boxes(home, tmp_path):
    """The fonts of the machine are hidden in a mount namespace of this command's own."""
    hide = "".join(
        f"[ ! -d {place} ] || mount -t tmpfs none {place}; " for place in ("/usr/share/fonts", "/usr/local/share/fonts")
    )
    command = f"{hide}exec {sys.executable} -W error::UserWarning -c '{DRAW}'"
    python = os.environ | {"HOME": str(tmp_path), "TIBIAO_HOME": str(home)}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command], capture_output=True, text=True, check=False, env=python, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Noto Sans SC"
    assert "missing" not in done.stderr
