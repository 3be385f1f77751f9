#!/bin/sh
# Upgrades an empty database through every migration, then lets Alembic compare it with the models.
# Fails if they differ or if there is more than one head.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export DATABASE_URL="sqlite:///$scratch/check.sqlite3" INSTANCE_PATH="$scratch" SCHEDULER_ENABLED=false
.venv/bin/flask --app app db upgrade
.venv/bin/flask --app app db check
