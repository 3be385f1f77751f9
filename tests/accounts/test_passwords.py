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
from tests.accounts.mails import do_background_work, link_in, the_mail_to
from tests.factories import PASSWORD, Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

NEW = "another long password"
SUBJECT = "Choose a new password"


def ask(app: Flask, email: str, status: int = 200) -> str:
    return Visitor(app).post("/password-reset", {"email": email}, status=status).words


def mailed_link(app: Flask, simulators: Simulators, email: str) -> str:
    ask(app, email)
    do_background_work(app)
    return link_in(the_mail_to(simulators, email, SUBJECT), "/password-reset/")


def test_mailed_link_sets_a_new_password_and_ends_all_sessions(
    web: Flask, team: Team, ben: Visitor, simulators: Simulators
) -> None:
    kept = ben.session_cookie()
    link = mailed_link(web, simulators, team.ben.email)
    somewhere = Visitor(web)
    somewhere.get(link)
    answer = somewhere.post(link, {"password": NEW}, status=303)
    assert answer.headers["Location"] == "/login"
    assert not somewhere.is_signed_in
    assert not ben.is_signed_in
    assert not Visitor(web).plant_cookie(kept).is_signed_in
    assert Visitor(web).try_to_sign_in(team.ben.email, PASSWORD) == 422
    assert Visitor(web).sign_in(team.ben.email, NEW).is_signed_in
    do_background_work(web)
    asked, notice = (the_mail_to(simulators, team.ben.email, words) for words in (SUBJECT, "was changed"))
    for mail in (asked, notice):
        assert mail["To"] == "Ben Frei <ben@northlight.example>"
        assert mail["Cc"] is None
    # A reply to the email would only reach Ben; if it was not Ben, the owner has to know.
    assert asked["Reply-To"] is None
    assert notice["Reply-To"] == "Ada Berg <ada@northlight.example>"


