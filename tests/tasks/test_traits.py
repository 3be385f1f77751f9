"""How providers treat their grants decides who keeps an account, and which revocations are held back."""

import pytest
import sqlalchemy as sa
from flask import Flask

from connections.revocation import is_superseded, would_end_another
from extensions import db
from models import Connection, ConnectionState
from tests.factories import ZOOM, create_connection, create_team
from tests.machines.rows import in_rows

ACCOUNT = "account-1"


def test_one_living_grant_per_account_where_the_newest_ends_the_others(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        create_connection(team.ada.id, account_id=ACCOUNT, is_exclusive=True)
        with pytest.raises(sa.exc.IntegrityError):
            create_connection(team.ben.id, account_id=ACCOUNT, is_exclusive=True)
        db.session.rollback()
        create_connection(team.ben.id, account_id=ACCOUNT, is_exclusive=True, state=ConnectionState.ENDED)


def test_colleagues_share_an_account_elsewhere(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        for member in (team.ada, team.ben):
            create_connection(member.id, app="gmail", account_id=ACCOUNT)
        assert db.session.scalar(sa.select(sa.func.count(Connection.id))) == 2
        assert not is_superseded("gmail", ACCOUNT, team.ada.id)


@pytest.mark.parametrize(
    ("ended", "living", "is_held_back"),
    [
        (ZOOM, ZOOM, True),
        # Revoking one ends everything that the account has granted, through any app.
        ("gmail", "gmail", True),
        ("gmail", "google-calendar", True),
        ("google-calendar", "gmail", True),
        ("outlook-mail", "outlook-mail", False),
        ("outlook-mail", "outlook-calendar", False),
        ("gmail", "outlook-mail", False),
        (ZOOM, "gmail", False),
    ],
)
def test_revocation_is_held_back_where_it_would_end_another_grant(
    sqlite_app: Flask, ended: str, living: str, is_held_back: bool
) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        create_connection(team.ben.id, app=living, account_id=ACCOUNT)
        assert would_end_another(ended, ACCOUNT, team.ada.id) is is_held_back
        assert not would_end_another(ended, "account-2", team.ada.id)
        # An account that is not known may be any that its own user has connected.
        assert would_end_another(ended, "", team.ben.id) is is_held_back
        assert not would_end_another(ended, "", team.ada.id)
