#!/bin/sh
# Known weaknesses of locked packages (pip-audit) and of our own code (bandit, ruff's security rules).
# The two tools are no part of the lock: they get a virtual environment of their own, .audit, and need the network.
set -eu
cd "$(dirname "$0")/.."

[ -x .venv/bin/ruff ] || sh tools/setup.sh
if [ ! -x .audit/bin/pip-audit ] || [ ! -x .audit/bin/bandit ]; then
    .venv/bin/python -m venv .audit
    .audit/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: pip-audit==2.10.1 bandit==1.9.4
fi

bad=0
printf 'ruff, security rules:\n'
.venv/bin/ruff check --select S src || bad=1
printf 'bandit:\n'
.audit/bin/bandit -q -r src -c pyproject.toml && printf 'nothing found beyond what docs/quality.md explains\n' || bad=1
printf 'pip-audit:\n'
# Strict: a package that cannot be looked up is a failure, not a pass.
.audit/bin/pip-audit -r requirements.lock --require-hashes --disable-pip --strict --progress-spinner off || bad=1
exit $bad
