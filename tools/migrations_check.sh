#!/bin/sh
# Upgrades an empty database through every migration, then lets Alembic compare it with the models.
# Fails if they differ or if there is more than one head.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export DATABASE_URL="sqlite:///$scratch/check.sqlite3" INSTANCE_PATH="$scratch" SCHEDULER_ENABLED=false
# The application knows `flask db` only where Flask-Migrate is loaded before it: a server never needs it.
flask() {
    .venv/bin/python -c "import flask_migrate, flask.cli; flask.cli.main()" --app app "$@"
}
flask db upgrade
flask db check
