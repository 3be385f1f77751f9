#!/bin/sh
# Installs SmoothHiring from this folder as a service of systemd behind Caddy, on Debian or Ubuntu. Run it as root:
#
#   sh deploy/install.sh interviews.example.com
#
# May be run again, as after an upgrade: it keeps .env, the data, and a Caddyfile that you have changed. With --no-start after
# the domain, it starts nothing, so that a backup can be restored first: the first start makes keys, which a restore refuses
# to replace.
set -eu

domain=${1:-}
option=${2:-}
folder=$(cd "$(dirname "$0")/.." && pwd)
usable=yes
case "$domain" in "" | -*) usable=no ;; esac
case "$option" in "" | --no-start) ;; *) usable=no ;; esac
if [ "$(id -u)" != 0 ] || [ "$usable" = no ]; then
    echo "Run it as root, with the domain that leads to this machine: sudo sh deploy/install.sh interviews.example.com" >&2
    echo "Add --no-start after the domain to restore a backup before the first start." >&2
    exit 2
fi
if [ "$folder" != /opt/smoothhiring ]; then
    echo "Put the program into /opt/smoothhiring first (it is in $folder): the service looks for it there." >&2
    exit 2
fi
cd "$folder"

id smoothhiring >/dev/null 2>&1 ||
    useradd --system --home-dir /var/lib/smoothhiring --no-create-home --shell /usr/sbin/nologin smoothhiring

# systemd would make it at the first start; a restore comes before that.
install -d -o smoothhiring -g smoothhiring -m 700 /var/lib/smoothhiring
# For BACKUP_FOLDER. One that is there already, such as a mounted disk, stays as it is.
[ -d /var/backups/smoothhiring ] ||
    install -d -o smoothhiring -g smoothhiring -m 700 /var/backups/smoothhiring

sh tools/bootstrap.sh requirements.txt
# The service cannot write here, so what Python would compile at each start is compiled once. pip has done so in .venv, and the
# others never run here.
.venv/bin/python -m compileall -q -j 0 -x '^\./(\.venv|bench|demo|simulators|tests)/' . >/dev/null || true

if [ ! -e .env ]; then
    umask 027
    sed "s/interviews\.example\.com/$domain/g" deploy/env.example > .env
fi
chgrp smoothhiring .env
chmod 640 .env

# The commands, as the server's user: `smoothhiring doctor`, `smoothhiring setup-code`.
cat > /usr/local/bin/smoothhiring <<'WRAPPER'
#!/bin/sh
cd /opt/smoothhiring || exit 1
exec runuser -u smoothhiring -- env INSTANCE_PATH=/var/lib/smoothhiring PYTHONDONTWRITEBYTECODE=1 \
    /opt/smoothhiring/.venv/bin/flask --app app "$@"
WRAPPER
chmod 755 /usr/local/bin/smoothhiring

install -m 644 deploy/smoothhiring.service /etc/systemd/system/smoothhiring.service
systemctl daemon-reload
if [ "$option" = --no-start ]; then
    echo
    echo "Nothing was started. Fill in /opt/smoothhiring/.env, and then:"
    echo "  smoothhiring restore /var/backups/smoothhiring/FILE"
    echo "  sh deploy/install.sh $domain"
    echo "For a second server beside another one, go on in docs/scaling.md instead; it is started, now and at each boot, by:"
    echo "  systemctl enable --now smoothhiring"
    exit 0
fi
systemctl enable smoothhiring
systemctl restart smoothhiring

if ! command -v caddy >/dev/null 2>&1; then
    echo "Caddy is not installed; put another proxy in front, for example with deploy/nginx.conf."
elif grep -q "^$domain {" /etc/caddy/Caddyfile 2>/dev/null; then
    echo "The Caddyfile already has $domain, and stays as it is."
    systemctl reload-or-restart caddy
elif grep -vq '^[[:space:]]*\(#\|$\)' /etc/caddy/Caddyfile 2>/dev/null &&
    ! grep -q '^:80 {' /etc/caddy/Caddyfile; then
    echo "You have a Caddyfile of your own: add what is in deploy/Caddyfile to it."
else
    sed "s/interviews\.example\.com/$domain/g" deploy/Caddyfile > /etc/caddy/Caddyfile
    systemctl enable caddy
    systemctl restart caddy
fi

echo
echo "Now put your mail server, and your apps at the providers, into /opt/smoothhiring/.env, and then:"
echo "  systemctl restart smoothhiring && smoothhiring doctor"
echo "  smoothhiring setup-code, and enter the code at https://$domain/setup"
