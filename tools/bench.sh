#!/usr/bin/env bash
# Brings what bench/ measures beside obflow: Ansible, pyinfra and paramiko, pinned by hash in bench.txt, into .tools/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$(sha256sum tools/bench.txt | cut -d' ' -f1)
[ "$(cat .tools/bench/done 2>/dev/null)" != "$wanted" ] || exit 0
rm -rf .tools/bench
python3 -m venv .tools/bench
.tools/bench/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: -r tools/bench.txt
echo "$wanted" >.tools/bench/done
