"""The organization, who may connect apps, and asking the owner for it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Organization, Role
from tests.accounts.mails import do_background_work, the_mail_to
from tests.factories import Team, create_user
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

APPS = "/settings/account/connected-apps"


def stored(app: Flask) -> tuple[str, str, int | None, bool]:
    with in_rows(app):
        row = db.session.get_one(Organization, 1)
        return row.name, row.timezone, row.retention_days, row.connecting_is_open


def open_connecting(browser: Visitor, is_open: bool, status: int = 303) -> None:
    browser.post(f"{APPS}/opening", {"connecting_is_open": "y"} if is_open else {}, status=status)


def test_name_zone_and_retention_are_changed_and_recorded(web: Flask, ada: Visitor) -> None:
    ada.post(
        "/settings/organization",
        {"name": "Southlight", "timezone": "Europe/Madrid", "retention_days": "180"},
        status=303,
    )
    assert stored(web)[:3] == ("Southlight", "Europe/Madrid", 180)
    words = ada.get("/settings/system-log").words
    assert "The organization is called Southlight; before: Northlight." in words
    assert "Candidates are erased 180 days after their last interview." in words
    ada.post(
        "/settings/organization",
        {"name": "Southlight", "timezone": "Europe/Madrid", "retention_days": ""},
        status=303,
    )
    assert stored(web)[2] is None


def test_organization_page_says_what_candidates_read_without_own_words(ada: Visitor) -> None:
    assert "candidates read: We look forward to speaking with you." in ada.get("/settings/organization").text


def test_own_words_are_in_the_example_of_an_invitation(web: Flask, ada: Visitor, ben: Visitor) -> None:
    stored_fields: dict[str, Any] = {"name": "Northlight", "timezone": "Europe/Zurich", "retention_days": ""}
    words: dict[str, Any] = {
        "invitation_intro": "Hello from <us>\nall",
        "invitation_closing": "Ask & we answer.",
    }
    ada.post("/settings/organization", {**stored_fields, **words}, status=303)
    assert "Hello from <us>" in ada.get("/settings/organization").words
    html = ada.get("/settings/organization/invitation-example").html
    assert (
        html.index("Hello from &lt;us&gt;<br>all") < html.index("Agenda") < html.index("Ask &amp; we answer.")
    )
    log = ada.get("/settings/system-log").words
    assert "The words before the details of invitations are different." in log
    assert "Hello from" not in log
    ben.get("/settings/organization/invitation-example", status=403)
    too_long: dict[str, Any] = {"invitation_intro": "x" * 1001, "invitation_closing": "kept"}
    answer = ada.post("/settings/organization", {**stored_fields, **too_long}, status=422)
    assert "At most 1000 characters." in answer.words
    assert "kept" in answer.words


@pytest.mark.parametrize("days", ["0", "-1", "3651", "soon", "1.5"])
def test_retention_that_means_nothing_is_refused_and_kept_in_its_field(
    web: Flask, ada: Visitor, days: str
) -> None:
    answer = ada.post(
        "/settings/organization",
        {"name": "Southlight", "timezone": "Europe/Madrid", "retention_days": days},
        status=422,
    )
    assert f'value="{days}"' in answer.html
    assert stored(web)[0] == "Northlight"


def test_only_the_owner_has_the_switch(web: Flask, team: Team, ada: Visitor, ben: Visitor) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.ADMIN)
    admin = Visitor(web).enter(eva)
    for browser in (admin, ben):
        assert "Who can connect" not in browser.get(APPS).html
        open_connecting(browser, False, 403)
    assert "Who can connect" in ada.get(APPS).html
    open_connecting(ada, False)
    assert not stored(web)[3]
    ben.post("/connect/zoom", status=403)
    open_connecting(ada, True)
    ben.post("/connect/zoom", status=303)


def test_asking_is_one_click_and_mails_the_owner(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    assert "Ask Ada Berg" in ben.get(APPS).html
    ben.post(f"{APPS}/ask", status=303)
    assert "Ada Berg will get an email with your request." in ben.get(APPS).words
    do_background_work(web)
    mail = the_mail_to(simulators, team.ada.email, "Ben Frei would like to connect apps")
    assert mail["Reply-To"] == "Ben Frei <ben@northlight.example>"
    part = mail.get_body(("plain",))
    assert part is not None
    assert f"http://localhost{APPS}" in part.get_content()


def test_owner_is_asked_once_a_day_by_each(
    web: Flask, clock: Clock, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    for day in range(2):
        for member in (team.ben, team.cleo):
            browser = Visitor(web).enter(member)
            browser.post(f"{APPS}/ask", status=303)
            browser.post(f"{APPS}/ask", status=303)
            assert "was already asked in the last day" in browser.get(APPS).words
        do_background_work(web)
        assert len(simulators.mails(team.ada.email)) == 2 * (day + 1)
        clock.move(timedelta(days=1, minutes=1))


def test_request_that_was_granted_meanwhile_is_not_mailed(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    ben.post(f"{APPS}/ask", status=303)
    open_connecting(ada, True)
    do_background_work(web)
    assert simulators.mails(team.ada.email) == []


def test_people_who_may_connect_have_nothing_to_ask(web: Flask, ada: Visitor, ben: Visitor) -> None:
    for browser in (ada, ben):
        browser.post(f"{APPS}/ask", status=403)


def test_observer_is_told_that_there_is_nothing_to_connect(web: Flask, team: Team, ada: Visitor) -> None:
    open_connecting(ada, False)
    with in_rows(web):
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    browser = Visitor(web).enter(olaf)
    page = browser.get(APPS).html
    assert "Your role doesn't hold interviews" in page
    assert "Ask Ada Berg" not in page
    browser.post(f"{APPS}/ask", status=403)


def test_first_day_of_the_week_is_chosen_and_recorded(web: Flask, ada: Visitor) -> None:
    page = ada.get("/settings/organization")
    assert page.value_of("Save", "first_weekday") == "0"
    ada.submit(page, "Save", status=303, first_weekday="6")
    assert ada.get("/settings/organization").value_of("Save", "first_weekday") == "6"
    assert "The calendar's weeks begin on Sunday." in ada.get("/settings/system-log").words
    with in_rows(web):
        assert db.session.get_one(Organization, 1).first_weekday == 6
    ada.post("/settings/organization", {"name": "N", "timezone": "UTC", "first_weekday": "9"}, status=422)
