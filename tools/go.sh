#!/usr/bin/env bash
# The pinned Go of tools/goWheels.txt with the words given; after --, a program that calls go. What
# it fetches and compiles stays in .tools/gopath, so that nothing is left in a home; without a C
# compiler, which it does not need.
set -euo pipefail
tools=$(cd "$(dirname "$0")/.." && pwd)/.tools
export GOROOT=$tools/go GOPATH=$tools/gopath GOCACHE=$tools/gopath/cache GOTOOLCHAIN=local
export GOFLAGS='-modcacherw -buildvcs=false' CGO_ENABLED=0
export PATH=$tools/go/bin:$PATH
if [ "${1:-}" = -- ]; then
  shift
  exec "$@"
fi
exec go "$@"
