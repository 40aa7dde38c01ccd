#!/usr/bin/env bash
# Brings the generators of clients, pinned, into .tools/clients: npm's and Go's, and with `all`
# those that need Java and Python.
# A second run is a no-op.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD/.tools/clients
say() { printf '%s\n' "$*" >&2; }
mkdir -p "$here"

# done NAME FILE…: whether NAME was made of these files as they are now.
sum() { cat "$@" | sha256sum | cut -d' ' -f1; }
made() { [ "$(cat "$here/$1.done" 2>/dev/null)" = "$(sum "${@:2}")" ]; }
mark() { sum "${@:2}" >"$here/$1.done"; }

if ! made node tools/clients/package.json tools/clients/package-lock.json; then
  say "installing openapi-typescript"
  rm -rf "$here/node"
  mkdir -p "$here/node"
  cp tools/clients/package.json tools/clients/package-lock.json "$here/node"
  (cd "$here/node" && npm ci --no-fund --no-audit --loglevel=error) >&2
  mark node tools/clients/package.json tools/clients/package-lock.json
fi

if ! made go tools/clients/go.mod tools/goWheels.txt; then
  say "building oapi-codegen"
  rm -rf "$here/go"
  mkdir -p "$here/go"
  cp tools/clients/go.mod tools/clients/go.sum "$here/go"
  generator=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
  (cd "$here/go" && bash ../../../tools/go.sh build -o ../oapi-codegen "$generator") >&2
  mark go tools/clients/go.mod tools/goWheels.txt
fi

[ "${1:-}" = all ] || exit 0

if ! made python tools/clients/python.txt; then
  say "installing openapi-python-client"
  rm -rf "$here/python"
  python3 -m venv "$here/python"
  "$here/python/bin/pip" install --quiet --disable-pip-version-check -r tools/clients/python.txt >&2
  mark python tools/clients/python.txt
fi

if ! made java tools/clients/java.txt; then
  say "fetching openapi-generator"
  rm -rf "$here/java"
  mkdir -p "$here/java"
  while read -r artifact; do
    case $artifact in '#'* | '') continue ;; esac
    mvn --quiet --batch-mode dependency:copy -Dartifact="$artifact" -DoutputDirectory="$here/java" -Dmdep.stripVersion=true >&2
  done <tools/clients/java.txt
  mark java tools/clients/java.txt
fi