def test_link_works_once_and_looking_at_it_does_not_count(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    for _ in range(3):
        Visitor(web).get(link)
        assert Visitor(web).client.head(link).status_code == 200
    Visitor(web).post(link, {"password": NEW}, status=303)
    assert "already used" in Visitor(web).get(link, status=410).words
    Visitor(web).post(link, {"password": "a third long password"}, status=410)
    assert Visitor(web).sign_in(team.ben.email, NEW).is_signed_in


def test_link_works_for_an_hour(web: Flask, clock: Clock, team: Team, simulators: Simulators) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    clock.move(timedelta(minutes=59))
    Visitor(web).get(link)
    clock.move(timedelta(minutes=1))
    assert "has expired" in Visitor(web).get(link, status=410).words
    Visitor(web).post(link, {"password": NEW}, status=410)


def test_using_one_link_voids_the_others(web: Flask, team: Team, simulators: Simulators) -> None:
    ask(web, team.ben.email)
    ask(web, team.ben.email)
    do_background_work(web)
    mails = [mail.message for mail in simulators.mails(team.ben.email)]
    first, second = (link_in(mail, "/password-reset/") for mail in mails)
    assert first != second
    Visitor(web).post(second, {"password": NEW}, status=303)
    Visitor(web).get(first, status=410)


def test_deactivated_person_can_use_no_link(
    web: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    Visitor(web).get(link, status=404)


def test_unknown_and_deactivated_people_get_the_same_answer_and_no_mail(
    web: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    ada.post(f"/settings/team/{team.cleo.id}/deactivate", status=303)
    answers = set()
    for email in (team.ben.email, team.cleo.email, "nobody@northlight.example"):
        answers.add(ask(web, email).replace(email, "…"))
    assert len(answers) == 1
    do_background_work(web)
    assert {to for mail in simulators.mails() for to in mail.envelope_to} == {team.ben.email}


def test_asking_does_the_same_work_for_everyone(web: Flask, team: Team) -> None:
    """Only equal statements make it honest to promise equal time."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(re.sub(r"\d+", "n", statement))

    with in_rows(web):
        engine = db.engine
    counts: list[list[str]] = []
    db.event.listen(engine, "before_cursor_execute", note)
    try:
        for email in (team.ben.email, "nobody@northlight.example"):
            browser = Visitor(web, address=f"198.51.100.{len(counts)}")
            browser.get("/password-reset")
            statements.clear()
            browser.post("/password-reset", {"email": email}, status=200)
            counts.append(list(statements))
    finally:
        db.event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]


def test_address_that_was_typed_is_not_stored(web: Flask, team: Team) -> None:
    ask(web, "somebody.private@mail.example")
    Visitor(web).try_to_sign_in("somebody.private@mail.example", "a guess")
    with in_rows(web):
        everything = " ".join(
            str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))
        )
    assert "somebody.private" not in everything


def test_link_follows_base_url_and_not_the_request(web: Flask, team: Team, simulators: Simulators) -> None:
    browser = Visitor(web)
    browser.client.post(
        "/password-reset",
        data={"csrf_token": browser.token(), "email": team.ben.email},
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    do_background_work(web)
    part = the_mail_to(simulators, team.ben.email, SUBJECT).get_body(("plain",))
    assert part is not None
    assert "evil.example" not in part.get_content()


def test_invited_person_who_asks_gets_the_invitation_again(
    web: Flask, ada: Visitor, simulators: Simulators
) -> None:
    email = "sofia@northlight.example"
    ada.post(
        "/settings/team/invite",
        {"name": "Sofia", "email": email, "role": "observer", "timezone": "Europe/Madrid"},
        status=303,
    )
    ask(web, email)
    do_background_work(web)
    subjects = {str(mail.message["Subject"]) for mail in simulators.mails(email)}
    assert subjects == {"Ada Berg has invited you to join Northlight"}
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(PasswordReset.id))) == 0


def test_changing_the_password_asks_for_the_current_one(web: Flask, team: Team, ben: Visitor) -> None:
    page = ben.post("/settings/account/password", {"current": "wrong", "password": NEW}, status=422).words
    assert "That's not your current password." in page
    assert Visitor(web).try_to_sign_in(team.ben.email, NEW) == 422


def test_changing_the_password_ends_every_other_session_and_changes_this_one(
    web: Flask, team: Team, ben: Visitor, simulators: Simulators
) -> None:
    elsewhere = Visitor(web).sign_in(team.ben.email)
    kept = ben.session_cookie()
    ben.post("/settings/account/password", {"current": PASSWORD, "password": NEW}, status=303)
    assert ben.is_signed_in
    assert not elsewhere.is_signed_in
    assert not Visitor(web).plant_cookie(kept).is_signed_in
    assert Visitor(web).sign_in(team.ben.email, NEW).is_signed_in
    do_background_work(web)
    the_mail_to(simulators, team.ben.email, "was changed")


def test_changing_the_password_voids_a_link_that_was_asked_for(
    web: Flask, team: Team, ben: Visitor, simulators: Simulators
) -> None:
    link = mailed_link(web, simulators, team.ben.email)
    ben.post("/settings/account/password", {"current": PASSWORD, "password": NEW}, status=303)
    Visitor(web).get(link, status=410)


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "at least 8"), ("Password1", "too easy to guess"), ("qwertyuiop", "too easy to guess")],
)
def test_weak_password_is_refused_everywhere(
    web: Flask, team: Team, ben: Visitor, simulators: Simulators, password: str, words: str
) -> None:
    changed = ben.post("/settings/account/password", {"current": PASSWORD, "password": password}, status=422)
    assert words in changed.words
    reset = Visitor(web).post(
        mailed_link(web, simulators, team.ben.email), {"password": password}, status=422
    )
    assert words in reset.words
    assert Visitor(web).sign_in(team.ben.email).is_signed_in


def test_mail_whose_link_was_voided_before_it_left_is_dropped(
    web: Flask, team: Team, ben: Visitor, simulators: Simulators
) -> None:
    with in_rows(web):
        answer_reset_request(db.session.get_one(User, team.ben.id), services(web).mail_domain)
        db.session.commit()
    ben.post("/settings/account/password", {"current": PASSWORD, "password": NEW}, status=303)
    do_background_work(web)
    with in_rows(web):
        mail = db.session.scalars(db.select(Mail).where(Mail.kind == PASSWORD_RESET)).one()
        assert (mail.state, mail.words) == (MailState.DROPPED, "The link can no longer be used.")
    assert len(simulators.mails(team.ben.email)) == 1
