"""A page of docs/how-to, followed to the letter: its files are written, its commands typed, its promises looked for."""

import os
import re
import subprocess
import sys
from pathlib import Path

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITES, _ADDS = re.compile(r"Write `([^`]+)`:\s*$"), re.compile(r"Add to the end of `([^`]+)`:\s*$")


class Page:
    """Follows one page in a home.

    Attributes:
        said: what the commands printed so far.
        typed: each command with its exit code.
    """

    def __init__(self, path, home):
        self.text, self.home = path.read_text("utf-8"), home
        self.said, self.typed, self.written = "", [], []

    def follow(self, until="\n## "):
        """Follow the numbered steps; what comes under a later head is not of the example."""
        steps = self.text.partition(until)[0]
        for fence in _FENCE.finditer(steps):
            kind, content, before = fence[1], fence[2], steps[: fence.start()]
            if found := _WRITES.search(before):
                self._write(self.home / found[1], content, add=False)
            elif found := _ADDS.search(before):
                self._write(self.home / found[1], content, add=True)
            elif kind == "sh":
                for line in content.splitlines():
                    self._type(line)
            elif kind == "text" and self.typed:
                missing = [line for line in content.splitlines() if line not in self.said]
                assert not missing, f"promised and not printed: {missing}\n{self.said}"
        return self

    def _write(self, path, content, add):
        assert path.is_file() == add, f"{path}: the page says to {'add to' if add else 'write'} it"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text("utf-8") if add else "") + content, "utf-8")
        self.written.append(path.relative_to(self.home).as_posix())

    def _type(self, line):
        own = {"TIBIAO_HOME": str(self.home), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(  # noqa: S602, the page's commands, typed as a reader types them
            line, shell=True, cwd=self.home, env={**os.environ, **own}, capture_output=True, text=True, check=False
        )
        self.said += done.stdout + done.stderr
        self.typed.append((line, done.returncode))
        assert done.returncode == 0, f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"
