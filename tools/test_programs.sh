#!/bin/sh
# Makes sure of the programs that the tests start: Chromium, the PostgreSQL server, the proxies, and the one that rates
# the systemd unit. Needs .venv.
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

# The same browser without the frame around its pages takes a third less time for a test. It is tried once,
# where that asks no one, and the tests do without it where it cannot be had.
asked=.venv/.asked-for-headless-shell
if ! command -v chromium-headless-shell >/dev/null 2>&1 && [ "$(id -u)" = 0 ] &&
    command -v apt-get >/dev/null 2>&1 && [ ! -e $asked ]; then
    touch $asked
    timeout 180 sh -c '. tools/debian.sh; debian_install chromium-headless-shell "to run the browser tests quicker"' ||
        echo "The browser tests run without it, and take a little longer."
fi

# Playwright drives the browser with a Node.js of its own, which needs one library that a bare Debian lacks.
if ! .venv/bin/python -m playwright --version >/dev/null 2>&1; then
    debian_install libatomic1 "to drive the browser"
fi

if ! have_postgresql; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ ! -d /etc/postgresql ]; then
        # Debian's package would make and start a cluster of its own. The tests make their own, so tell
        # postgresql-common in advance, on machines that have no cluster yet, to leave that out.
        debian_install postgresql-common "to prepare the PostgreSQL server"
        sed -i 's/^#*\(create_main_cluster\).*/\1 = false/' /etc/postgresql-common/createcluster.conf
    fi
    debian_install postgresql "to run the tests on PostgreSQL"
fi

# The server is tested behind these. Debian's packages would start them, on ports that may be taken.
for proxy in nginx caddy; do
    if ! command -v $proxy >/dev/null 2>&1 && [ ! -x /usr/sbin/$proxy ]; then
        RUNLEVEL=1 debian_install $proxy "to run the server behind it in tests"
    fi
done

# It needs no systemd that runs.
if ! command -v systemd-analyze >/dev/null 2>&1; then
    debian_install systemd "to rate the service's unit"
fi
