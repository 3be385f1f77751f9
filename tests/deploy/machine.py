"""A machine for a newcomer who types what the documents say: a folder that serves as its root, with stand-ins
for what a test can't do to a machine (`stand_ins.py`), and everything else as it is.

The services are real servers, started by what the unit of systemd says.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.middleware.http_proxy import ProxyMiddleware

from tests.architecture.repository import ROOT as REPOSITORY
from tests.architecture.repository import files
from tests.deploy.stand_ins import PROGRAMS, lay_out
from tests.machines.processes import (
    RunningProcess,
    bare_environment,
    end_group,
    free_port,
    kill_group,
    start,
    tail,
    wait_until,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DOMAIN = "interviews.example.com"
# The folders of a machine that the documents, the unit, and the script name.
_PLACES = re.compile(
    r"(?<![\w./])(?=/(?:opt|var/lib|var/backups|usr/local/bin|etc)/(?:smoothhiring|systemd|caddy))"
)
# What a document leaves for its reader to fill in.
_TO_FILL_IN = re.compile(r"\b[A-Z]+(?:[-_][A-Z]+)+\b(?!=)")


class Origin:
    """The repository that everyone clones: the tracked files as they are here, and versions made of them."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            content = (REPOSITORY / name).read_bytes()
            if name.parts[0] == "deploy":
                content = placed(content.decode(), root).encode()
            (folder / name).write_bytes(content)
            (folder / name).chmod((REPOSITORY / name).stat().st_mode & 0o777)
        self._git("init", "--quiet", "--initial-branch=main")

    def release(self, version: str, added: Mapping[str, str] | None = None) -> None:
        """Make another version, which has these files as well."""
        for name, text in (added or {}).items():
            (self.folder / name).write_text(text)
        self._git("add", "--all")
        self._git(
            "-c",
            "commit.gpgsign=false",
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@localhost",
            "commit",
            "--quiet",
            "-m",
            version,
        )
        self._git("tag", version)

    def _git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.folder, check=True, timeout=60, capture_output=True)


def placed(text: str, root: Path) -> str:
    """The text with a machine's folders replaced by this machine's."""
    return _PLACES.sub(str(root), text)


