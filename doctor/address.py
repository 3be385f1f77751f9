"""BASE_URL as seen from outside: its certificate, whether it leads here, and what the proxies in between
say."""

from __future__ import annotations

import http.client
import json
from typing import Any

from flask import current_app

from doctor import certificate
from doctor.questions import Answer, ask
from doctor.results import Level, Result, broken, look, ok
from instance_folder import fingerprint
from messaging.findings import unsuitable_address
from services import services

_NAME = "Public address"
_LINKS = "Links in emails lead there, and providers send people back there."


def check(seconds: float) -> list[Result]:
    """The response from BASE_URL, how secure the connection is, and whether the number of proxies is
    right."""
    base_url: str = current_app.config["BASE_URL"]
    found = []
    unsuitable = unsuitable_address(base_url) if services().demo is None else None
    if unsuitable is not None:
        what, _, rest = unsuitable.words.partition(": ")
        cure = rest.rpartition(". ")[2]
        words = f"{cure[:1].upper()}{cure[1:]}"
        found.append(look(_NAME, f"{what}.", "Candidates can't use it, or not safely.", words))
    try:
        shown = certificate.check(base_url, seconds)
        if shown is not None:
            found.append(shown)
            if shown.level is Level.BROKEN:
                return found
        answer = ask("GET", f"{base_url}/healthz", seconds)
    except (OSError, http.client.HTTPException) as error:
        return [
            *found,
            look(
                _NAME,
                f"{base_url} can't be reached from this machine ({type(error).__name__}).",
                f"{_LINKS} Some networks only keep a machine from reaching its own public address.",
                f"Open {base_url}/healthz from elsewhere. If that fails too, start the proxy, and check the "
                "domain's address and the firewall.",
            ),
        ]
    return [*found, *_what_came_back(base_url, answer)]


def _what_came_back(base_url: str, answer: Answer) -> list[Result]:
    if answer.location:
        return [
            broken(
                _NAME,
                f"{base_url} sends people on to {answer.location[:200]}.",
                _LINKS,
                "Set BASE_URL to the address that people end up at.",
            )
        ]
    said = _read(answer.body)
    if said.get("installation") != fingerprint(current_app.config["INSTALLATION_ID"]):
        return [
            broken(
                _NAME,
                f"Something else than this server answers at {base_url} (status {answer.status}).",
                _LINKS,
                "Point the domain or the proxy to this server, or correct BASE_URL.",
            )
        ]
    return [ok(_NAME, f"{base_url} leads to this server."), *_proxies(base_url, said)]


def _proxies(base_url: str, said: dict[str, Any]) -> list[Result]:
    """`said`: what the server saw of the request that went through the proxies."""
    name, trusted, there = "Proxies", current_app.config["TRUSTED_PROXIES"], said.get("forwarded_by")
    if not isinstance(there, int):
        return []
    if there < trusted:
        return [
            broken(
                name,
                f"TRUSTED_PROXIES is {trusted}, and X-Forwarded-For names {there}.",
                "People could claim any network address, and so try passwords without being slowed down.",
                f"Set TRUSTED_PROXIES to {there}, or let each proxy add the client's address.",
            )
        ]
    if there > trusted:
        return [
            look(
                name,
                f"TRUSTED_PROXIES is {trusted}, and X-Forwarded-For names {there}.",
                "Everyone seems to have the proxy's address, so one person's wrong passwords slow everyone "
                "down.",
                f"Set TRUSTED_PROXIES to {there} and restart.",
            )
        ]
    if said.get("seen_as") != base_url:
        return [
            broken(
                name,
                f"This server sees its own address as {str(said.get('seen_as'))[:200]}.",
                "People are redirected in circles, or signing in fails.",
                "Let the proxy pass on X-Forwarded-Proto and X-Forwarded-Host, as in deploy/.",
            )
        ]
    return [ok(name, f"{there} in front, as TRUSTED_PROXIES says." if there else "None is in front.")]


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
