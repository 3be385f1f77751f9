#!/bin/sh
# Makes sure of the programs that the tests start: Chromium and the PostgreSQL server. Needs .venv.
set -eu
cd "$(dirname "$0")/.."
. tools/debian.sh

have_browser() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1
}

have_postgresql() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

if ! have_browser; then
    debian_install chromium "to run the browser tests"
fi

# Playwright drives the browser with a Node.js of its own, which needs one library that a bare Debian lacks.
if ! .venv/bin/python -m playwright --version >/dev/null 2>&1; then
    debian_install libatomic1 "to drive the browser"
fi

if ! have_postgresql; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ ! -d /etc/postgresql ]; then
        # Debian's package would make and start a cluster of its own. The tests make their own, so tell
        # postgresql-common beforehand, on machines that have no cluster yet, to leave that out.
        debian_install postgresql-common "to prepare the PostgreSQL server"
        sed -i 's/^#*\(create_main_cluster\).*/\1 = false/' /etc/postgresql-common/createcluster.conf
    fi
    debian_install postgresql "to run the tests on PostgreSQL"
fi
