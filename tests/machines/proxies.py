"""Real reverse proxies on loopback, with their configuration from `deploy/`."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.machines.processes import REPOSITORY, MachineError, kill_group, start, tail, wait_until

_DOMAIN = "interviews.example.com"


def program(name: str) -> str:
    """Return the path of a program, which has to be installed."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
    if found is None:
        raise MachineError(f"{name} is not installed; tools/test_programs.sh says which package it is in.")
    return found


def nginx_command(folder: Path, port: int, *server_ports: int) -> list[str]:
    """Write the site for these ports (for two servers if there are two), and return the command that runs
    nginx with it."""
    site = _site("nginx{}.conf", server_ports)
    site = re.sub(r"(?m)^ *listen \[::\].*\n", "", site).replace("listen 80", f"listen 127.0.0.1:{port}")
    site = site.replace(_DOMAIN, "localhost")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{site}}}\n"
    )
    return [program("nginx"), "-c", str(config), "-p", str(folder), "-e", "stderr"]


def caddy_command(folder: Path, port: int, *server_ports: int) -> list[str]:
    """Write the Caddyfile for these ports (for two servers if there are two), and return the command that
    runs Caddy with it."""
    site = _site("Caddyfile{}", server_ports)
    return _caddy(folder, re.sub(rf"(?m)^{re.escape(_DOMAIN)} ", f"http://localhost:{port} ", site))


def container_command(folder: Path, port: int, server_port: int) -> list[str]:
    """The same with the containers' site, which takes its domain from the environment."""
    site = (REPOSITORY / "deploy/Caddyfile-in-containers").read_text()
    for placeholder, here in (
        ("{$DOMAIN}", f"http://localhost:{port}"),
        ("server:8000", f"127.0.0.1:{server_port}"),
    ):
        assert placeholder in site
        site = site.replace(placeholder, here)
    return _caddy(folder, site)


def _caddy(folder: Path, site: str) -> list[str]:
    config = folder / "Caddyfile"
    # Only one can have the admin port.
    config.write_text("{\n\tadmin off\n}\n" + site)
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]


def _site(name: str, server_ports: Sequence[int]) -> str:
    """The file in `deploy/` for this many servers, with their addresses filled in."""
    one = len(server_ports) == 1
    site = (REPOSITORY / "deploy" / name.format("" if one else "-two-servers")).read_text()
    placeholders = ("127.0.0.1:8000",) if one else ("10.0.0.11:8000", "10.0.0.12:8000")
    for placeholder, server_port in zip(placeholders, server_ports, strict=True):
        assert placeholder in site
        site = site.replace(placeholder, f"127.0.0.1:{server_port}")
    return site


@contextmanager
def running_proxy(command: list[str], folder: Path, port: int) -> Iterator[str]:
    """Run a proxy as long as the block lasts, and yield its address once it answers."""
    log = folder / "proxy.log"
    process = start(command, log=log, settings={"HOME": str(folder), "XDG_DATA_HOME": str(folder)})
    address = f"http://localhost:{port}"
    try:
        wait_until(
            lambda: process.poll() is not None or _answers(address), what=f"{command[0]} answers", timeout=30
        )
        if process.poll() is not None:
            raise MachineError(f"{command[0]} ended while it started:\n{tail(log)}")
        yield address
    finally:
        kill_group(process)


def checked(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command until it ends, and return its output."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _answers(address: str) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(f"{address}/healthz", timeout=2, allow_redirects=False).status_code < 502
        except requests.RequestException:
            return False
