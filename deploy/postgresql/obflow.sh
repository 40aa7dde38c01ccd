#!/bin/bash
# Run once by the image, while its data directory is new: a role and a database of obflow's own beside Temporal's.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password OBFLOW_DB_PASSWORD
CREATE ROLE obflow LOGIN PASSWORD :'password';
CREATE DATABASE obflow OWNER obflow;
SQL
