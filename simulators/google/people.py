"""The people with accounts at the simulated Google: those of the simulated Zoom, and a few with surprises."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from simulators.office import people
from simulators.zoom import people as colleagues


@dataclass(frozen=True)
class Account(people.Account):
    """A Google account. What its flags deny stays denied, whatever the switches say."""

    has_meet: bool = True
    has_gmail: bool = True

    @property
    def sub(self) -> str:
        """Google's account number: 21 digits, the same for every app, kept when the address changes."""
        return f"1{int(hashlib.sha256(self.email.encode()).hexdigest(), 16) % 10**20:020d}"


ACCOUNTS = (
    *(Account(person.name, person.email, person.timezone) for person in colleagues.PEOPLE),
    Account(
        "Vera Costa",
        "vera.costa@northlight.example",
        "Europe/Lisbon",
        trait="can't make Google Meet links",
        has_meet=False,
    ),
    Account(
        "Ben Hollis",
        "ben.hollis@northlight.example",
        "America/Chicago",
        trait="has a calendar but no Gmail",
        has_gmail=False,
    ),
    Account(
        "Lena Vogel",
        "lena.vogel.private@mail.example",
        "Europe/Berlin",
        trait="a private account, under another address",
    ),
)

BY_EMAIL = {account.email: account for account in ACCOUNTS}
