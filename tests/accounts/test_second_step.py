"""Signing in with two steps: the password, then a code from the authenticator app or a recovery code."""

from datetime import timedelta

import pytest
from flask import Flask

from accounts.throttling import SECOND_STEP
from database import SealedText
from extensions import db
from models import TwoStepSecret
from tests.accounts.mails import do_background_work, link_in, the_mail_to
from tests.accounts.phones import HOME, Phone, first_step, set_up, words_of_the_log
from tests.factories import PASSWORD, Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

WRONG_CODE = "That's not the code your app shows now, or it was used already."


@pytest.fixture(autouse=True)
def _stopped_clock(clock: Clock) -> None:
    """Sessions begin on the clock that the phones show."""


def test_password_alone_no_longer_signs_in(web: Flask, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben)
    assert page.heading == "Enter your code"
    visitor.get("/", leads_to="/login?next=/")
    assert "Ben Frei signed in." not in words_of_the_log(web)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    assert visitor.is_signed_in
    assert words_of_the_log(web)[-1] == "Ben Frei signed in."


def test_code_may_be_pasted_as_apps_show_it(web: Flask, team: Team, phone: Phone) -> None:
    for written in ("{0}{1}", "{0} {1}", " {0}\u00a0{1} ", "{0}-{1}", "{0}\u2009{1}\u200b", "{0}\t{1}\n"):
        visitor, page = first_step(web, team.ben)
        code = phone.next_code()
        visitor.submit(page, "Sign in", leads_to="/", code=written.format(code[:3], code[3:]))


def test_code_may_be_typed_in_the_digits_of_another_script(web: Flask, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben)
    arabic = phone.next_code().translate({ord("0") + n: 0x0660 + n for n in range(10)})
    visitor.submit(page, "Sign in", leads_to="/", code=arabic)


def test_what_is_not_a_code_is_refused_beside_the_field(web: Flask, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben)
    for typed in ("", "12345", "1234567", "abcdef", "-12345", "k7m2p-9xq4t-w3hcd", "1" * 5000):
        refused = visitor.submit(page, "Sign in", status=422, code=typed)
        assert "6 digits" in refused.error_at("code")
        assert refused.value_of("Sign in", "code") == typed
    # None of them counted as an attempt.
    visitor.submit(page, "Sign in", leads_to="/", code=phone.next_code())


def test_code_works_once(web: Flask, team: Team, phone: Phone) -> None:
    code = phone.next_code()
    first, page = first_step(web, team.ben)
    first.submit(page, "Sign in", leads_to="/", code=code)
    second, page = first_step(web, team.ben)
    refused = second.submit(page, "Sign in", status=422, code=code)
    assert refused.error_at("code") == WRONG_CODE
    assert not second.is_signed_in


