"""Inviting someone, and the page behind the link."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask

from extensions import db
from models import Invitation, Mail, MailState, Role, User
from tests.accounts.mails import do_background_work, link_in, the_mail_to
from tests.factories import Team, create_job, create_user
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

SOFIA = "sofia.ortega@northlight.example"
SUBJECT = "has invited you to join"
NEW = "a long new password"


def invite(browser: Visitor, *, role: Role = Role.RECRUITER, email: str = SOFIA, status: int = 303) -> str:
    answer = browser.post(
        "/settings/team/invite",
        {"name": "Sofia Ortega", "email": email, "role": role.value, "timezone": "Europe/Madrid"},
        status=status,
    )
    return answer.headers.get("Location", "") or answer.html


def accept(browser: Visitor, link: str, status: int = 303, password: str = NEW) -> str:
    answer = browser.post(
        link, {"name": "Sofía Ortega", "password": password, "timezone": "Europe/Lisbon"}, status=status
    )
    return answer.html


def link_on(page: str) -> str:
    [link] = re.findall(r'id="invitation-link"[^>]* value="http://localhost([^"]+)"', page)
    return str(link)


def test_invited_person_gets_a_mail_and_joins_through_its_link(
    web: Flask, ada: Visitor, simulators: Simulators
) -> None:
    page = ada.get(invite(ada)).html
    do_background_work(web)
    mail = the_mail_to(simulators, SOFIA, SUBJECT)
    assert mail["Subject"] == "Ada Berg has invited you to join Northlight"
    assert mail["Reply-To"] == "Ada Berg <ada@northlight.example>"
    link = link_in(mail, "/invitations/")
    assert link == link_on(page)

    sofia = Visitor(web)
    assert "Ada Berg invited you as Recruiter." in sofia.get(link).words
    accept(sofia, link)
    assert sofia.is_signed_in
    again = Visitor(web).sign_in(SOFIA, NEW)
    assert "Europe/Lisbon" in again.get("/settings/account/profile").html
    with in_rows(web):
        user = db.session.scalars(db.select(User).where(User.email == SOFIA)).one()
        assert (user.name, user.role) == ("Sofía Ortega", Role.RECRUITER)


def test_invited_person_may_be_hiring_manager_before_they_accept(web: Flask, ada: Visitor) -> None:
    invite(ada, role=Role.HIRING_MANAGER)
    assert "Sofia Ortega" in ada.get("/jobs/new").html


def test_invited_person_cannot_sign_in_before_they_accept(web: Flask, ada: Visitor) -> None:
    invite(ada)
    assert Visitor(web).try_to_sign_in(SOFIA, "") == 422
    assert Visitor(web).try_to_sign_in(SOFIA, NEW) == 422


def test_opening_the_link_never_uses_it_up(web: Flask, ada: Visitor) -> None:
    link = link_on(ada.get(invite(ada)).html)
    for _ in range(3):
        Visitor(web).get(link)
        assert Visitor(web).client.head(link).status_code == 200
    accept(Visitor(web), link)


def test_link_works_once(web: Flask, ada: Visitor) -> None:
    link = link_on(ada.get(invite(ada)).html)
    accept(Visitor(web), link)
    assert "already used" in Visitor(web).get(link, status=410).words
    accept(Visitor(web), link, 410, password="somebody else's idea")
    assert Visitor(web).try_to_sign_in(SOFIA, "somebody else's idea") == 422


def test_only_one_of_several_who_accept_at_once_joins(web: Flask, ada: Visitor) -> None:
    link = link_on(ada.get(invite(ada)).html)
    visitors = [Visitor(web) for _ in range(4)]
    tokens = [browser.get(link).token for browser in visitors]
    answers: list[int] = []

    def join(browser: Visitor, token: str | None) -> None:
        fields = {"csrf_token": token, "name": "Sofia", "password": NEW, "timezone": "Europe/Lisbon"}
        answers.append(browser.client.post(link, data=fields).status_code)

    threads = [Thread(target=join, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 410, 410, 410]


def test_link_expires_after_a_week(web: Flask, clock: Clock, ada: Visitor) -> None:
    link = link_on(ada.get(invite(ada)).html)
    clock.move(timedelta(days=6, hours=23))
    Visitor(web).get(link)
    clock.move(timedelta(hours=1))
    assert "has expired" in Visitor(web).get(link, status=410).words
    accept(Visitor(web), link, 410)


def test_withdrawn_link_says_so_and_admits_no_one(web: Flask, ada: Visitor) -> None:
    member = invite(ada)
    link = link_on(ada.get(member).html)
    ada.post(f"{member}/invitation/withdraw", status=303)
    assert "was withdrawn" in Visitor(web).get(link, status=410).words
    accept(Visitor(web), link, 410)
    assert "Sofia Ortega" not in ada.get("/jobs/new").html


def test_sending_again_ends_the_older_link_and_the_older_mail(
    web: Flask, clock: Clock, ada: Visitor, simulators: Simulators
) -> None:
    member = invite(ada)
    older = link_on(ada.get(member).html)
    clock.move(timedelta(minutes=2))
    ada.post(f"{member}/invitation/resend", status=303)
    newer = link_on(ada.get(member).html)
    assert newer != older
    assert "There is a newer invitation" in Visitor(web).get(older, status=410).words
    accept(Visitor(web), older, 410)
    do_background_work(web)
    assert link_in(the_mail_to(simulators, SOFIA, SUBJECT), "/invitations/") == newer
    with in_rows(web):
        states = db.session.scalars(db.select(Mail.state).order_by(Mail.id)).all()
        assert states == [MailState.DROPPED, MailState.SENT]
    accept(Visitor(web), newer)


def test_sending_again_right_away_is_refused(web: Flask, ada: Visitor) -> None:
    member = invite(ada)
    ada.post(f"{member}/invitation/resend", status=303)
    assert "less than a minute ago" in ada.get(member).words
    with in_rows(web):
        assert db.session.scalars(db.select(Invitation.generation)).one() == 0


def test_withdrawn_invitation_can_be_sent_again(web: Flask, clock: Clock, ada: Visitor) -> None:
    member = invite(ada)
    ada.post(f"{member}/invitation/withdraw", status=303)
    clock.move(timedelta(minutes=2))
    ada.post(f"{member}/invitation/resend", status=303)
    accept(Visitor(web), link_on(ada.get(member).html))


@pytest.mark.parametrize("change", ["number", "proof", "short", "empty"])
def test_link_that_was_tampered_with_is_unknown(web: Flask, ada: Visitor, change: str) -> None:
    number, _, proof = link_on(ada.get(invite(ada)).html).removeprefix("/invitations/").partition(".0.")
    tampered = {
        "number": f"{int(number) + 1}.0.{proof}",
        "proof": f"{number}.0.{'A' if proof[0] != 'A' else 'B'}{proof[1:]}",
        "short": f"{number}.0.{proof[:-1]}",
        # A dot at the end is taken to be the sentence's, and dropped.
        "empty": f"{number}.0",
    }[change]
    Visitor(web).get(f"/invitations/{tampered}", status=404)


def test_link_of_an_invitation_resets_no_password(web: Flask, ada: Visitor) -> None:
    token = link_on(ada.get(invite(ada)).html).removeprefix("/invitations/")
    Visitor(web).get(f"/password-reset/{token}", status=404)


def test_admin_neither_makes_owners_nor_sees_an_invited_owners_link(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.ADMIN)
    admin = Visitor(web).sign_in(eva.email)
    assert "Choose one of these" in invite(admin, role=Role.OWNER, status=422)
    member = invite(ada, role=Role.OWNER)
    assert "/invitations/" in ada.get(member).html
    page = admin.get(member)
    assert "/invitations/" not in page.html
    assert "Only an owner can change an owner." in page.words
    admin.post(f"{member}/invitation/resend", status=403)
    admin.post(f"{member}/invitation/withdraw", status=403)


def test_address_that_is_known_already_is_refused_beside_its_field(
    web: Flask, team: Team, ada: Visitor
) -> None:
    page = invite(ada, email=team.ben.email.upper(), status=422)
    assert "Ben Frei is already on the team" in page
    assert 'value="Sofia Ortega"' in page


def test_without_a_mail_server_the_link_is_on_the_page_and_the_mail_waits(make_app: MakeApp) -> None:
    from tests.factories import create_team

    app = make_app()
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).sign_in(team.ada.email)
    member = invite(ada)
    do_background_work(app)
    page = ada.get(member)
    assert "No mail server is set up" in page.words
    accept(Visitor(app), link_on(page.html))


def test_what_is_stored_opens_nothing(web: Flask, ada: Visitor) -> None:
    proof = link_on(ada.get(invite(ada)).html).rpartition(".")[2]
    with in_rows(web):
        everything = [
            str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))
        ]
    assert not [row for row in everything if proof in row]


def test_job_of_an_invited_manager_stays_theirs_after_they_accept(web: Flask, ada: Visitor) -> None:
    member = invite(ada, role=Role.HIRING_MANAGER)
    user_id = int(member.rpartition("/")[2])
    with in_rows(web):
        from tests.factories import Member

        job_id = create_job("Data Analyst", Member(user_id, "Sofia Ortega", SOFIA, Role.HIRING_MANAGER))
    sofia = Visitor(web)
    accept(sofia, link_on(ada.get(member).html))
    assert "Data Analyst" in sofia.get(f"/jobs/{job_id}").html
