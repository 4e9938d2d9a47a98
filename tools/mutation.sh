#!/bin/sh
# Whether the tests notice a change of the code: mutmut changes it on purpose, one place at a time.
# It is no part of the lock: it gets an environment of its own, .mutation/env, which sees the packages of .venv.
set -eu
cd "$(dirname "$0")/.."

[ -x .venv/bin/python ] || sh tools/setup.sh
if [ ! -x .mutation/env/bin/mutmut ]; then
    .venv/bin/python -m venv .mutation/env
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    own=$(.mutation/env/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf 'import site; site.addsitedir("%s")\n' "$packages" >"$own/packages.pth"
    .mutation/env/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
        mutmut==3.8.1 libcst==1.9.0 setproctitle==1.3.8 textual==8.2.8
fi
exec .mutation/env/bin/python tools/mutation.py "$@"
