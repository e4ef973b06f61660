#!/usr/bin/env bash
# Everything, on both databases, from a fresh clone on a fresh machine. Nothing is skipped or retried.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS

scripts/packages.sh browser postgresql node
scripts/venv.sh dev
scripts/check.sh

scripts/node_modules.sh
npm --prefix frontend run --silent check
echo "✓ look: the committed CSS is what its sources give"

.venv/bin/python -c 'from gongyu.engines.matching import warm_up; warm_up()'
echo "✓ engine: compiled"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GONGYU_HOME=$folder/home
failed=0

# One run of pytest: what is run, on which database, the command that provides it.
run() {
  local part=$1 database=$2
  shift 2
  echo
  echo "== $part on $database ($((SECONDS - started)) s)"
  "$@" --junitxml="$folder/$part.$database.xml" || failed=1
}

unset DATABASE_URL
run tests SQLite .venv/bin/python -m pytest -q -n 2 --ignore=tests/journeys tests
run tests PostgreSQL scripts/postgres.sh .venv/bin/python -m pytest -q -n 2 --with-database \
  --ignore=tests/journeys tests
run journeys SQLite .venv/bin/python -m pytest -q tests/journeys
run journeys PostgreSQL scripts/postgres.sh .venv/bin/python -m pytest -q --with-database tests/journeys

echo
echo "Total: $((SECONDS - started)) s"
.venv/bin/python scripts/count_tests.py "$folder"/*.xml || failed=1
exit $failed
