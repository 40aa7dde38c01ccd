#!/usr/bin/env bash
# Brings what `make grown` runs beside obflow: PostgreSQL, and Temporal's own server and schema tool of the version in docker-compose.yml, built
# from their Go module (some minutes, once). A second run is a no-op.
set -euo pipefail
cd "$(dirname "$0")/.."
built=$PWD/.tools/grown
say() { printf '%s\n' "$*" >&2; }

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ -x /usr/bin/busybox ] || missing+=(busybox)
[ -x /usr/bin/nc.openbsd ] || missing+=(netcat-openbsd)
command -v openssl >/dev/null || missing+=(openssl)
if ((${#missing[@]})); then
  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

version=$(sed -n 's#.*image: temporalio/server:\([^@]*\).*#\1#p' docker-compose.yml)
[ "$(cat "$built/done" 2>/dev/null)" != "$version" ] || exit 0
rm -rf "$built"
mkdir -p "$built"
module=go.temporal.io/server
say "building Temporal $version"
export GOBIN=$built
nice bash tools/go.sh install "$module/cmd/server@v$version" "$module/cmd/tools/sql@v$version"
source=$(bash tools/go.sh mod download -json "$module@v$version" |
  sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
cp -r "$source/schema" "$built/schema"
cp "$source/docker/scripts/sh/entrypoint.sh" "$built/entrypoint.sh"
chmod 755 "$built/entrypoint.sh"
echo "$version" >"$built/done"
