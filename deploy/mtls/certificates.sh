#!/bin/sh
# Makes, in the folder given, an authority of its own and what it signs: the certificate of Temporal's server (for the names temporal and
# localhost) and one for its clients, obflow and the tools. What is there already is kept. Keys are readable by user 1000, as whom the containers run.
set -eu
mkdir -p "$1"
cd "$1"
umask 077

[ -e ca.key ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=obflow Temporal' -keyout ca.key -out ca.pem 2>/dev/null

signed() {
  [ -e "$1.pem" ] && return
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=%s\n' "$2" "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 825 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  rm "$1.csr" "$1.ext"
}

# The server's own parts talk to each other with it, so it is a client's too.
signed server DNS:temporal,DNS:localhost serverAuth,clientAuth
signed client DNS:obflow clientAuth

chmod 644 ./*.pem
[ "$(id -u)" != 0 ] || chown 1000:1000 server.key client.key
