#!/bin/sh
# Makes .venv hold the packages of one requirements file, exactly as its lock file says: pip checks every file
# that it downloads against the hashes there, and installs nothing that is not listed.
#
#   sh tools/bootstrap.sh requirements.txt|requirements-dev.txt
#
# PYTHON names the interpreter for a new .venv (default: python3). A stamp inside .venv remembers the
# checksum of what was installed, so that every later call returns at once.
set -eu
cd "$(dirname "$0")/.."
. tools/debian.sh

requirements=$1
python=${PYTHON:-python3}
stamp=".venv/installed-$requirements"
lock=${requirements%.txt}.lock
wanted=$(cat requirements.txt requirements-dev.txt requirements.lock requirements-dev.lock | cksum)

installed() {
    [ -x .venv/bin/python ] && [ -f "$1" ] && [ "$(cat "$1")" = "$wanted" ]
}

# The packages for development include those for running.
if installed "$stamp" || installed .venv/installed-requirements-dev.txt; then
    exit 0
fi

# A .venv that was moved, or whose Python is gone, is created again.
if [ -e .venv ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "The virtual environment .venv no longer works; making a new one."
    rm -rf .venv
fi

if [ ! -e .venv ]; then
    if ! command -v "$python" >/dev/null 2>&1; then
        echo "SmoothHiring needs Python 3.11 or newer, and there is no '$python': install it, or say make PYTHON=/path/to/python3." >&2
        exit 1
    fi
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "SmoothHiring needs Python 3.11 or newer, and '$python' is $version: say make PYTHON=/path/to/a/newer/python3." >&2
        exit 1
    fi
    # Debian keeps the parts that make virtual environments in a package of their own.
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        debian_install "python$version-venv" "to make a virtual environment"
    fi
    echo "Making the virtual environment .venv with Python $version."
    "$python" -m venv .venv
fi

echo "Installing the packages of $requirements into .venv; this takes less than a minute."
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement "$lock"
printf '%s\n' "$wanted" > "$stamp"
