"""One archive to carry to a machine without a network: locked wheels, our own, data, parameters and notebooks.

``make bundle`` writes ``out/tibiao-<version>-<platform>-<python>.zip``. It holds wheels for the platform and the Python
that it is made with, and for no other; both stand in its name. When it is written it is unpacked into an empty folder and
run there with the network taken away; ``--no-check`` leaves that out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
# What a home is made of, by folder or file; only what git keeps goes into the archive, nothing of local/ or out/.
PARTS = ("data", "params", "notebooks", "docs/how-to", "requirements.lock", "LICENSE", "README.md", "README.zh.md")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# The same day in every archive, so that the same contents are the same bytes.
DAY = (1980, 1, 1, 0, 0, 0)
RUN_SH = """#!/bin/sh
# Set up once from wheels/, without a network, then hand everything on to tibiao: sh run.sh memo
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${{PYTHON:-python3}}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))' 2>/dev/null || {{
    printf 'run.sh: these wheels are for Python {major}.{minor} on {platform}; set PYTHON=/path/to/python{major}.{minor}\\n' >&2
    exit 5
}}
if [ ! -f "$here/.venv/ready" ]; then
    printf 'run.sh: installing from wheels/ into .venv (a minute or two, once)\\n'
    "$python" -m venv --clear "$here/.venv"
    install() {{ (cd "$here" && .venv/bin/python -m pip --disable-pip-version-check install --quiet --no-index "$@"); }}
    install --find-links wheels --only-binary :all: --require-hashes -r requirements.lock
    install --no-deps wheels/tibiao-{version}-py3-none-any.whl
    touch "$here/.venv/ready"
fi
TIBIAO_HOME=$here
export TIBIAO_HOME
exec "$here/.venv/bin/python" -m analysis "$@"
"""
RUN_CMD = """@echo off
rem Set up once from wheels\\, without a network, then hand everything on to tibiao: run.cmd memo
setlocal
set "TIBIAO_HOME=%~dp0."
cd /d "%~dp0"
if exist .venv\\ready goto ready
echo run.cmd: installing from wheels\\ into .venv (a minute or two, once)
py -{major}.{minor} -m venv --clear .venv || exit /b 5
.venv\\Scripts\\python -m pip --disable-pip-version-check install --quiet --no-index --find-links wheels --only-binary :all: --require-hashes -r requirements.lock || exit /b 5
.venv\\Scripts\\python -m pip --disable-pip-version-check install --quiet --no-index --no-deps wheels\\tibiao-{version}-py3-none-any.whl || exit /b 5
type nul > .venv\\ready
:ready
.venv\\Scripts\\python -m analysis %*
"""
README = """tibiao {version}, to be used without a network.

Made for {platform} with Python {major}.{minor}: the wheels fit no other. Python itself is not in the archive.

    sh run.sh memo             on Linux and macOS; the first call installs into .venv
    run.cmd memo               on Windows, from an archive that was made on Windows

What comes after run.sh is handed to tibiao: check, run baseline, intake FILE --as NAME ... Results are in the folder that
you stand in, under out/. README.md says the rest, docs/how-to/work-offline.md how this archive was made and tried.
"""


def platform() -> str:
    """Return platform and Python as wheels are named, such as ``linux_x86_64-cp311``."""
    import sysconfig

    return (
        f"{sysconfig.get_platform().replace('-', '_').replace('.', '_')}-cp{sys.version_info[0]}{sys.version_info[1]}"
    )


def kept() -> list[Path]:
    """Return the files of a home that git keeps."""
    said = subprocess.run(["git", "ls-files", "-z", *PARTS], cwd=HOME, capture_output=True, check=True)  # noqa: S603, S607
    return [Path(name) for name in said.stdout.decode().split("\0") if name]


def bundle(version: str) -> Path:
    """Write the archive and return it."""
    name = f"tibiao-{version}-{platform()}"
    with tempfile.TemporaryDirectory() as given:
        wheels = Path(given) / "wheels"
        print("bundle: fetching the locked wheels", flush=True)
        lock = ("--only-binary", ":all:", "--require-hashes", "-r", str(HOME / "requirements.lock"))
        subprocess.run([*PIP, "download", "--quiet", "--dest", str(wheels), *lock], check=True)  # noqa: S603
        own = ("--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(HOME))
        subprocess.run([*PIP, "wheel", "--quiet", *own], check=True)  # noqa: S603
        words = {
            "version": version,
            "platform": platform().rpartition("-")[0],
            "major": sys.version_info[0],
            "minor": sys.version_info[1],
        }
        made = {"README.txt": README, "run.sh": RUN_SH, "run.cmd": RUN_CMD.replace("\n", "\r\n")}
        path = HOME / "out" / f"{name}.zip"
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(".part")
        with zipfile.ZipFile(beside, "w") as archive:
            for file in sorted(made):
                _add(archive, f"{name}/{file}", made[file].format(**words).encode(), zipfile.ZIP_DEFLATED)
            for file in sorted(kept()):
                _add(archive, f"{name}/{file.as_posix()}", (HOME / file).read_bytes(), zipfile.ZIP_DEFLATED)
            for wheel in sorted(wheels.iterdir()):  # compressed already
                _add(archive, f"{name}/wheels/{wheel.name}", wheel.read_bytes(), zipfile.ZIP_STORED)
        beside.replace(path)
    return path


def _add(archive: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    one = zipfile.ZipInfo(name, DAY)
    one.compress_type, one.external_attr = how, (0o755 if name.endswith(".sh") else 0o644) << 16
    archive.writestr(one, content)


def try_offline(path: Path) -> None:
    """Unpack into an empty folder and run there, with the network taken away where the system can do that."""
    apart = ["unshare", "--map-root-user", "--net"]
    cut = bool(shutil.which("unshare"))
    if cut:
        cut = subprocess.run([*apart, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603
    # Where it cannot: no index, and a proxy that nothing answers.
    nowhere = {"PIP_NO_INDEX": "1", "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    print(
        f"bundle: trying it {'without a network (unshare --net)' if cut else 'with pip cut off (no unshare here)'}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as given:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(given)
        folder = Path(given) / path.stem
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own = {"HOME": given, "PIP_CONFIG_FILE": os.devnull, "PYTHON": sys.executable, **({} if cut else nowhere)}
        for arguments in (["check"], ["run", "baseline"]):
            began = time.monotonic()
            command = [*(apart if cut else []), "sh", "run.sh", *arguments]
            subprocess.run(command, cwd=folder, env={**kept, **own}, check=True)  # noqa: S603
            print(f"bundle: sh run.sh {' '.join(arguments)}: good, {time.monotonic() - began:.0f} s", flush=True)
        if not (folder / "out" / "run" / "baseline" / "results.csv").is_file():
            sys.exit("bundle: the run has left no results")


def main() -> None:
    """Write the archive, try it, and say what it is."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    path = bundle(project["version"])
    if "--no-check" not in sys.argv:
        try_offline(path)
    print(f"bundle: {path.relative_to(HOME)}, {path.stat().st_size / 1e6:.0f} MB, for {platform()} alone")


if __name__ == "__main__":
    main()
