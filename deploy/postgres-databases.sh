#!/bin/sh
# Runs once, when the PostgreSQL image makes a new data volume. Two roles that cannot read each other's database:
# "activate_audience" owns its own, "temporal" makes its two (deploy/temporal-schema.sh).
# On a PostgreSQL of your own, run it with PGHOST, PGPORT, PGPASSWORD and POSTGRES_USER of an administrator that may make
# roles and databases. Run again, it makes what is missing and sets the two passwords.
set -eu

: "${AUDIENCE_DB_PASSWORD:?is the password of the new role activate_audience}"
: "${TEMPORAL_DB_PASSWORD:?is the password of the new role temporal}"

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 \
  --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" \
  -v audience_password="$AUDIENCE_DB_PASSWORD" -v temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', name)
  FROM unnest(ARRAY['activate_audience', 'temporal']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE activate_audience PASSWORD :'audience_password';
ALTER ROLE temporal CREATEDB PASSWORD :'temporal_password';
-- An administrator that is no superuser may give a database only to a role that it is a member of.
GRANT activate_audience TO CURRENT_USER;
SELECT 'CREATE DATABASE activate_audience OWNER activate_audience'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'activate_audience') \gexec
REVOKE CONNECT ON DATABASE activate_audience FROM PUBLIC;
SQL
