"""Inviting somebody, and the page behind the link."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask

from extensions import db
from models import Invitation, Mail, MailState, Role, User
from tests.accounts.browser import Browser, do_background_work, link_in, the_mail_to, words_of
from tests.factories import Team, create_job, create_user
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.web.rows import in_rows

SOFIA = "sofia.ortega@northlight.example"
SUBJECT = "invites you to"
NEW = "a long new password"


def invite(browser: Browser, *, role: Role = Role.RECRUITER, email: str = SOFIA, status: int = 303) -> str:
    answer = browser.post(
        "/settings/team/invite",
        status,
        name="Sofia Ortega",
        email=email,
        role=role.value,
        timezone="Europe/Madrid",
    )
    return answer.headers.get("Location", "") or answer.get_data(as_text=True)


def accept(browser: Browser, link: str, status: int = 303, password: str = NEW) -> str:
    answer = browser.post(link, status, name="Sofía Ortega", password=password, timezone="Europe/Lisbon")
    return answer.get_data(as_text=True)


def link_on(page: str) -> str:
    [link] = re.findall(r'id="invitation-link"[^>]* value="http://localhost([^"]+)"', page)
    return str(link)


def test_invited_person_gets_a_mail_and_joins_through_its_link(
    web: Flask, ada: Browser, simulators: Simulators
) -> None:
    page = ada.get(invite(ada))
    do_background_work(web)
    mail = the_mail_to(simulators, SOFIA, SUBJECT)
    assert mail["Subject"] == "Ada Berg invites you to Northlight"
    assert mail["Reply-To"] == "Ada Berg <ada@northlight.example>"
    link = link_in(mail, "/invitations/")
    assert link == link_on(page)

    sofia = Browser(web)
    assert "Ada Berg invites you, as Recruiter." in words_of(sofia.get(link))
    accept(sofia, link)
    assert sofia.is_signed_in
    again = Browser(web).sign_in(SOFIA, NEW)
    assert "Europe/Lisbon" in again.get("/settings/account/profile")
    with in_rows(web):
        user = db.session.scalars(db.select(User).where(User.email == SOFIA)).one()
        assert (user.name, user.role) == ("Sofía Ortega", Role.RECRUITER)


def test_invited_person_may_be_hiring_manager_before_they_accept(web: Flask, ada: Browser) -> None:
    invite(ada, role=Role.HIRING_MANAGER)
    assert "Sofia Ortega" in ada.get("/jobs/new")


def test_invited_person_cannot_sign_in_before_they_accept(web: Flask, ada: Browser) -> None:
    invite(ada)
    assert Browser(web).try_to_sign_in(SOFIA, "") == 422
    assert Browser(web).try_to_sign_in(SOFIA, NEW) == 422


def test_opening_the_link_any_number_of_times_uses_it_up_never(web: Flask, ada: Browser) -> None:
    link = link_on(ada.get(invite(ada)))
    for _ in range(3):
        Browser(web).get(link)
        assert Browser(web).client.head(link).status_code == 200
    accept(Browser(web), link)


def test_link_works_once(web: Flask, ada: Browser) -> None:
    link = link_on(ada.get(invite(ada)))
    accept(Browser(web), link)
    assert "used already" in words_of(Browser(web).get(link, 410))
    accept(Browser(web), link, 410, password="somebody else's idea")
    assert Browser(web).try_to_sign_in(SOFIA, "somebody else's idea") == 422


def test_of_several_who_accept_at_once_one_joins(web: Flask, ada: Browser) -> None:
    link = link_on(ada.get(invite(ada)))
    everybody = [Browser(web) for _ in range(4)]
    tokens = [re.findall(r'name="csrf-token" content="([^"]+)"', b.get(link))[0] for b in everybody]
    answers: list[int] = []

    def join(browser: Browser, token: str) -> None:
        fields = {"csrf_token": token, "name": "Sofia", "password": NEW, "timezone": "Europe/Lisbon"}
        answers.append(browser.client.post(link, data=fields).status_code)

    threads = [Thread(target=join, args=pair) for pair in zip(everybody, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 410, 410, 410]


def test_link_expires_after_a_week(web: Flask, clock: Clock, ada: Browser) -> None:
    link = link_on(ada.get(invite(ada)))
    clock.move(timedelta(days=6, hours=23))
    Browser(web).get(link)
    clock.move(timedelta(hours=1))
    assert "has expired" in words_of(Browser(web).get(link, 410))
    accept(Browser(web), link, 410)


def test_withdrawn_link_says_so_and_admits_nobody(web: Flask, ada: Browser) -> None:
    member = invite(ada)
    link = link_on(ada.get(member))
    ada.post(f"{member}/invitation/withdraw")
    assert "was withdrawn" in words_of(Browser(web).get(link, 410))
    accept(Browser(web), link, 410)
    assert "Sofia Ortega" not in ada.get("/jobs/new")


def test_sending_again_ends_the_older_link_and_the_older_mail(
    web: Flask, clock: Clock, ada: Browser, simulators: Simulators
) -> None:
    member = invite(ada)
    older = link_on(ada.get(member))
    clock.move(timedelta(minutes=2))
    ada.post(f"{member}/invitation/resend")
    newer = link_on(ada.get(member))
    assert newer != older
    assert "There is a newer invitation" in words_of(Browser(web).get(older, 410))
    accept(Browser(web), older, 410)
    do_background_work(web)
    assert link_in(the_mail_to(simulators, SOFIA, SUBJECT), "/invitations/") == newer
    with in_rows(web):
        states = db.session.scalars(db.select(Mail.state).order_by(Mail.id)).all()
        assert states == [MailState.DROPPED, MailState.SENT]
    accept(Browser(web), newer)


def test_sending_again_right_away_is_refused(web: Flask, ada: Browser) -> None:
    member = invite(ada)
    ada.post(f"{member}/invitation/resend")
    assert "less than a minute ago" in words_of(ada.get(member))
    with in_rows(web):
        assert db.session.scalars(db.select(Invitation.generation)).one() == 0


def test_withdrawn_invitation_can_be_sent_again(web: Flask, clock: Clock, ada: Browser) -> None:
    member = invite(ada)
    ada.post(f"{member}/invitation/withdraw")
    clock.move(timedelta(minutes=2))
    ada.post(f"{member}/invitation/resend")
    accept(Browser(web), link_on(ada.get(member)))


@pytest.mark.parametrize("change", ["number", "proof", "short", "empty"])
def test_link_that_was_tampered_with_is_unknown(web: Flask, ada: Browser, change: str) -> None:
    number, _, proof = link_on(ada.get(invite(ada))).removeprefix("/invitations/").partition(".0.")
    tampered = {
        "number": f"{int(number) + 1}.0.{proof}",
        "proof": f"{number}.0.{'A' if proof[0] != 'A' else 'B'}{proof[1:]}",
        "short": f"{number}.0.{proof[:-1]}",
        "empty": f"{number}.0.",
    }[change]
    Browser(web).get(f"/invitations/{tampered}", 404)


def test_link_of_an_invitation_resets_no_password(web: Flask, ada: Browser) -> None:
    token = link_on(ada.get(invite(ada))).removeprefix("/invitations/")
    Browser(web).get(f"/password-reset/{token}", 404)


def test_admin_neither_makes_owners_nor_sees_an_invited_owners_link(
    web: Flask, team: Team, ada: Browser
) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.ADMIN)
    admin = Browser(web).sign_in(eva.email)
    assert "Choose one of these" in invite(admin, role=Role.OWNER, status=422)
    member = invite(ada, role=Role.OWNER)
    assert "/invitations/" in ada.get(member)
    page = admin.get(member)
    assert "/invitations/" not in page
    assert "Only an owner can change an owner." in words_of(page)
    admin.post(f"{member}/invitation/resend", 403)
    admin.post(f"{member}/invitation/withdraw", 403)


def test_address_that_is_known_already_is_refused_beside_its_field(
    web: Flask, team: Team, ada: Browser
) -> None:
    page = invite(ada, email=team.ben.email.upper(), status=422)
    assert "Ben Frei is on the team already" in words_of(page)
    assert 'value="Sofia Ortega"' in page


def test_without_a_mail_server_the_link_is_on_the_page_and_the_mail_waits(make_app: MakeApp) -> None:
    from tests.factories import create_team

    app = make_app()
    with in_rows(app):
        team = create_team()
    ada = Browser(app).sign_in(team.ada.email)
    member = invite(ada)
    do_background_work(app)
    page = ada.get(member)
    assert "No mail server is set" in words_of(page)
    accept(Browser(app), link_on(page))


def test_what_is_stored_opens_nothing(web: Flask, ada: Browser) -> None:
    proof = link_on(ada.get(invite(ada))).rpartition(".")[2]
    with in_rows(web):
        everything = [
            str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))
        ]
    assert not [row for row in everything if proof in row]


def test_job_of_an_invited_manager_stays_theirs_after_they_accept(web: Flask, ada: Browser) -> None:
    member = invite(ada, role=Role.HIRING_MANAGER)
    user_id = int(member.rpartition("/")[2])
    with in_rows(web):
        from tests.factories import Member

        job_id = create_job("Data Analyst", Member(user_id, "Sofia Ortega", SOFIA, Role.HIRING_MANAGER))
    sofia = Browser(web)
    accept(sofia, link_on(ada.get(member)))
    assert "Data Analyst" in sofia.get(f"/jobs/{job_id}")
