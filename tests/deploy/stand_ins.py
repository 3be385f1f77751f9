"""What a test can't do to the machine that it runs on, done in a folder instead: small programs with the
names of those that the documents and `deploy/install.sh` call. Whatever is not here is the real program.

`ROOT` in their texts is the folder that serves as the machine's root, `PYTHON` an interpreter.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.architecture.repository import ROOT as REPOSITORY

# Where the machine's programs look before they look for the real ones.
PROGRAMS = "stand-ins"

_TEXTS = {
    # The user who runs the test is everyone on this machine.
    "sudo": 'exec "$@"',
    "runuser": 'shift 3\nexec "$@"',
    "id": 'case "$1" in -u) echo 0 ;; *) test -e "ROOT/users/$1" ;; esac',
    "useradd": 'for last in "$@"; do :; done\nmkdir -p ROOT/users\ntouch "ROOT/users/$last"',
    "chgrp": 'test -e "ROOT/users/$1" && test -e "$2"',
    "install": """
for word in "$@"; do
    shift
    case "$word" in
        -o | -g) is_owner=yes ;;
        *)
            if [ "${is_owner:-}" = yes ]; then
                test -e "ROOT/users/$word" || exit 1
                is_owner=no
            else
                set -- "$@" "$word"
            fi
            ;;
    esac
done
exec REAL "$@"
""",
    # What is not installed can't be used.
    "apt": """
case "$1 $2" in
    "update ") touch ROOT/lists ;;
    "install --yes")
        test -e ROOT/lists || exit 100
        shift 2
        for name in "$@"; do touch "ROOT/installed-$name"; done
        ;;
    *) exit 100 ;;
esac
""",
    # What else could be installed.
    "apt-get": "exit 100",
    "git": 'test -e ROOT/installed-git || exit 127\nexec REAL "$@"',
    "caddy": 'test -e ROOT/installed-caddy || exit 127\nexec REAL "$@"',
    # Packages are the one thing that isn't installed again: each virtual environment is the one of the tests.
    # Whether it has what the lock file names is pip's to find out.
    "python3": """
if [ "${1:-} ${2:-}" = "-m venv" ]; then
    test -e ROOT/installed-python3-venv || exit 1
    mkdir "$3"
    for part in bin lib pyvenv.cfg; do ln -s "VENV/$part" "$3/$part"; done
    exit 0
fi
exec PYTHON "$@"
""",
    # Types what the person wants, as the test has decided: one setting a line.
    "nano": """
test -e ROOT/typed || exit 1
while IFS= read -r line; do
    sed -i "/^${line%%=*}=/d" "$1"
    printf '%s\\n' "$line" >> "$1"
done < ROOT/typed
rm ROOT/typed
""",
    # What services are told to do, in order; the test then does it.
    "systemctl": 'printf "%s\\n" "$*" >> ROOT/told',
    # The domain resolves to this machine, whose proxy has the certificate.
    "curl": """
for word in "$@"; do
    shift
    set -- "$@" "$(printf %s "$word" | sed 's#^https://DOMAIN/#http://127.0.0.1:PORT/#')"
done
exec REAL --silent --show-error --fail --noproxy '*' --header 'X-Forwarded-Proto: https' \\
    --header 'X-Forwarded-Host: DOMAIN' --header 'X-Forwarded-For: 192.0.2.7' "$@"
""",
}

# Every Python on the machine starts with this: it has no network but its own.
_NO_NETWORK = f"""
import errno
import importlib.util
import socket

spec = importlib.util.spec_from_file_location("_network", {str(REPOSITORY / "tests/machines/network.py")!r})
network = importlib.util.module_from_spec(spec)
spec.loader.exec_module(network)


def guarded(method, refusal):
    def call(*arguments, **options):
        place = arguments[-1] if method is not socket.getaddrinfo else (arguments[0],)
        if isinstance(place, tuple) and not network.is_loopback(str(place[0] or "")):
            raise refusal
        return method(*arguments, **options)

    return call


unreachable = OSError(errno.ENETUNREACH, "Network is unreachable")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, guarded(getattr(socket.socket, name), unreachable))
unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
socket.getaddrinfo = guarded(socket.getaddrinfo, unknown)
"""


def lay_out(root: Path, *, domain: str, port: int) -> None:
    """Put the stand-ins into a folder that serves as a machine's root. Requests to the domain reach the
    port."""
    folder = root / PROGRAMS
    folder.mkdir(parents=True)
    virtual_environment = Path(sys.prefix).resolve()
    for name, text in _TEXTS.items():
        words = {
            "ROOT": str(root),
            "PYTHON": str(Path(sys._base_executable)),  # type: ignore[attr-defined]
            "REAL": shutil.which(name, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin") or "/bin/false",
            "VENV": str(virtual_environment),
            "DOMAIN": domain,
            "PORT": str(port),
        }
        for word, meant in words.items():
            text = text.replace(word, meant)
        (folder / name).write_text(f"#!/bin/sh\n{text.strip()}\n")
        (folder / name).chmod(0o755)
    (root / "no-network").mkdir()
    (root / "no-network" / "sitecustomize.py").write_text(_NO_NETWORK)
