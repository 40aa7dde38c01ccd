#!/bin/bash
# What the entry point of the image `postgres` does, with Debian's PostgreSQL: makes a database of the user's name while the data directory
# is new, runs the scripts mounted for that moment with a server that listens on a socket alone, and becomes the server.
set -euo pipefail
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  install -d -o postgres -g postgres /var/run/postgresql
  exec setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username "$POSTGRES_USER" --auth-local trust --auth-host scram-sha-256 --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD")
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -o "-c listen_addresses=''" -w start
  createdb --username "$POSTGRES_USER" "$POSTGRES_USER"
  for script in /docker-entrypoint-initdb.d/*.sh; do "$script"; done
  pg_ctl -m fast -w stop
fi
exec "$@" -c 'listen_addresses=*'
