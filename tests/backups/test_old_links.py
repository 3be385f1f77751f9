"""Links that were mailed before a restore never open rows of other people afterwards."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from accounts.invitations import NewMember, invite
from extensions import db
from models import CalendarFeed, Interview, PasswordReset, Role, User
from services import services
from tests.backups.places import MakePlace, back_up
from tests.factories import Team, create_candidate, create_team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from timezones import utc_now

SIGNED = ("join", "candidate", "repair", "invitation", "reset", "feed")


def new_rows(app: Flask, team: Team, name: str) -> tuple[dict[str, str], dict[str, int]]:
    """A row of each kind that links lead to: the links' paths, and the numbers of all rows by their
    tables."""
    first = name.split()[0].lower()
    with in_rows(app):
        dina = create_candidate(name, f"{first}@mail.example", team.job_id)
        interview = db.session.get_one(Interview, schedule(team.ada, dina))
        ada, now = db.session.get_one(User, team.ada.id), utc_now()
        command = NewMember(name, f"{first}@northlight.example", Role.OBSERVER, "Europe/Madrid")
        invitation = invite(ada, command, "northlight.example")
        reset = PasswordReset(user=ada, created_at=now, expires_at=now + timedelta(days=30))
        feed = CalendarFeed(user=invitation.user)
        db.session.add_all([reset, feed])
        db.session.commit()
        account, join = services(app).account_links, services(app).join_links
        addresses = {
            "join": join.join_page(interview, "candidate"),
            "candidate": services(app).candidate_links.page(interview),
            "repair": account.repair_page(interview),
            "invitation": account.invitation(invitation),
            "reset": account.reset(reset),
            "feed": account.calendar_feed(feed),
            "interview": account.interview_page(interview),
            "candidate's page": f"/candidates/{dina.id}",
        }
        numbers = {
            table.name: max(db.session.scalars(db.select(*table.primary_key.columns)))
            for table in db.metadata.sorted_tables
            if table.name in ("interviews", "candidates", "applications", "invitations", "users", "mails")
        }
        return {kind: urlsplit(address).path for kind, address in addresses.items()}, numbers


@pytest.mark.both_databases
def test_links_of_a_lost_day_lead_nowhere(
    app: Flask, empty_place: MakePlace, tmp_path: Path, clock: Clock
) -> None:
    """A backup, a day of work after it, a restore, work, and a restore of the same backup once more."""
    with in_rows(app):
        team = create_team()
    early, _ = new_rows(app, team, "Early Bird")
    path = back_up(app, tmp_path / "backup.age").path
    clock.move(timedelta(hours=20))
    paths, numbers = new_rows(app, team, "Lost Soul")
    for name in ("First Restored", "Second Restored"):
        clock.move(timedelta(hours=4))
        place = empty_place("sqlite" if name.startswith("First") else "postgresql")
        place.restore(path)
        with place.started() as restored:
            new_paths, new_numbers = new_rows(restored, team, name)
            stranger, ada = restored.test_client(), Visitor(restored).enter(team.ada).client
            for kind in paths:
                client = stranger if kind in SIGNED else ada
                assert client.get(paths[kind]).status_code == 404, kind
                # Links to what is in the backup work as before, and so do new ones. Only a link for a new
                # password may have been used since.
                opened = client.get(early[kind])
                assert opened.status_code == (410 if kind == "reset" else 200), kind
                assert client.get(new_paths[kind]).status_code == 200, kind
        for table, number in new_numbers.items():
            assert number > numbers[table] + 1000, table
        paths, numbers = new_paths, new_numbers
