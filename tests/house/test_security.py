"""What runs, from where, and what of ours could be made to run something else."""

import ast
import re
import tomllib

import pytest

from analysis import files

SOURCES = sorted((files.home() / "src").rglob("*.py"))
MODULES = {
    "pickle",
    "cPickle",
    "cloudpickle",
    "dill",
    "marshal",
    "shelve",
    "joblib",
    "telnetlib",
    "ftplib",
    "commands",
    "pty",
}
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "yaml.load",
    "pd.read_pickle", "np.load", "tempfile.mktemp", "subprocess.getoutput", "subprocess.getstatusoutput",
}  # fmt: skip


def forbidden(source):
    """Return what of pickle, eval and shell a source uses, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            found += [(node.lineno, name) for name in names if name.split(".")[0] in MODULES]
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            shell = any(
                one.arg == "shell" and not (isinstance(one.value, ast.Constant) and one.value.value is False)
                for one in node.keywords
            )
            if name in CALLS or name.endswith(".to_pickle") or shell:
                found.append((node.lineno, name))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(files.home() / "src")))
def test_no_pickle_no_eval_and_no_shell(path):
    assert forbidden(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from dill import loads",
        "eval('1')",
        "import os\nos.system('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=loud)",
        "frame.to_pickle('x')",
    ],
)
def test_each_of_them_would_be_found(source):
    assert len(forbidden(source)) == 1


def test_every_exception_from_the_security_rules_is_explained(home):
    """Each place that ruff is told to pass over is a row of docs/quality.md, and each row is such a place."""
    explained = re.findall(
        r"^\| `(src/[^`]+)` \| (S\d+) \| \S", (home / "docs" / "quality.md").read_text("utf-8"), re.M
    )
    settings = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    excepted = [
        (name, rule)
        for name, rules in settings["per-file-ignores"].items()
        for rule in rules
        if not name.startswith("tests/") and rule.startswith("S")
    ]
    for path in SOURCES:
        rules = re.findall(r"# noqa: .*?(S\d+)", path.read_text("utf-8"))
        excepted += [(path.relative_to(home).as_posix(), rule) for rule in set(rules)]
    assert "S" in settings["select"]
    assert not [rule for rule in settings["ignore"] if rule.startswith("S") and rule[1:].isdigit()]
    assert sorted(explained) == sorted(excepted)


def test_packages_are_installed_by_hash_and_as_wheels_only(home):
    """A wheel is unpacked; anything else runs its own code when it is installed."""
    text = (home / "tools" / "setup.sh").read_text("utf-8")
    installs = [line for line in text.splitlines() if "install" in line and "requirements.lock" in line]
    assert len(installs) == 2
    assert all("--only-binary :all:" in line and "--require-hashes" in line for line in installs)
    others = [line for line in text.splitlines() if re.search(r"pip install", line) and line not in installs]
    assert all("--no-deps" in line and "-e ." in line for line in others if ".venv/bin" in line and "fail" not in line)


def test_what_cannot_be_looked_up_fails_the_audit(home):
    text = (home / "tools" / "audit.sh").read_text("utf-8")
    assert re.search(r"pip-audit -r requirements\.lock .*--strict", text)
    assert "bandit -q -r src" in text
    assert "ruff check --select S src" in text