@dataclass
class Machine:
    """`words` are what the newcomer types instead of the documents' placeholders, such as the address to
    clone from. `root` may lead to another folder later: then it's another machine."""

    root: Path
    folder: Path
    origin: Origin
    words: dict[str, str]
    port: int = field(default_factory=free_port)
    _service: RunningProcess | None = None

    def begin(self) -> None:
        """Become another machine, with nothing on it. The previous one stays as it is, without its
        service."""
        self.stop()
        number = len(list(self.folder.glob("machine-*")))
        own = self.folder / f"machine-{number}"
        lay_out(own, domain=DOMAIN, port=self.port)
        for name in (
            "etc/caddy",
            "etc/systemd/system",
            "usr/local/bin",
            "var/lib",
            "var/backups",
            "opt",
            "home",
        ):
            (own / name).mkdir(parents=True)
        for program in (own / PROGRAMS).iterdir():
            program.write_text(program.read_text().replace(str(own), str(self.root)))
        # As Caddy's package leaves it.
        (own / "etc/caddy/Caddyfile").write_text(":80 {\n\troot * /usr/share/caddy\n}\n")
        self.root.unlink(missing_ok=True)
        self.root.symlink_to(own)

    def types(
        self, line: str, *, answers: str = "", status: int = 0, into_nano: Mapping[str, str] | None = None
    ) -> str:
        """Type one command of the documents, and return what it said. `answers` is its standard input,
        `into_nano` what is written into the file that it opens. Raises AssertionError for another status."""
        if into_nano is not None:
            typed = "".join(f"{name}={value}\n" for name, value in into_nano.items())
            (self.root / "typed").write_text(placed(typed, self.root))
        command = placed(line, self.root)
        for word, meant in self.words.items():
            command = command.replace(word, meant)
        assert not _TO_FILL_IN.search(command), f"no one knows what to put in here: {line}"
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.root / "home",
            env=self.environment(),
            input=answers,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, f"{line}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert not (self.root / "typed").exists(), f"{line} opened no file"
        self._do_as_told()
        return done.stdout + done.stderr

    def environment(self) -> dict[str, str]:
        """What programs on this machine find in their environment."""
        paths = (self.root / PROGRAMS, self.root / "usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
        return bare_environment(
            {
                "PATH": ":".join(map(str, paths)),
                "HOME": str(self.root / "home"),
                "PYTHONPATH": str(self.root / "no-network"),
                "PIP_CONFIG_FILE": "/dev/null",
                "PIP_NO_INDEX": "1",
                # Another process may have the usual port.
                "PORT": str(self.port),
            }
        )

    def visitors_app(self) -> Flask:
        """An application for `Visitor` that sends requests to this machine's server, as its proxy does."""
        app = Flask("proxy")
        app.config["BASE_URL"] = f"https://{DOMAIN}"
        app.wsgi_app = _Proxy(self.port)  # type: ignore[method-assign]
        return app

    @property
    def log(self) -> Path:
        """What the service wrote, all starts together."""
        return self.folder / "service.log"

    def wait_for_answer(self, process: RunningProcess, log: Path) -> None:
        """Return once the server answers, paused or not. Raises AssertionError if it ended, with its log."""
        wait_until(
            lambda: process.poll() is not None or self._answers(), what="the server answers", timeout=180
        )
        assert process.poll() is None, tail(log)

    def stop(self) -> None:
        """Stop the service, as systemd would."""
        if self._service is not None:
            end_group(self._service, how=signal.SIGTERM, timeout=45)
            self._service = None

    def end(self) -> None:
        """Leave nothing running."""
        if self._service is not None:
            kill_group(self._service)

    def _do_as_told(self) -> None:
        """Do to the services what the last command asked for. As with systemd, no command waits for a
        server."""
        told = self.root / "told"
        if not told.exists():
            return
        orders = [order.split() for order in told.read_text().splitlines()]
        told.unlink()
        for order in orders:
            match order:
                case ["daemon-reload"] | ["enable", "smoothhiring" | "caddy"]:
                    pass
                case ["restart" | "reload-or-restart", "caddy"]:
                    self._let_caddy_read()
                case ["stop", "smoothhiring"]:
                    self.stop()
                case ["start" | "restart", "smoothhiring"]:
                    self.stop()
                    self._start()
                case _:
                    raise AssertionError(f"systemctl {shlex.join(order)}: this machine can't do that")

    def _start(self) -> None:
        said = (self.root / "etc/systemd/system/smoothhiring.service").read_text()
        unit = dict(re.findall(r"(?m)^(ExecStart|WorkingDirectory|Environment)=(.+)$", said))
        own = dict(word.partition("=")[::2] for word in shlex.split(unit["Environment"]))
        self._service = start(
            shlex.split(unit["ExecStart"]),
            log=self.log,
            settings={**self.environment(), **own},
            death_signal=signal.SIGQUIT,
            cwd=Path(unit["WorkingDirectory"]),
        )
        self.wait_for_answer(self._service, self.log)

    def _let_caddy_read(self) -> None:
        file = self.root / "etc/caddy/Caddyfile"
        assert f"\n{DOMAIN} {{\n" in file.read_text()
        self.types(f"caddy validate --adapter caddyfile --config {file}")

    def _answers(self) -> bool:
        with requests.Session() as http:
            http.trust_env = False
            try:
                answer = http.get(f"http://127.0.0.1:{self.port}/healthz?paused=ok", timeout=5)
                return answer.status_code == 200
            except requests.RequestException:
                return False


class _Proxy:
    """Sends every request on to a server on this port, with the headers that the proxies in `deploy/` add."""

    def __init__(self, port: int) -> None:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": DOMAIN, "X-Forwarded-For": "192.0.2.7"}
        target = {"target": f"http://127.0.0.1:{port}/", "host": None, "headers": headers}
        self._proxy = ProxyMiddleware(NotFound(), {"all": target}, timeout=30)
        [self._target] = self._proxy.targets.values()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._proxy.proxy_to(self._target, environ["PATH_INFO"], "/")(environ, start_response)
