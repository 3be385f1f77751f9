"""The organizations and people with Microsoft accounts, each with something that trips up a client.

Outside their own organization, the addresses of these people mean nothing: an account is identified by its
directory (`tid`) and its number in it (`oid`), and all personal accounts share one directory.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Literal

from simulators.office import people
from simulators.zoom import people as colleagues

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"

# What an account's online meetings are made with. "none": the request is granted without a meeting.
Meetings = Literal["teamsForBusiness", "skypeForBusiness", "skypeForConsumer", "none"]


def _number(word: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(word.encode()).digest()[:16], version=4))


@dataclass(frozen=True)
class Tenant:
    """A directory. `people_may_allow`: whether its people may let an app use their calendars without asking;
    Microsoft's usual policy since the end of 2025 says no."""

    name: str
    domain: str
    id: str
    people_may_allow: bool = True

    @property
    def is_personal(self) -> bool:
        return self.id == PERSONAL_TENANT


def _organization(name: str, domain: str, *, people_may_allow: bool = True) -> Tenant:
    return Tenant(name, domain, _number(domain), people_may_allow)


NORTHLIGHT = _organization("Northlight", "northlight.example")
HARBORVIEW = _organization("Harborview", "harborview.example", people_may_allow=False)
STONEFIELD = _organization("Stonefield", "stonefield.example")
PERSONAL = Tenant("Personal accounts", "mail.example", PERSONAL_TENANT)
TENANTS = (NORTHLIGHT, HARBORVIEW, STONEFIELD, PERSONAL)


@dataclass(frozen=True)
class Account(people.Account):
    """A Microsoft account. What its fields deny stays denied, whatever the switches say."""

    tenant: Tenant = NORTHLIGHT
    meetings: Meetings = "teamsForBusiness"
    has_mailbox: bool = True
    is_admin: bool = False

    @property
    def oid(self) -> str:
        """The number of the account in its directory. Those of personal accounts begin with zeros."""
        number = _number(self.email)
        return f"00000000-0000-0000-{number[19:]}" if self.tenant.is_personal else number

    @property
    def graph_id(self) -> str:
        """The account's id in Graph: for personal accounts, only the digits of its number."""
        return self.oid.replace("-", "")[-16:] if self.tenant.is_personal else self.oid

    @property
    def sub(self) -> str:
        """Another id of the account, for this app alone."""
        return hashlib.sha256(f"pairwise {self.email}".encode()).hexdigest()[:43]

    @property
    def mail(self) -> str | None:
        """The account's address for mail. Not every account has one; personal accounts have none here."""
        return None if self.tenant.is_personal else self.email


ACCOUNTS = (
    *(Account(person.name, person.email, person.timezone) for person in colleagues.PEOPLE),
    Account(
        "Vera Costa",
        "vera.costa@northlight.example",
        "Europe/Lisbon",
        trait="has no Teams license",
        meetings="none",
    ),
    Account(
        "Ben Hollis",
        "ben.hollis@northlight.example",
        "America/Chicago",
        trait="has no mailbox in Microsoft 365",
        has_mailbox=False,
    ),
    Account(
        "Iris Tan",
        "iris.tan@northlight.example",
        "Europe/London",
        trait="administrator of Northlight",
        is_admin=True,
    ),
    Account(
        "Ada Brook",
        "ada.brook@harborview.example",
        "America/New_York",
        tenant=HARBORVIEW,
        trait="an administrator has to allow calendars",
    ),
    Account(
        "Owen Park",
        "owen.park@harborview.example",
        "America/New_York",
        tenant=HARBORVIEW,
        trait="administrator of Harborview",
        is_admin=True,
    ),
    Account(
        "Maya Lind",
        "maya.lind@stonefield.example",
        "Europe/Stockholm",
        tenant=STONEFIELD,
        trait="has Skype for Business instead of Teams",
        meetings="skypeForBusiness",
    ),
    Account(
        "Lena Vogel",
        "lena.vogel.private@mail.example",
        "Europe/Berlin",
        tenant=PERSONAL,
        trait="a personal account, under another address",
        meetings="none",
    ),
)

BY_EMAIL = {account.email: account for account in ACCOUNTS}


def tenant_of(name: str) -> Tenant | None:
    """The directory with that id or domain."""
    return next((tenant for tenant in TENANTS if name.lower() in (tenant.id, tenant.domain)), None)
