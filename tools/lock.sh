#!/bin/sh
# Writes requirements.lock and requirements-dev.lock: every package, indirect ones included, with its exact
# version and the hashes of its files for every platform and every Python from 3.11 on.
#
# Versions that are locked already stay; `sh tools/lock.sh --upgrade-package NAME` moves one. Packages are looked
# up where pip looks them up.
set -eu
cd "$(dirname "$0")/.."

# uv does not read pip's configuration.
index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
index=${PIP_INDEX_URL:-$index}
if [ -n "$index" ]; then
    export UV_DEFAULT_INDEX="$index"
fi

locked() {
    input=$1 output=$2
    shift 2
    # Written beside the file and moved, so that an interrupted run leaves the old one. uv keeps the versions
    # that it finds in the file it writes.
    cp "$output" "$output.new" 2>/dev/null || : > "$output.new"
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --output-file "$output.new" "$@" "$input" >/dev/null
    {
        echo "# The whole installation of $input as it was tested. Made by \`make lock\`; do not edit."
        cat "$output.new"
    } > "$output"
    rm "$output.new"
}

# The packages for development include those for running, in the same versions.
locked requirements-dev.txt requirements-dev.lock "$@"
locked requirements.txt requirements.lock --constraint requirements-dev.lock "$@"
