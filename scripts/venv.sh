#!/usr/bin/env bash
# A virtual environment with the pinned packages: `scripts/venv.sh runtime` or `scripts/venv.sh dev`.
# What is already as the lock says is left alone, so that a second call takes no time.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?runtime or dev}
lock=requirements/$kind.txt

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ ! -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then
  python=
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if is_new_enough "$candidate"; then python=$candidate; break; fi
  done
  if [ -z "$python" ]; then
    echo "Gongyu needs Python 3.11 or newer; ${PYTHON:-python3} is $(${PYTHON:-python3} --version 2>&1 || true)." >&2
    echo "Install one (Debian and Ubuntu: apt-get install python3 python3-venv), or name it:" >&2
    echo "  make PYTHON=/path/to/python3.11 ..." >&2
    exit 2
  fi
  echo "Making .venv with $("$python" --version) ..."
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    rm -rf .venv
    echo "This Python cannot make virtual environments (Debian and Ubuntu: apt-get install python3-venv)." >&2
    exit 2
  fi
fi

# Whoever installs moves the stamp last: an interrupted install is done again.
stamp=.venv/.$kind.installed
wanted=$(sha256sum "$lock" | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  echo "Installing the packages of $lock ..."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  echo "$wanted" > "$stamp"
fi

stamp=.venv/.gongyu.installed
wanted=$(sha256sum pyproject.toml | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  echo "$wanted" > "$stamp"
fi
