#!/bin/sh
# Brings Temporal's two databases to the schema of this admin-tools image. Safe to run again: what exists stays, what
# is new is added, so it also upgrades (one minor version at a time, before the server).
# Reads SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD, as temporal-sql-tool does.
set -eu

: "${SQL_PLUGIN:?is the kind of database, as postgres12}"
: "${SQL_HOST:?is the address of the database server}"
: "${SQL_USER:?is the role that owns the databases of Temporal}"
: "${SQL_PASSWORD:?is the password of that role}"

bring_to_schema() {
  database=$1
  schema=$2
  echo "database $database: schema $schema"
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema --schema-name "$schema"
}

bring_to_schema temporal postgresql/v12/temporal
bring_to_schema temporal_visibility postgresql/v12/visibility
echo 'The databases of Temporal are ready.'
