"""A simulated issuer of OpenID Connect: its people, and the codes it has given out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

from flask import current_app

from simulators.issuer.faults import SWITCHES
from simulators.office.people import Account
from simulators.service import Service
from simulators.zoom import people as colleagues

SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, account TEXT NOT NULL, base TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL, nonce TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
"""

ACCOUNTS = (
    *(Account(person.name, person.email, person.timezone) for person in colleagues.PEOPLE),
    Account("Ada Berg", "ada@northlight.example", "Europe/Zurich"),
    Account("Ben Frei", "Ben@Northlight.example", "Europe/Zurich", trait="writes it with capital letters"),
    Account("Nobody Here", "nobody@elsewhere.example", "Europe/London", trait="not on the team"),
)
BY_EMAIL = {account.email: account for account in ACCOUNTS}


class Issuer(Service):
    """One simulated issuer. Its name is its public address, which the product's server has to reach too."""

    def __init__(
        self, *, data: Path | None, url: str, public_url: str, client_id: str, client_secret: str
    ) -> None:
        super().__init__(
            "issuer",
            data=data,
            url=url,
            public_url=public_url,
            client_id=client_id,
            client_secret=client_secret,
            schema=SCHEMA,
            tables=("codes",),
            switches=SWITCHES,
        )

    def subject_of(self, account: Account) -> str:
        """The subject of a person, which no one else is ever given."""
        words = f"{account.email}|{self.board['other_subject']}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]


def issuer() -> Issuer:
    """The issuer that the current request was sent to."""
    return cast(Issuer, current_app.extensions["issuer"])
