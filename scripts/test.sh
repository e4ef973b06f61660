#!/usr/bin/env bash
# Everything, on both databases, from a fresh clone on a fresh machine. Nothing is skipped or retried.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
export GONGYU_HOME=$folder/home
failed=0

# Run beside what follows; `finished` waits for it, says what it said, and fails as it did.
beside() {
  local name=$1
  shift
  "$@" >"$folder/$name.said" 2>&1 &
  eval "$name=$!"
}
finished() {
  local status=0
  wait "${!1}" || status=$?
  cat "$folder/$1.said"
  return $status
}
look() {
  scripts/node_modules.sh
  npm --prefix frontend run --silent check
  echo "✓ look: the committed CSS is what its sources give"
}
engine() {
  .venv/bin/python -c 'from gongyu.engines.matching import warm_up; warm_up()'
  echo "✓ engine: compiled"
}

# One run of pytest: what is run, on which database, the command that provides it.
run() {
  local part=$1 database=$2
  shift 2
  echo
  echo "== $part on $database ($((SECONDS - started)) s)"
  "$@" --junitxml="$folder/$part.$database.xml" || failed=1
}

scripts/packages.sh browser postgresql node
beside look look
scripts/venv.sh dev
beside engine engine
scripts/check.sh
finished look
finished engine

unset DATABASE_URL
# Two processes at a time, each with a database, a server and a browser of its own. Journeys are
# dealt out one by one, because a long one is thirty times as long as a short one.
pytest=(.venv/bin/python -m pytest -q -n 2)
tests=(--ignore=tests/journeys tests)
journeys=(--maxschedchunk=1 tests/journeys)
run tests SQLite "${pytest[@]}" "${tests[@]}"
run tests PostgreSQL scripts/postgres.sh "${pytest[@]}" --with-database "${tests[@]}"
run journeys SQLite "${pytest[@]}" "${journeys[@]}"
run journeys PostgreSQL scripts/postgres.sh "${pytest[@]}" --with-database "${journeys[@]}"

echo
echo "Total: $((SECONDS - started)) s"
.venv/bin/python scripts/count_tests.py "$folder"/*.xml || failed=1
exit $failed
