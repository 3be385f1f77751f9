"""Forgotten, reset and changed passwords, and the sessions that end with the old one."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from accounts.mails import PASSWORD_RESET
from accounts.passwords import answer_reset_request
from extensions import db
from models import Mail, MailState, PasswordReset, User
from services import services
from tests.accounts.browser import (
    Browser,
    do_background_work,
    link_in,
    text_of,
    the_mail_to,
    words_of,
)
from tests.factories import PASSWORD, Team
from tests.machines.clock import Clock
from tests.machines.simulators import Simulators
from tests.web.rows import in_rows

NEW = "another long password"
SUBJECT = "Choose a new password"


def ask(app: Flask, email: str, status: int = 200) -> str:
    return text_of(Browser(app).post("/password-reset", status, email=email))


def mailed_link(app: Flask, simulators: Simulators, email: str) -> str:
    ask(app, email)
    do_background_work(app)
    return link_in(the_mail_to(simulators, email, SUBJECT), "/password-reset/")


def test_mailed_link_sets_a_new_password_and_ends_all_sessions(
    web: Flask, team: Team, ben: Browser, simulators: Simulators
) -> None:
    kept = ben.session_cookie()
    link = mailed_link(web, simulators, team.ben.email)
    somewhere = Browser(web)
    somewhere.get(link)
    answer = somewhere.post(link, password=NEW)
    assert answer.headers["Location"] == "/login"
    assert not somewhere.is_signed_in
    assert not ben.is_signed_in
    assert not Browser(web).plant_cookie(kept).is_signed_in
    assert Browser(web).try_to_sign_in(team.ben.email, PASSWORD) == 422
    assert Browser(web).sign_in(team.ben.email, NEW).is_signed_in
    do_background_work(web)
    notice = the_mail_to(simulators, team.ben.email, "was changed")
    assert notice["To"] == "Ben Frei <ben@northlight.example>"
    assert notice["Cc"] is None


def test_link_works_once_and_looking_at_it_does_not_count(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    for _ in range(3):
        Browser(web).get(link)
        assert Browser(web).client.head(link).status_code == 200
    Browser(web).post(link, password=NEW)
    assert "used already" in words_of(Browser(web).get(link, 410))
    Browser(web).post(link, 410, password="a third long password")
    assert Browser(web).sign_in(team.ben.email, NEW).is_signed_in


def test_link_works_for_an_hour(web: Flask, clock: Clock, team: Team, simulators: Simulators) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    clock.move(timedelta(minutes=59))
    Browser(web).get(link)
    clock.move(timedelta(minutes=1))
    assert "has expired" in words_of(Browser(web).get(link, 410))
    Browser(web).post(link, 410, password=NEW)


def test_using_one_link_voids_the_others(web: Flask, team: Team, simulators: Simulators) -> None:
    ask(web, team.ben.email)
    ask(web, team.ben.email)
    do_background_work(web)
    mails = [mail.message for mail in simulators.mails(team.ben.email)]
    first, second = (link_in(mail, "/password-reset/") for mail in mails)
    assert first != second
    Browser(web).post(second, password=NEW)
    Browser(web).get(first, 410)


def test_deactivated_person_can_use_no_link(
    web: Flask, team: Team, ada: Browser, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    ada.post(f"/settings/team/{team.ben.id}/deactivate")
    Browser(web).get(link, 404)


def test_unknown_and_deactivated_people_get_the_same_answer_and_no_mail(
    web: Flask, team: Team, ada: Browser, simulators: Simulators
) -> None:
    ada.post(f"/settings/team/{team.cleo.id}/deactivate")
    answers = set()
    for email in (team.ben.email, team.cleo.email, "nobody@northlight.example"):
        answers.add(ask(web, email).replace(email, "…"))
    assert len(answers) == 1
    do_background_work(web)
    assert {to for mail in simulators.mails() for to in mail.envelope_to} == {team.ben.email}


def test_asking_does_the_same_work_for_everybody(web: Flask, team: Team) -> None:
    """Equal statements are what equal time can honestly be promised by."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(re.sub(r"\d+", "n", statement))

    with in_rows(web):
        engine = db.engine
    counts: list[list[str]] = []
    db.event.listen(engine, "before_cursor_execute", note)
    try:
        for email in (team.ben.email, "nobody@northlight.example"):
            browser = Browser(web, address=f"198.51.100.{len(counts)}")
            browser.get("/password-reset")
            statements.clear()
            browser.post("/password-reset", 200, email=email)
            counts.append(list(statements))
    finally:
        db.event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]


