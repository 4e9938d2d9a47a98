"""A notebook as version control sees it: without what changes from run to run, and as text whose numbers can be compared.

``git`` calls this file (``.gitattributes``, ``tools/setup.sh``): ``clean`` on the way in, ``text`` for a difference.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

# What a front end leaves in cells and notebooks, and what no test and no reader needs.
NOISE = (
    "papermill",
    "execution",
    "widgets",
    "jupyter",
    "trusted",
    "collapsed",
    "scrolled",
    "ExecuteTime",
    "vscode",
    "toc",
)
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def cleaned(notebook: dict[str, Any]) -> dict[str, Any]:
    """Take away what differs from run to run: times, widgets of a kernel that is gone, the front end's own notes.

    Sources, outputs, counts, cell ids, tags and the notebook's scope stay.

    Args:
        notebook: as read; it is changed.
    """
    metadata = notebook["metadata"]
    for name in NOISE:
        metadata.pop(name, None)
        for cell in notebook["cells"]:
            cell["metadata"].pop(name, None)
    if "kernelspec" in metadata and metadata["kernelspec"].get("name") in ("python3", "tibiao"):
        metadata["kernelspec"] = KERNEL.copy()
    metadata["language_info"] = {"name": metadata.get("language_info", {}).get("name", "python")}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def told(notebook: dict[str, Any]) -> str:
    """Return a notebook as text, a line for each line of source and each row of a table; a picture is its description."""
    lines = []
    for number, cell in enumerate(notebook["cells"], 1):
        lines += [f"--- {number} {cell['cell_type']}", _joined(cell["source"])]
        for output in cell.get("outputs", []):
            lines += [f"=> {line}" for line in _shown(output).splitlines()]
    return "\n".join(lines) + "\n"


def _shown(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        rows = re.findall(r"<tr.*?</tr>", _joined(data["text/html"]), re.S)
        cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows)
        return "\n".join(
            " | ".join(html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in row) for row in cells
        )
    if "text/markdown" in data:
        return _joined(data["text/markdown"])
    if "image/png" in data:
        return f"[picture] {_joined(data.get('text/plain', ''))}"
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return _joined(data.get("text/plain", output.get("text", "")))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def written(notebook: dict[str, Any]) -> str:
    """Return the bytes of a notebook file as Jupyter writes them."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"


def main(arguments: list[str]) -> None:
    """Run as git does: ``clean`` from standard input to standard output, ``text FILE`` to standard output."""
    text = Path(arguments[1]).read_text("utf-8") if arguments[0] == "text" else sys.stdin.buffer.read().decode()
    try:
        notebook = json.loads(text)
        made = told(notebook) if arguments[0] == "text" else written(cleaned(notebook))
    except (ValueError, KeyError, TypeError, AttributeError):
        made = text  # no notebook: as it is
    sys.stdout.buffer.write(made.encode())


if __name__ == "__main__":
    main(sys.argv[1:])
