#!/bin/sh
# Runs once, when the PostgreSQL image makes a new data volume. Two roles that cannot read each other's database:
# "activate_audience" owns its own, "temporal" makes its two (deploy/temporal-schema.sh).
# On a PostgreSQL of your own, run it with PGHOST, PGPORT, PGPASSWORD and POSTGRES_USER of an administrator.
set -eu

: "${AUDIENCE_DB_PASSWORD:?is the password of the new role activate_audience}"
: "${TEMPORAL_DB_PASSWORD:?is the password of the new role temporal}"

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 \
  --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" \
  -v audience_password="$AUDIENCE_DB_PASSWORD" -v temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE activate_audience LOGIN PASSWORD :'audience_password';
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal_password';
CREATE DATABASE activate_audience OWNER activate_audience;
REVOKE CONNECT ON DATABASE activate_audience FROM PUBLIC;
SQL