def test_address_that_was_typed_is_not_stored(web: Flask, team: Team) -> None:
    ask(web, "somebody.private@mail.example")
    Browser(web).try_to_sign_in("somebody.private@mail.example", "a guess")
    with in_rows(web):
        everything = " ".join(
            str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))
        )
    assert "somebody.private" not in everything


def test_link_follows_base_url_and_not_the_request(web: Flask, team: Team, simulators: Simulators) -> None:
    browser = Browser(web)
    page = browser.get("/password-reset")
    [token] = re.findall(r'name="csrf-token" content="([^"]+)"', page)
    browser.client.post(
        "/password-reset",
        data={"csrf_token": token, "email": team.ben.email},
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    do_background_work(web)
    part = the_mail_to(simulators, team.ben.email, SUBJECT).get_body(("plain",))
    assert part is not None
    assert "evil.example" not in part.get_content()


def test_invited_person_who_asks_gets_the_invitation_again(
    web: Flask, ada: Browser, simulators: Simulators
) -> None:
    email = "sofia@northlight.example"
    ada.post("/settings/team/invite", name="Sofia", email=email, role="observer", timezone="Europe/Madrid")
    ask(web, email)
    do_background_work(web)
    subjects = {str(mail.message["Subject"]) for mail in simulators.mails(email)}
    assert subjects == {"Ada Berg invites you to Northlight"}
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(PasswordReset.id))) == 0


def test_changing_the_password_asks_for_the_current_one(web: Flask, team: Team, ben: Browser) -> None:
    page = text_of(ben.post("/settings/account/password", 422, current="wrong", password=NEW))
    assert "This is not your current password." in page
    assert Browser(web).try_to_sign_in(team.ben.email, NEW) == 422


def test_changing_the_password_ends_every_other_session_and_changes_this_one(
    web: Flask, team: Team, ben: Browser, simulators: Simulators
) -> None:
    elsewhere = Browser(web).sign_in(team.ben.email)
    kept = ben.session_cookie()
    ben.post("/settings/account/password", current=PASSWORD, password=NEW)
    assert ben.is_signed_in
    assert not elsewhere.is_signed_in
    assert not Browser(web).plant_cookie(kept).is_signed_in
    assert Browser(web).sign_in(team.ben.email, NEW).is_signed_in
    do_background_work(web)
    the_mail_to(simulators, team.ben.email, "was changed")


def test_changing_the_password_voids_a_link_that_was_asked_for(
    web: Flask, team: Team, ben: Browser, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    ben.post("/settings/account/password", current=PASSWORD, password=NEW)
    Browser(web).get(link, 410)


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "at least 8"), ("Password1", "tried first"), ("qwertyuiop", "tried first")],
)
def test_weak_password_is_refused_everywhere(
    web: Flask, team: Team, ben: Browser, simulators: Simulators, password: str, words: str
) -> None:
    changed = ben.post("/settings/account/password", 422, current=PASSWORD, password=password)
    assert words in text_of(changed)
    reset = Browser(web).post(mailed_link(web, simulators, team.ben.email), 422, password=password)
    assert words in text_of(reset)
    assert Browser(web).sign_in(team.ben.email).is_signed_in


def test_mail_whose_link_was_voided_before_it_left_is_dropped(
    web: Flask, team: Team, ben: Browser, simulators: Simulators
) -> None:
    with in_rows(web):
        answer_reset_request(db.session.get_one(User, team.ben.id), services(web).mail_domain)
        db.session.commit()
    ben.post("/settings/account/password", current=PASSWORD, password=NEW)
    do_background_work(web)
    with in_rows(web):
        mail = db.session.scalars(db.select(Mail).where(Mail.kind == PASSWORD_RESET)).one()
        assert (mail.state, mail.words) == (MailState.DROPPED, "The link can no longer be used.")
    assert len(simulators.mails(team.ben.email)) == 1
