"""Two-step verification: setting it up, recovery codes, requiring it, and every way to lose it."""

from datetime import timedelta

import pytest
from flask import Flask

from accounts.two_step import RECOVERY_CODES
from extensions import db
from models import AuditEntry, RecoveryCode, TwoStepSecret, User
from tests.accounts.mails import do_background_work, link_in, the_mail_to
from tests.accounts.phones import HOME, SET_UP, Phone, first_step, recovery_codes_on, set_up, words_of_the_log
from tests.factories import PASSWORD, Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor


@pytest.fixture(autouse=True)
def _stopped_clock(clock: Clock) -> None:
    """Sessions begin on the clock that the phones show."""


def test_turning_it_on_takes_a_code_and_the_password(
    web: Flask, clock: Clock, team: Team, ben: Visitor
) -> None:
    page = ben.get(SET_UP)
    phone = Phone(clock, page)
    refused = ben.submit(page, "Turn on", status=422, code=phone.wrong_code(), current=PASSWORD)
    assert refused.error_at("code") == (
        "That's not the code the app shows now. Wait for the next one and try again."
    )
    # The same QR code, so that the app has to be set up only once.
    assert Phone(clock, refused).secret == phone.secret == Phone(clock, ben.get(SET_UP)).secret
    refused = ben.submit(page, "Turn on", status=422, code=phone.code(), current="a guess")
    assert refused.error_at("current") == "That's not your password."
    assert refused.value_of("Turn on", "code") == phone.code()
    assert refused.value_of("Turn on", "current") == ""
    refused = ben.submit(page, "Turn on", status=422, code="12345", current="")
    assert "6 digits" in refused.error_at("code")
    assert refused.error_at("current") == "Enter your password."
    with in_rows(web):
        assert db.session.get_one(User, team.ben.id).two_step_since is None
    phone = set_up(ben, clock, page)
    assert len(set(phone.codes)) == RECOVERY_CODES
    assert "10 of 10 are left" in ben.get(HOME).words


def test_page_after_it_was_turned_on_still_works(clock: Clock, ben: Visitor) -> None:
    page = ben.get(SET_UP)
    codes = ben.submit(page, "Turn on", code=Phone(clock, page).code(), current=PASSWORD)
    # The session is a new one, and so is the token of the forms on this very page.
    ben.submit(codes, "Sign out", leads_to="/login")


def test_recovery_codes_are_shown_once_and_can_be_downloaded(clock: Clock, ben: Visitor) -> None:
    page = ben.get(SET_UP)
    codes = ben.submit(page, "Turn on", code=Phone(clock, page).code(), current=PASSWORD)
    shown = recovery_codes_on(codes)
    assert len(shown) == RECOVERY_CODES
    assert 'download="recovery-codes.txt"' in codes.html
    assert all(code in codes.html.partition("data:text/plain")[2] for code in shown)
    for address in (HOME, SET_UP, "/settings/account/profile"):
        assert not any(code in ben.get(address).html for code in shown)


def test_nothing_usable_is_stored(web: Flask, team: Team, phone: Phone) -> None:
    with in_rows(web):
        secret = db.session.get_one(TwoStepSecret, team.ben.id)
        stored = [secret.ciphertext, *db.session.scalars(db.select(RecoveryCode.code_hash))]
        log = " ".join(db.session.scalars(db.select(AuditEntry.words)))
    assert len(stored) == 1 + RECOVERY_CODES
    for readable in (phone.secret, *phone.codes):
        assert not any(readable in text for text in (*stored, log))


def test_other_sessions_end_when_it_is_turned_on(web: Flask, clock: Clock, team: Team, ben: Visitor) -> None:
    elsewhere, kept = Visitor(web).enter(team.ben), ben.session_cookie()
    set_up(ben, clock)
    assert ben.is_signed_in
    assert not elsewhere.is_signed_in
    assert not Visitor(web).plant_cookie(kept).is_signed_in


