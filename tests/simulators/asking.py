"""What the clients of the simulated Google and of the simulated Microsoft both send and read."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import requests

VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PRIYA = "priya.raman@northlight.example"


def in_hours(hours: float) -> str:
    """This many hours from now, in RFC 3339 form and UTC."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def claims_of(id_token: str) -> dict[str, Any]:
    """What an id token says, unchecked."""
    payload = id_token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def message(**headers: str) -> EmailMessage:
    """An email from Priya to Dina, with other headers if given; an empty one is left out."""
    mail = EmailMessage()
    given = {
        "From": f"Priya Raman <{PRIYA}>",
        "To": "Dina Kaur <dina@mail.example>",
        "Subject": "Interview on Thursday",
        "Message-ID": "<one@northlight.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value:
            mail[name] = value
    mail.set_content("See you on Thursday – Priya\n")
    return mail


def text_of(address: str) -> str:
    """A page's words, on one line."""
    answer = requests.get(address, timeout=5)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
