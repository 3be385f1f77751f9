"""The organization, who may connect apps, and asking the owner for it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Organization, Role
from tests.accounts.browser import Browser, do_background_work, text_of, the_mail_to, words_of
from tests.factories import Team, create_user
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators

APPS = "/settings/account/connected-apps"


def stored(app: Flask) -> tuple[str, str, int | None, bool]:
    with in_rows(app):
        row = db.session.get_one(Organization, 1)
        return row.name, row.timezone, row.retention_days, row.connecting_is_open


def open_connecting(browser: Browser, is_open: bool, status: int = 303) -> None:
    browser.post(f"{APPS}/opening", status, **({"connecting_is_open": "y"} if is_open else {}))


def test_name_zone_and_retention_are_changed_and_recorded(web: Flask, ada: Browser) -> None:
    ada.post("/settings/organization", name="Southlight", timezone="Europe/Madrid", retention_days="180")
    assert stored(web)[:3] == ("Southlight", "Europe/Madrid", 180)
    words = words_of(ada.get("/settings/system-log"))
    assert "The organization is called Southlight; before: Northlight." in words
    assert "Candidates are erased 180 days after their last interview." in words
    ada.post("/settings/organization", name="Southlight", timezone="Europe/Madrid", retention_days="")
    assert stored(web)[2] is None


def test_own_words_stand_in_the_example_of_an_invitation(web: Flask, ada: Browser, ben: Browser) -> None:
    stored_fields: dict[str, Any] = {"name": "Northlight", "timezone": "Europe/Zurich", "retention_days": ""}
    words: dict[str, Any] = {
        "invitation_intro": "Hello from <us>\nall",
        "invitation_closing": "Ask & we answer.",
    }
    ada.post("/settings/organization", **stored_fields, **words)
    assert "Hello from <us>" in words_of(ada.get("/settings/organization"))
    html = ada.get("/settings/organization/invitation-example")
    assert (
        html.index("Hello from &lt;us&gt;<br>all") < html.index("Agenda") < html.index("Ask &amp; we answer.")
    )
    log = words_of(ada.get("/settings/system-log"))
    assert "The words before the details of invitations are different." in log
    assert "Hello from" not in log
    ben.get("/settings/organization/invitation-example", 403)
    too_long: dict[str, Any] = {"invitation_intro": "x" * 1001, "invitation_closing": "kept"}
    answer = ada.post("/settings/organization", 422, **stored_fields, **too_long)
    assert "At most 1000 characters." in text_of(answer)
    assert "kept" in text_of(answer)


@pytest.mark.parametrize("days", ["0", "-1", "3651", "soon", "1.5"])
def test_retention_that_means_nothing_is_refused_and_kept_in_its_field(
    web: Flask, ada: Browser, days: str
) -> None:
    answer = ada.post(
        "/settings/organization", 422, name="Southlight", timezone="Europe/Madrid", retention_days=days
    )
    assert f'value="{days}"' in answer.get_data(as_text=True)
    assert stored(web)[0] == "Northlight"


def test_only_the_owner_has_the_switch(web: Flask, team: Team, ada: Browser, ben: Browser) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.ADMIN)
    admin = Browser(web).sign_in(eva.email)
    for browser in (admin, ben):
        assert "Who may connect" not in browser.get(APPS)
        open_connecting(browser, False, 403)
    assert "Who may connect" in ada.get(APPS)
    open_connecting(ada, False)
    assert not stored(web)[3]
    ben.post("/connect/zoom", 403)
    open_connecting(ada, True)
    ben.post("/connect/zoom")


def test_asking_is_one_click_and_mails_the_owner(
    web: Flask, team: Team, ada: Browser, ben: Browser, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    assert "Ask Ada Berg" in ben.get(APPS)
    ben.post(f"{APPS}/ask")
    assert "Ada Berg gets a mail with your request." in words_of(ben.get(APPS))
    do_background_work(web)
    mail = the_mail_to(simulators, team.ada.email, "Ben Frei would like to connect apps")
    assert mail["Reply-To"] == "Ben Frei <ben@northlight.example>"
    part = mail.get_body(("plain",))
    assert part is not None
    assert f"http://localhost{APPS}" in part.get_content()


def test_owner_is_asked_once_a_day_by_each(
    web: Flask, clock: Clock, team: Team, ada: Browser, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    for day in range(2):
        for member in (team.ben, team.cleo):
            browser = Browser(web).sign_in(member.email)
            browser.post(f"{APPS}/ask")
            browser.post(f"{APPS}/ask")
            assert "was asked within the last day already" in words_of(browser.get(APPS))
        do_background_work(web)
        assert len(simulators.mails(team.ada.email)) == 2 * (day + 1)
        clock.move(timedelta(days=1, minutes=1))


def test_request_that_was_granted_meanwhile_is_not_mailed(
    web: Flask, team: Team, ada: Browser, ben: Browser, simulators: Simulators
) -> None:
    open_connecting(ada, False)
    ben.post(f"{APPS}/ask")
    open_connecting(ada, True)
    do_background_work(web)
    assert simulators.mails(team.ada.email) == []


def test_whoever_may_connect_has_nothing_to_ask(web: Flask, ada: Browser, ben: Browser) -> None:
    for browser in (ada, ben):
        browser.post(f"{APPS}/ask", 403)


def test_observer_is_told_that_there_is_nothing_to_connect(web: Flask, team: Team, ada: Browser) -> None:
    open_connecting(ada, False)
    with in_rows(web):
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    browser = Browser(web).sign_in(olaf.email)
    page = browser.get(APPS)
    assert "Your role holds no interviews" in page
    assert "Ask Ada Berg" not in page
    text_of(browser.post(f"{APPS}/ask", 403))
