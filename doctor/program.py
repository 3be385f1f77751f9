"""The program itself: whether what runs is what is installed, and what the changelog knows of newer releases.

Nothing is asked outside. A newer release is known once its files are here or a server of it was started, or
when the newest one that is known is old enough for there to be another.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from config import ROOT
from doctor.results import Result, look, ok
from product_version import product_version
from timezones import utc_now
from wording import listed
from work.heartbeat import version_started_last

_RELEASE = re.compile(r"^## \[?(\d+\.\d+\.\d+)\]?(?: [-–—] | \()(\d{4}-\d\d-\d\d)", re.MULTILINE)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+)", re.MULTILINE)
_OLD_DAYS = 365


def _on_disk() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# As it was when this process began.
_RUNNING = _on_disk()


def check(_seconds: float) -> list[Result]:
    """The version, its age, and the packages that it runs on."""
    return [_version(), _packages()]


def _version() -> Result:
    name, python = "Version", f"Python {sys.version_info.major}.{sys.version_info.minor}"
    if _on_disk() != _RUNNING:
        return look(
            name,
            "The files of this installation have changed since the server started.",
            "Half of an upgrade may be in use.",
            "Restart the server.",
        )
    started = version_started_last()
    if started is not None and started != product_version():
        return look(
            name,
            f"This is {product_version()}, and the server that was started last is {started}.",
            "Half of an upgrade may be in use.",
            "Restart the server, so that it runs what is installed.",
        )
    released = _RELEASE.search(_RUNNING)
    if released is None:
        return ok(name, f"{product_version()}, before its release, on {python}.")
    age = (utc_now().date() - date.fromisoformat(released[2])).days
    if age > _OLD_DAYS:
        return look(
            name,
            f"{released[1]} of {released[2]} is the newest release that is known here.",
            "Newer ones fix faults, and bring the time zones and packages of today.",
            "Look for a newer release, and upgrade as docs/upgrading.md says.",
        )
    return ok(name, f"{released[1]} of {released[2]}, on {python}.")


def _packages() -> Result:
    pinned = dict(_PIN.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    others = sorted(package for package, wanted in pinned.items() if _installed(package) != wanted)
    if others:
        return look(
            "Packages",
            f"{listed(others[:5])} {'is' if len(others) == 1 else 'are'} installed in another version than "
            "this one was tested with.",
            "What was tested together may not work together.",
            "Stop the server and start it with `make run`, or install requirements.lock again.",
        )
    return ok("Packages", "All packages are those that this version was tested with.")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
