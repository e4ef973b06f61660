#!/usr/bin/env bash
# What the tests need beside Python: `scripts/packages.sh browser postgresql node`.
# Missing Debian packages are installed where that is allowed; elsewhere it is said what to install.
set -euo pipefail
missing=()

for need in "$@"; do
  case $need in
    browser)
      [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
      # Without a Chinese font every page would be measured in boxes.
      [ -n "$(fc-list ':lang=zh-cn' 2>/dev/null | head -c 1)" ] || missing+=(fontconfig fonts-noto-cjk)
      ;;
    postgresql)
      compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
      ;;
    node)
      # The package of some suppliers brings npm along, Debian's does not.
      command -v node >/dev/null || missing+=(nodejs)
      command -v npm >/dev/null || missing+=(npm)
      ;;
    *) echo "packages.sh: unknown need $need" >&2; exit 2 ;;
  esac
done

[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The tests need: ${missing[*]}" >&2
  echo "Install them and run make test again. Debian and Ubuntu:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  echo "Elsewhere: a Chromium (CHROMIUM names it), a Chinese font, PostgreSQL 15 or newer, Node 18 or newer." >&2
  exit 2
fi
