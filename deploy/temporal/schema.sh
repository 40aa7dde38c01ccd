#!/bin/sh
# Makes Temporal's two databases and brings their schema up to date; on a database that has it, it changes nothing. To be run before a newer
# server starts. The password is read from SQL_PASSWORD.
set -eu

migrate() {
  tool() { temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"; }
  database=$1
  tool create
  tool setup-schema -v 0.0
  tool update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
