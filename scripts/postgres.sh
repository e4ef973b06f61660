#!/usr/bin/env bash
# Run a command beside a throw-away PostgreSQL: `scripts/postgres.sh pytest`.
# The cluster lives in a temporary folder, listens on a socket in it and on no port, and is gone when
# the command ends, however it ends. DATABASE_URL names it.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
bin=${bin:-$(dirname "$(command -v initdb)")}
folder=$(mktemp -d "${TMPDIR:-/tmp}/gongyu-pg.XXXXXX")

as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then  # PostgreSQL refuses to run as root
  chown postgres "$folder"
  as_owner() { setpriv --reuid postgres --regid postgres --init-groups -- "$@"; }
fi

cleanup() {
  as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd /  # the owner of the cluster may not read the folder we stand in
as_owner "$bin/initdb" -D "$folder/data" -U gongyu --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
  >/dev/null
# Nothing here outlives the command, so nothing waits for the disk.
as_owner "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" start -o "-c listen_addresses= \
  -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
  -c max_connections=60" >/dev/null || { cat "$folder/log" >&2; exit 1; }
cd "$OLDPWD"

export DATABASE_URL="postgres://gongyu@${folder//\//%2F}/postgres"
"$@"
