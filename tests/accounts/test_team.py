"""Changing someone's role and place: who may, and what ends at once."""

import threading

import pytest
from flask import Flask

from accounts import team as people
from accounts.team_rules import NotAllowedError
from extensions import db
from models import AuditEntry, ConnectionState, Role, User
from tests.factories import Team, create_connection, create_job, create_team, create_user, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

LIST = "/settings/team"


def role_of(app: Flask, user_id: int) -> Role:
    with in_rows(app):
        return db.session.get_one(User, user_id).role


def test_list_shows_everyone_with_role_and_state(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_user("Dora Weiss", Role.OBSERVER, is_active=False)
    words = ada.get("/settings/team").words
    assert "Ben Frei" in words
    assert "3 active" in words
    assert words.index("Cleo Marin") < words.index("Dora Weiss")
    assert "Deactivated" in words


def test_owner_changes_a_role_and_it_counts_with_the_next_click(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    ben.get("/settings/team", status=403)
    ada.post(f"/settings/team/{team.ben.id}/role", {"role": "admin"}, status=303)
    assert "Ben Frei is now Admin." in ada.get(f"/settings/team/{team.ben.id}").words
    ben.get("/settings/team")


def test_no_one_changes_their_own_role_or_place(web: Flask, team: Team, ada: Visitor) -> None:
    own = f"/settings/team/{team.ada.id}"
    assert "You can't change your own role" in ada.get(own).words
    ada.post(f"{own}/role", {"role": "observer"}, status=403)
    ada.post(f"{own}/deactivate", status=403)
    ada.get(f"{own}/deactivate", status=403)
    assert role_of(web, team.ada.id) is Role.OWNER


def test_admin_cannot_touch_an_owner(web: Flask, team: Team) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.ADMIN)
    admin = Visitor(web).enter(eva)
    admin.post(f"/settings/team/{team.ada.id}/role", {"role": "recruiter"}, status=403)
    admin.post(f"/settings/team/{team.ada.id}/deactivate", status=403)
    # Nor make one: the choice is not offered, and sending it is refused.
    admin.post(f"/settings/team/{team.ben.id}/role", {"role": "owner"}, status=422)
    admin.post(f"/settings/team/{team.ben.id}/role", {"role": "recruiter"}, status=303)
    assert role_of(web, team.ada.id) is Role.OWNER
    assert role_of(web, team.ben.id) is Role.RECRUITER


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.HIRING_MANAGER, Role.INTERVIEWER, Role.OBSERVER])
def test_other_roles_reach_nothing_of_the_team(web: Flask, team: Team, role: Role) -> None:
    with in_rows(web):
        member = create_user("Rita Sand", role)
    browser = Visitor(web).enter(member)
    for path in ("/settings/team", "/settings/team/invite", f"/settings/team/{team.ben.id}"):
        browser.get(path, status=403)
    for action in ("role", "invitation/resend", "invitation/withdraw", "deactivate", "reactivate"):
        browser.post(f"/settings/team/{team.ben.id}/{action}", {"role": "owner"}, status=403)
    for path in ("/settings/organization", "/settings/system-log"):
        browser.get(path, status=403)
    page = browser.get("/settings/account/profile").html
    assert "/settings/team" not in page
    assert "/settings/system-log" not in page


