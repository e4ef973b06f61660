#!/usr/bin/env bash
# What can be said of the code without running it. Everything is checked, then it is said what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export GONGYU_HOME=$home
unset DATABASE_URL
failed=()

step() {
  local name=$1
  shift
  local said
  if said=$("$@" 2>&1); then
    echo "✓ $name"
  else
    echo "✗ $name"
    echo "$said" | sed 's/^/    /'
    failed+=("$name")
  fi
}

step "style: ruff check" $bin/ruff check .
step "style: ruff format" $bin/ruff format --check .
step "templates: djlint" $bin/djlint --lint --quiet gongyu
step "types: mypy" $bin/mypy gongyu
step "layers: import-linter" $bin/lint-imports
step "migrations: none missing" $bin/python manage.py makemigrations --check --dry-run
step "nothing of this machine is committed" $bin/python scripts/portable.py

if [ ${#failed[@]} -gt 0 ]; then
  echo "Failed: $(IFS=,; echo "${failed[*]}")"
  exit 1
fi
