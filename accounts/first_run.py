"""The first run: an organization and its owner, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from extensions import db
from models import Organization, Role, User
from rows import rows_of
from security import hash_password


@dataclass(frozen=True)
class FirstRun:
    """What `/setup` and `flask setup` ask for. `timezone` (an IANA name) applies to both organization and
    owner."""

    organization_name: str
    timezone: str
    owner_name: str
    owner_email: str
    password: str
    connecting_is_open: bool = False


class AlreadySetUpError(Exception):
    """This installation already has its organization."""


class OrganizationFacts(NamedTuple):
    """What pages show of the organization, and the settings they depend on."""

    name: str
    timezone: str
    first_weekday: int
    connecting_is_open: bool
    installation_id: str
    stays_paused_as: str | None
    held_back_since: datetime | None
    resumed_at: datetime | None
    two_step_required_since: datetime | None
    invitation_intro: str
    invitation_closing: str


# As columns: every request reads them, and an entity takes three times as long.
FACTS = tuple(Organization.__table__.columns[name] for name in OrganizationFacts._fields)
_FACTS = sa.select(*FACTS).where(Organization.id == 1)


def organization_facts() -> OrganizationFacts | None:
    """What pages need of the organization, or None before the first run."""
    found = rows_of(_FACTS)
    return OrganizationFacts._make(found[0]) if found else None


def organization() -> Organization | None:
    """The one organization, or None before the first run."""
    return db.session.get(Organization, 1)


def set_up(command: FirstRun, *, installation_id: str, is_demo: bool = False) -> User:
    """Add the organization and its owner to the current transaction; raises `AlreadySetUpError`."""
    if organization() is not None or db.session.scalar(sa.select(sa.func.count(User.id))):
        raise AlreadySetUpError
    db.session.add(
        Organization(
            id=1,
            name=command.organization_name,
            timezone=command.timezone,
            installation_id=installation_id,
            connecting_is_open=command.connecting_is_open,
            is_demo=is_demo,
        )
    )
    owner = User(
        name=command.owner_name,
        email=command.owner_email.strip().lower(),
        password_hash=hash_password(command.password),
        role=Role.OWNER,
        timezone=command.timezone,
    )
    db.session.add(owner)
    db.session.flush()
    audit.record(Event.SET_UP, f"{owner.name} set up {command.organization_name}.", owner)
    return owner
