#!/bin/sh
# Writes constraints.txt: every package of .venv with its exact version, indirect ones included.
set -eu
cd "$(dirname "$0")/.."
{
    echo "# The whole installation, direct and indirect, as it was tested. Made by"
    echo "# \`make lock\` after a change to requirements.txt or requirements-dev.txt."
    .venv/bin/python -m pip freeze --exclude pip --exclude setuptools
} > constraints.new
mv constraints.new constraints.txt
