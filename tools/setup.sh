#!/bin/sh
# Make .venv from the lock: hashes checked, wheels only, so that no package's own code runs while it is installed.
# Uses uv where it stands, else venv and pip.
# Every failure is one line that says what to install.
set -eu
cd "$(dirname "$0")/.."

fail() { printf 'set-up: %s\n' "$*" >&2; exit 5; }

python=""
for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "no Python 3.11, 3.12 or 3.13 found: install one (Debian and Ubuntu: apt install python3 python3-venv), or set PYTHON=/path/to/python"

if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
    uv pip install --quiet --python .venv/bin/python --only-binary :all: --require-hashes -r requirements.lock
    uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
    if [ ! -x .venv/bin/python ]; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "this Python has no venv module: install it (Debian and Ubuntu: apt install python3-venv)"
        "$python" -m venv .venv
    fi
    printf 'set-up: installing the locked packages into .venv (some minutes the first time)\n'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
.venv/bin/python -c 'from analysis.report import style; style.font_path()' 2>/dev/null ||
    fail "the Chinese font did not install: run '.venv/bin/python -m pip install zhplot' and look at its message"
# Differences of notebooks show sources and numbers, and what changes from run to run is left out on the way in.
if command -v git >/dev/null 2>&1 && git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git config filter.notebook.clean '.venv/bin/python src/analysis/batch/notebook.py clean'
    git config diff.notebook.textconv '.venv/bin/python src/analysis/batch/notebook.py text'
fi
touch .venv/ready