def test_new_recovery_codes_replace_the_old_ones(
    web: Flask, team: Team, phone: Phone, simulators: Simulators
) -> None:
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    page = visitor.get(f"{HOME}/recovery-codes")
    refused = visitor.submit(page, "Make new codes", status=422, current="a guess")
    assert refused.error_at("current") == "That's not your password."
    made = visitor.submit(page, "Make new codes", current=PASSWORD)
    new = recovery_codes_on(made)
    assert len(set(new) - set(phone.codes)) == RECOVERY_CODES
    do_background_work(web)
    assert the_mail_to(simulators, team.ben.email, "new recovery codes")
    visitor, _ = first_step(web, team.ben)
    visitor.post("/login/recovery-code", {"code": phone.codes[0]}, status=422)
    visitor.post("/login/recovery-code", {"code": new[0]}, leads_to="/")


def test_another_phone_replaces_the_first(web: Flask, clock: Clock, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    second = set_up(visitor, clock)
    assert second.secret != phone.secret
    assert "Ben Frei replaced their authenticator app." in words_of_the_log(web)
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", status=422, code=phone.next_code())
    visitor.post("/login/recovery-code", {"code": phone.codes[0]}, status=422)
    visitor.submit(page, "Sign in", leads_to="/", code=second.next_code())


def test_turning_it_off_takes_the_password(
    web: Flask, team: Team, phone: Phone, simulators: Simulators
) -> None:
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    page = visitor.get(f"{HOME}/turn-off")
    refused = visitor.submit(page, "Turn off", status=422, current="a guess")
    assert refused.error_at("current") == "That's not your password."
    visitor.submit(page, "Turn off", leads_to="/settings/account/profile", current=PASSWORD)
    assert Visitor(web).sign_in(team.ben.email).is_signed_in
    with in_rows(web):
        assert db.session.scalars(db.select(TwoStepSecret)).all() == []
        assert db.session.scalars(db.select(RecoveryCode)).all() == []
    do_background_work(web)
    subjects = [str(mail.message["Subject"]) for mail in simulators.mails(team.ben.email)]
    assert any("Two-step verification is on" in subject for subject in subjects)
    assert any("Two-step verification is off" in subject for subject in subjects)
    for address in (HOME, f"{HOME}/turn-off", f"{HOME}/recovery-codes"):
        visitor.get(address, leads_to=SET_UP)


def test_guessing_the_password_at_an_open_browser_is_slowed_down(ben: Visitor, clock: Clock) -> None:
    page = ben.get(SET_UP)
    for _ in range(5):
        ben.submit(page, "Turn on", status=422, code="123456", current="a guess")
    ben.submit(page, "Turn on", status=429, code=Phone(clock, page).code(), current=PASSWORD)


def test_owner_resets_it_for_someone_who_lost_their_phone(
    web: Flask, team: Team, phone: Phone, ada: Visitor, simulators: Simulators
) -> None:
    signed_in, page = first_step(web, team.ben)
    signed_in.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    member = f"/settings/team/{team.ben.id}"
    assert f"{member}/reset-two-step-verification" in ada.get(member).html
    page = ada.get(f"{member}/reset-two-step-verification")
    ada.submit(page, "Reset", leads_to=member)
    assert not signed_in.is_signed_in
    assert Visitor(web).sign_in(team.ben.email).is_signed_in
    assert "The two-step verification of Ben Frei was reset by Ada Berg." in words_of_the_log(web)
    do_background_work(web)
    assert the_mail_to(simulators, team.ben.email, "was reset")
    ada.get(f"{member}/reset-two-step-verification", leads_to=member)
    answer = ada.post(f"{member}/reset-two-step-verification", leads_to=member)
    assert "has no two-step verification" in ada.follow(answer).messages


def test_no_one_resets_their_own_or_without_the_right(
    web: Flask, clock: Clock, team: Team, ada: Visitor, phone: Phone
) -> None:
    set_up(ada, clock)
    for method in (ada.get, ada.post):
        method(f"/settings/team/{team.ada.id}/reset-two-step-verification", status=403)
    cleo = Visitor(web).enter(team.cleo)
    for method in (cleo.get, cleo.post):
        method(f"/settings/team/{team.ben.id}/reset-two-step-verification", status=403)


def test_deactivated_person_keeps_it_for_when_they_come_back(
    web: Flask, team: Team, phone: Phone, ada: Visitor
) -> None:
    waiting, page = first_step(web, team.ben)
    ada.post(f"/settings/team/{team.ben.id}/deactivate", status=303)
    waiting.submit(page, "Sign in", leads_to="/login", code=phone.next_code())
    ada.post(f"/settings/team/{team.ben.id}/reactivate", status=303)
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())


