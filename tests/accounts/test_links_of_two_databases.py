"""Mailed links where the same row numbers exist twice: after a restored backup, or with a new database and
the old keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts.invitations import NewMember, invite
from extensions import db
from models import Interview, Invitation, PasswordReset, Role, User
from services import services
from tests.factories import create_team, schedule
from tests.machines.application import build_app, close_app, copy_sqlite, settings_for
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from timezones import utc_now


@dataclass(frozen=True)
class Links:
    """The paths of one database's links, and the numbers of the rows they lead to."""

    paths: dict[str, str]
    numbers: tuple[int, int, int]


@pytest.fixture
def two_apps(_sqlite_template: Path, instance_path: Path, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two apps with the same keys, each on an empty database of its own."""
    urls = [copy_sqlite(_sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("before", "after")]
    first, second = (build_app(settings_for(url, instance_path)) for url in urls)
    yield first, second
    close_app(first)
    close_app(second)


def filled(app: Flask) -> Links:
    """Give an empty database one row of each kind that links lead to."""
    with in_rows(app):
        team = create_team()
        ada = db.session.get_one(User, team.ada.id)
        now = utc_now()
        command = NewMember("Sofia Ortega", "sofia@northlight.example", Role.OBSERVER, "Europe/Madrid")
        invitation = invite(ada, command, "northlight.example")
        reset = PasswordReset(user=ada, created_at=now, expires_at=now + timedelta(hours=1))
        db.session.add(reset)
        db.session.commit()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        links = services(app).account_links
        addresses = {
            "invitation": links.invitation(invitation),
            "reset": links.reset(reset),
            "join": services(app).join_links.join_page(interview, "candidate"),
        }
        return Links(
            {kind: urlsplit(address).path for kind, address in addresses.items()},
            (invitation.id, reset.id, interview.id),
        )


def test_link_opens_only_the_row_it_was_made_for(two_apps: tuple[Flask, Flask]) -> None:
    first, second = two_apps
    old, new = filled(first), filled(second)
    assert old.numbers == new.numbers
    for kind, path in old.paths.items():
        assert path != new.paths[kind]
        Visitor(first).get(path)
        Visitor(second).get(new.paths[kind])
        Visitor(second).get(path, status=404)
        Visitor(first).get(new.paths[kind], status=404)


def test_old_reset_sets_no_password_and_old_invitation_gives_no_place(two_apps: tuple[Flask, Flask]) -> None:
    first, second = two_apps
    old = filled(first)
    filled(second)
    stranger = Visitor(second)
    stranger.post(old.paths["reset"], {"password": "a long new password"}, status=404)
    answers = {"name": "Ivan", "password": "a long new password", "timezone": "Europe/Zurich"}
    stranger.post(old.paths["invitation"], answers, status=404)
    assert not stranger.is_signed_in


def test_every_row_that_links_lead_to_has_a_nonce_of_its_own(two_apps: tuple[Flask, Flask]) -> None:
    nonces: list[str] = []
    for app in two_apps:
        filled(app)
        with in_rows(app):
            for kind in (Invitation, PasswordReset, Interview):
                nonces += db.session.scalars(sa.select(kind.link_nonce)).all()
    assert len(nonces) == len(set(nonces)) == 6
    assert {len(nonce) for nonce in nonces} == {32}