def test_code_that_turned_it_on_does_not_sign_in(web: Flask, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", status=422, code=phone.code())


def test_clocks_may_differ_by_half_a_minute(web: Flask, clock: Clock, team: Team, phone: Phone) -> None:
    for ahead, status in ((-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)):
        clock.move(timedelta(minutes=5))
        visitor, page = first_step(web, team.ben)
        visitor.submit(page, "Sign in", status=status, code=phone.code(ahead=ahead))


def test_older_code_is_refused_after_a_newer_one(web: Flask, clock: Clock, team: Team, phone: Phone) -> None:
    clock.move(timedelta(minutes=5))
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", leads_to="/", code=phone.code(ahead=1))
    visitor, page = first_step(web, team.ben)
    visitor.submit(page, "Sign in", status=422, code=phone.code())


def test_reader_comes_to_where_they_wanted_after_both_steps(web: Flask, team: Team, phone: Phone) -> None:
    visitor = Visitor(web)
    page = visitor.follow(visitor.get("/jobs", leads_to="/login?next=/jobs"))
    visitor.submit(page, "Sign in", leads_to="/login/code", email=team.ben.email, password=PASSWORD)
    visitor.submit(visitor.get("/login/code"), "Sign in", leads_to="/jobs", code=phone.next_code())


def test_no_one_is_sent_elsewhere_after_both_steps(web: Flask, team: Team, phone: Phone) -> None:
    visitor = Visitor(web)
    sent = {"email": team.ben.email, "password": PASSWORD, "next": "//evil.example"}
    visitor.post("/login", sent, leads_to="/login/code")
    visitor.submit(visitor.get("/login/code"), "Sign in", leads_to="/", code=phone.next_code())


def test_second_step_without_the_first_leads_to_the_sign_in(web: Flask, team: Team, phone: Phone) -> None:
    visitor = Visitor(web)
    for address in ("/login/code", "/login/recovery-code"):
        visitor.get(address, leads_to="/login")
        visitor.post(address, {"code": phone.next_code()}, leads_to="/login")
    assert not visitor.is_signed_in


def test_second_step_has_to_follow_within_ten_minutes(
    web: Flask, clock: Clock, team: Team, phone: Phone
) -> None:
    visitor, page = first_step(web, team.ben)
    clock.move(timedelta(minutes=9))
    visitor.get("/login/code")
    clock.move(timedelta(minutes=2))
    answer = visitor.submit(page, "Sign in", leads_to="/login", code=phone.code())
    assert "Please sign in again" in visitor.follow(answer).messages


def test_first_step_is_worth_nothing_after_the_password_was_changed(
    web: Flask, clock: Clock, team: Team, phone: Phone
) -> None:
    thief, page = first_step(web, team.ben)
    visitor, asked = first_step(web, team.ben)
    visitor.submit(asked, "Sign in", leads_to="/", code=phone.next_code())
    visitor.post(
        "/settings/account/password", {"current": PASSWORD, "password": "another long sentence"}, status=303
    )
    thief.submit(page, "Sign in", leads_to="/login", code=phone.next_code())


def test_new_password_by_mail_does_not_go_around_it(
    web: Flask, team: Team, phone: Phone, simulators: Simulators
) -> None:
    Visitor(web).post("/password-reset", {"email": team.ben.email})
    do_background_work(web)
    link = link_in(the_mail_to(simulators, team.ben.email, "Choose a new password"), "/password-reset/")
    visitor = Visitor(web)
    visitor.post(link, {"password": "a brand new sentence"}, leads_to="/login")
    visitor.post(
        "/login", {"email": team.ben.email, "password": "a brand new sentence"}, leads_to="/login/code"
    )
    assert not visitor.is_signed_in


def test_wrong_codes_are_slowed_down_and_recorded(web: Flask, clock: Clock, team: Team, phone: Phone) -> None:
    visitor, page = first_step(web, team.ben, "198.51.100.7")
    for _ in range(SECOND_STEP.free_per_account):
        visitor.submit(page, "Sign in", status=422, code=phone.wrong_code())
    visitor.submit(page, "Sign in", status=429, code=phone.code())
    # Recovery codes are no way around it, and neither is another address or repeating the first step.
    visitor.post("/login/recovery-code", {"code": phone.codes[0]}, status=429)
    other, asked = first_step(web, team.ben, "203.0.113.9")
    other.submit(asked, "Sign in", status=429, code=phone.code())
    assert "Someone who passed the first step as Ben Frei entered a wrong code as the second." in (
        words_of_the_log(web)
    )
    clock.move(timedelta(seconds=5))
    other.submit(asked, "Sign in", leads_to="/", code=phone.next_code())


def test_known_browser_is_not_slowed_down_by_strangers(web: Flask, team: Team, phone: Phone) -> None:
    known, page = first_step(web, team.ben)
    known.submit(page, "Sign in", leads_to="/", code=phone.next_code())
    known.post("/logout", status=303)
    stranger, asked = first_step(web, team.ben, "198.51.100.7")
    for _ in range(SECOND_STEP.free_per_account):
        stranger.submit(asked, "Sign in", status=422, code=phone.wrong_code())
    stranger.submit(asked, "Sign in", status=429, code=phone.code())
    sent = {"email": team.ben.email, "password": PASSWORD}
    known.post("/login", sent, leads_to="/login/code")
    known.submit(known.get("/login/code"), "Sign in", leads_to="/", code=phone.next_code())


def test_recovery_code_signs_in_once_and_its_owner_is_told(
    web: Flask, team: Team, phone: Phone, simulators: Simulators
) -> None:
    visitor, _ = first_step(web, team.ben)
    page = visitor.get("/login/recovery-code")
    typed = f" {phone.codes[0].upper().replace('-', ' ')} "
    answer = visitor.submit(page, "Sign in", leads_to="/", code=typed)
    assert "You used a recovery code; 9 codes left." in visitor.follow(answer).messages
    assert "9 of 10 are left" in visitor.get(HOME).words
    assert "Ben Frei signed in with a recovery code; 9 left." in words_of_the_log(web)
    do_background_work(web)
    assert "A recovery code was used" in the_mail_to(simulators, team.ben.email, "recovery code")["Subject"]
    again, _ = first_step(web, team.ben)
    page = again.get("/login/recovery-code")
    refused = again.submit(page, "Sign in", status=422, code=phone.codes[0])
    assert "used already" in refused.error_at("code")
    assert refused.value_of("Sign in", "code") == phone.codes[0]


def test_few_recovery_codes_are_a_warning(web: Flask, team: Team, phone: Phone) -> None:
    visitor = Visitor(web)
    messages = []
    for code in phone.codes:
        visitor, _ = first_step(web, team.ben)
        answer = visitor.post("/login/recovery-code", {"code": code}, leads_to="/")
        messages.append(visitor.follow(answer).messages)
    assert "4 codes left." in messages[5]
    assert "Make new ones" not in messages[5]
    assert "3 codes left. Make new ones" in messages[6]
    assert "1 code left. Make new ones" in messages[8]
    assert "You used your last recovery code. Make new ones" in messages[9]
    assert "You have used your last recovery code." in visitor.get("/settings/account/profile").words


def test_recovery_codes_of_others_do_not_work(
    web: Flask, clock: Clock, team: Team, phone: Phone, ada: Visitor
) -> None:
    adas = set_up(ada, clock)
    visitor, _ = first_step(web, team.ben)
    visitor.post("/login/recovery-code", {"code": adas.codes[0]}, status=422)


def test_secret_that_no_key_opens_is_named_and_recovery_codes_still_work(
    web: Flask, team: Team, phone: Phone
) -> None:
    with in_rows(web):
        db.session.get_one(TwoStepSecret, team.ben.id).ciphertext = SealedText("garbage")
        db.session.commit()
    visitor, page = first_step(web, team.ben)
    refused = visitor.submit(page, "Sign in", status=422, code=phone.next_code())
    assert "Use a recovery code, or ask an owner" in refused.error_at("code")
    visitor.post("/login/recovery-code", {"code": phone.codes[0]}, leads_to="/")


def test_secret_copied_to_another_person_opens_nothing(
    web: Flask, clock: Clock, team: Team, phone: Phone, ada: Visitor
) -> None:
    set_up(ada, clock)
    with in_rows(web):
        bens = db.session.get_one(TwoStepSecret, team.ben.id).ciphertext
        db.session.get_one(TwoStepSecret, team.ada.id).ciphertext = bens
        db.session.commit()
    visitor, page = first_step(web, team.ada)
    refused = visitor.submit(page, "Sign in", status=422, code=phone.next_code())
    assert "can no longer read" in refused.error_at("code")


def test_signing_in_with_two_steps_is_not_recorded_by_the_first(web: Flask, team: Team, phone: Phone) -> None:
    first_step(web, team.ben)
    assert words_of_the_log(web)[-1] == "Ben Frei signed out."