def test_deactivating_asks_first_and_names_the_open_jobs(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_job("Closed long ago", team.ben, is_open=False)
    page = ada.get(f"/settings/team/{team.ben.id}/deactivate").words
    assert "Ben Frei is hiring manager of an open job" in page
    assert "takes part in" not in page
    assert "Backend Engineer" in page
    assert "Closed long ago" not in page
    with in_rows(web):
        assert db.session.get_one(User, team.ben.id).is_active


def test_deactivating_leads_to_the_interviews_that_stay_planned(web: Flask, team: Team, ada: Visitor) -> None:
    address = f"/settings/team/{team.ben.id}/deactivate"
    with in_rows(web):
        schedule(team.ada, team.dina)
    page = ada.get(address)
    assert "Ben Frei takes part in 1 upcoming interview . It stays as planned" in page.words
    [link] = page.tree.all("a", lambda e: e.text == "1 upcoming interview")
    assert "Dina Kaur" in ada.get(link["href"]).text
    with in_rows(web):
        schedule(team.ada, team.dina)
    assert "2 upcoming interviews . They stay as planned" in ada.get(address).words


def test_deactivated_person_is_out_everywhere_at_once(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    kept = ben.session_cookie()
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    assert not ben.is_signed_in
    assert Visitor(web).try_to_sign_in(team.ben.email, "correct horse battery") == 422
    assert "Ben Frei</option>" not in ada.get("/jobs/new").html

    ada.post(f"/settings/team/{team.ben.id}/reactivate", status=303)
    # The session stays ended although its person is back.
    assert not Visitor(web).plant_cookie(kept).is_signed_in
    assert Visitor(web).enter(team.ben).is_signed_in


def test_someone_invited_is_withdrawn_and_not_deactivated(web: Flask, ada: Visitor) -> None:
    answer = ada.post(
        "/settings/team/invite",
        {
            "name": "Sofia Ortega",
            "email": "sofia@northlight.example",
            "role": "observer",
            "timezone": "Europe/Madrid",
        },
        status=303,
    )
    member = answer.headers["Location"]
    ada.post(f"{member}/deactivate", status=303)
    assert "Withdraw the invitation instead" in ada.get(member).words


def test_every_change_is_in_the_system_log(web: Flask, team: Team, ada: Visitor) -> None:
    ada.post(f"/settings/team/{team.ben.id}/role", {"role": "recruiter"}, status=303)
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    ada.post(f"/settings/team/{team.ben.id}/reactivate", status=303)
    words = ada.get("/settings/system-log").words
    assert "Ben Frei became Recruiter; before: Hiring Manager." in words
    assert "Ben Frei was deactivated." in words
    assert "Ben Frei was reactivated." in words
    with in_rows(web):
        rows = db.session.scalars(db.select(AuditEntry).where(AuditEntry.event != "set_up")).all()
        assert {row.actor_id for row in rows} == {team.ada.id}
        assert {row.address for row in rows} == {"127.0.0.1"}


@pytest.mark.both_databases
def test_two_owners_who_demote_each_other_leave_one(app: Flask) -> None:
    with in_rows(app):
        ada = create_team().ada
        second = create_user("Zoe Hart", Role.OWNER)
    both_ready = threading.Barrier(2)
    outcomes: list[str] = []

    def demote(actor_id: int, user_id: int) -> None:
        with in_rows(app):
            # On PostgreSQL both have read what they are before either writes.
            actor = db.session.get_one(User, actor_id)
            if db.engine.dialect.name == "postgresql":
                both_ready.wait(10)
            try:
                people.change_role(actor, db.session.get_one(User, user_id), Role.OBSERVER)
                db.session.commit()
                outcomes.append("done")
            except NotAllowedError:
                db.session.rollback()
                outcomes.append("refused")

    threads = [
        threading.Thread(target=demote, args=pair) for pair in ((ada.id, second.id), (second.id, ada.id))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "refused"]
    with in_rows(app):
        assert len(db.session.scalars(db.select(User).where(User.role == Role.OWNER)).all()) == 1


def test_team_shows_who_has_connected_what(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_connection(team.ben.id)
        create_connection(team.cleo.id, state=ConnectionState.RECONNECT_NEEDED)
        create_connection(team.ada.id, state=ConnectionState.ENDED)
    rows = {row.all("a")[0].text: row.all("td")[1].text for row in ada.get(LIST).tree.all("tr")[1:]}
    assert rows == {
        "Ada Berg": "Not connected",
        "Ben Frei": "Connected",
        "Cleo Marin": "Reconnect needed",
    }
    assert "Connected apps Zoom" in ada.get(f"{LIST}/{team.ben.id}").words