def test_required_by_the_owner_it_comes_before_everything_else(
    web: Flask, clock: Clock, team: Team, ada: Visitor, ben: Visitor
) -> None:
    page = ada.get("/settings/organization")
    assert "0 of 3 people have set it up." in page.words
    ada.submit(page, "Require it for everyone", leads_to="/settings/organization")
    # No one is interrupted; everyone who signs in from now on sets it up first.
    assert ben.is_signed_in
    clock.move(timedelta(seconds=1))
    visitor = Visitor(web)
    visitor.post("/login", {"email": team.ben.email, "password": PASSWORD, "next": "/jobs"}, leads_to="/jobs")
    for address in ("/", "/jobs", "/settings/account/profile", f"{HOME}/turn-off", HOME):
        visitor.get(address, leads_to=SET_UP)
    visitor.post("/settings/account/password", {"current": PASSWORD, "password": "x" * 20}, leads_to=SET_UP)
    assert visitor.get("/jobs", htmx=True).headers["HX-Redirect"] == SET_UP
    page = visitor.get(SET_UP)
    assert "Northlight requires a code" in page.words
    assert "Dashboard" not in page.words
    phone = set_up(visitor, clock, page)
    assert visitor.is_signed_in
    assert "can't be turned off" in visitor.get(HOME).words
    answer = visitor.post(f"{HOME}/turn-off", {"current": PASSWORD}, leads_to=HOME)
    assert "can't be turned off" in visitor.follow(answer).messages
    # Ada and Cleo are still without.
    assert ada.get("/settings/team").words.count("No two-step verification") == 2
    other, page = first_step(web, team.ben)
    other.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    assert "1 of 3 people have set it up." in ada.get("/settings/organization").words


def test_page_before_everything_else_lets_people_sign_out(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    ada.post("/settings/organization/two-step-verification", {"required": "yes"}, status=303)
    clock.move(timedelta(seconds=1))
    visitor = Visitor(web).enter(team.ben)
    visitor.submit(visitor.get(SET_UP), "Sign out", leads_to="/login")


def test_no_longer_required_everyone_decides_again(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    where = "/settings/organization/two-step-verification"
    ada.post(where, {"required": "yes"}, status=303)
    clock.move(timedelta(seconds=1))
    visitor = Visitor(web).enter(team.ben)
    visitor.get("/jobs", leads_to=SET_UP)
    ada.submit(ada.get("/settings/organization"), "Stop requiring it", leads_to="/settings/organization")
    assert visitor.is_signed_in
    log = words_of_the_log(web)
    assert "Everyone needs two-step verification from now on." in log
    assert "No one needs two-step verification from now on." in log


def test_invited_person_sets_it_up_where_it_is_required(
    web: Flask, clock: Clock, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    ada.post("/settings/organization/two-step-verification", {"required": "yes"}, status=303)
    clock.move(timedelta(seconds=1))
    invitation = {"name": "Eva Lind", "email": "eva@northlight.example", "role": "recruiter"}
    ada.post("/settings/team/invite", {**invitation, "timezone": "Europe/Zurich"}, status=303)
    do_background_work(web)
    link = link_in(the_mail_to(simulators, "eva@northlight.example", "invited you"), "/invitations/")
    visitor = Visitor(web)
    accepted = {"name": "Eva Lind", "password": PASSWORD, "timezone": "Europe/Zurich"}
    visitor.post(link, accepted, leads_to="/")
    visitor.get("/", leads_to=SET_UP)
    set_up(visitor, clock)
    assert visitor.is_signed_in
