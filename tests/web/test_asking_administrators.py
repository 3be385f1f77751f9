"""Asking an administrator by email, and who sees that someone waits for one."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Mail, MailState, Organization
from tests.accounts.mails import do_background_work
from tests.factories import Team, create_connection, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.approvals import (
    ADDRESS,
    ASK,
    EMAIL,
    FORGET,
    IT,
    answered,
    approvals,
    wait,
)
from tests.web.microsoft import CALENDAR, OWEN, decide_as_admin, try_microsoft
from tests.web.round_trips import APPS, card_of, come_back, result_of


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated Microsoft and a mailbox."""
    return make_app({**simulators.settings(), **simulators.microsoft.settings()})


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    def create() -> Team:
        team = create_team()
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
        return team

    return seeded(connected, create)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


@pytest.fixture
def owen(connected: Flask) -> Visitor:
    """The administrator's browser, in which no one is signed in here."""
    return Visitor(connected)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Enter their email address."), ("no address", "Enter an email address like it@company.example.")],
)
def test_bad_address_is_refused_beside_its_field_and_kept(
    connected: Flask, ben: Visitor, typed: str, words: str
) -> None:
    wait(ben)
    page = ben.submit(ben.get(APPS), "Email them", status=422, **{ADDRESS: typed})
    assert page.error_at(ADDRESS) == words
    assert page.fields("Email them").get(ADDRESS, [""]) == [typed]


def test_same_address_gets_it_once_a_day_and_few_addresses_do(
    connected: Flask, people: Team, clock: Clock, ben: Visitor
) -> None:
    wait(ben)
    for _ in range(2):
        ben.post(EMAIL, {ADDRESS: IT}, status=303)
    assert f"{IT} was already emailed in the last day." in ben.get(APPS).messages
    for number in (2, 3):
        ben.post(EMAIL, {ADDRESS: f"it{number}@harborview.example"}, status=303)
    page = ben.post(EMAIL, {ADDRESS: "it4@harborview.example"}, status=422)
    assert page.error_at(ADDRESS) == "You've sent several in the last day. Copy the link instead."
    # Starting over makes no difference.
    ben.post(FORGET, status=303)
    wait(ben)
    ben.post(EMAIL, {ADDRESS: "it4@harborview.example"}, status=422)
    clock.move(timedelta(days=1, minutes=1))
    ben.enter(people.ben)
    ben.post(EMAIL, {ADDRESS: IT}, status=303)
    with in_rows(connected):
        assert db.session.scalar(db.select(db.func.count()).select_from(Mail)) == 4


def test_email_that_was_refused_is_shown_and_may_be_sent_again(connected: Flask, ben: Visitor) -> None:
    wait(ben)
    ben.post(EMAIL, {ADDRESS: IT}, status=303)
    with in_rows(connected):
        mail = db.session.scalars(db.select(Mail)).one()
        mail.state, mail.words = MailState.FAILED, "550 No such user"
        db.session.commit()
    card = card_of(ben.get(APPS), CALENDAR)
    assert f"The email to {IT} wasn't delivered. The mail server said: 550 No such user" in card
    assert "will get an email" in ben.follow(ben.post(EMAIL, {ADDRESS: IT}, status=303)).messages


def test_email_is_not_sent_once_no_one_waits(
    connected: Flask, simulators: Simulators, ben: Visitor, owen: Visitor
) -> None:
    wait(ben)
    ben.post(EMAIL, {ADDRESS: IT}, status=303)
    ben.post(FORGET, status=303)
    do_background_work(connected)
    assert simulators.mails(IT) == []
    assert "no longer waits" in ben.follow(ben.post(EMAIL, {ADDRESS: IT}, status=303)).messages


def test_only_who_may_connect_asks_and_only_for_apps_that_are_allowed_that_way(
    connected: Flask, people: Team, ben: Visitor
) -> None:
    ben.post(f"{APPS}/zoom/administrator", status=404)
    ben.post(f"{APPS}/nothing/administrator", status=404)
    with in_rows(connected):
        db.session.get_one(Organization, 1).connecting_is_open = False
        db.session.commit()
    ben.post(ASK, status=403)
    ben.post(EMAIL, {ADDRESS: IT}, status=403)
    ben.post(FORGET, status=303)
    Visitor(connected).post(ASK, status=303, leads_to=None)
    assert approvals(connected) == []


def test_owner_sees_who_waits_and_may_allow_it_as_an_administrator(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    wait(ben)
    ada = Visitor(connected).enter(people.ada)
    page = ada.get(APPS)
    assert "Ben Frei waits for an administrator of Microsoft 365" in card_of(page, CALENDAR)
    assert "Outlook Calendar: waiting for their administrator" in ada.get("/settings/team").text
    review = page.tree.with_id(f"allow-{CALENDAR}")
    assert review is not None
    # An administrator who is signed in ends up at their own card.
    back = come_back(ada, decide_as_admin(review["href"]), "microsoft")
    assert back.headers["Location"].endswith(f"#app-{CALENDAR}")
    page = ada.get(APPS)
    assert "Microsoft says that Outlook Calendar is allowed for everyone" in page.messages
    assert "Ben Frei" not in card_of(page, CALENDAR)
    assert "Allowed by your administrator" in card_of(ben.get(APPS), CALENDAR)
    assert result_of(try_microsoft(ada, CALENDAR, OWEN)) == "microsoft=connected"


def test_colleague_who_has_connected_since_is_a_reason_to_try_again(
    clock: Clock, connected: Flask, people: Team, ben: Visitor
) -> None:
    wait(ben)
    clock.move(timedelta(minutes=1))
    with in_rows(connected):
        create_connection(people.cleo.id, app=CALENDAR)
        db.session.commit()
    card = card_of(ben.get(APPS), CALENDAR)
    assert "Cleo Marin has connected Outlook Calendar in the meantime, so it may be allowed by now." in card


def test_open_page_learns_of_the_answer_on_its_own(connected: Flask, ben: Visitor, owen: Visitor) -> None:
    link = wait(ben)
    found = re.search(r'hx-get="([^"]+)"', ben.get(APPS).html)
    assert found is not None
    poll = found.group(1).replace("&amp;", "&")
    ben.get(poll, htmx=True, status=204)
    answered(owen, decide_as_admin(link))
    piece = ben.get(poll, htmx=True)
    assert "Allowed by your administrator" in piece.text


def test_help_tells_administrators_what_is_asked_for_and_how_to_take_it_back(ben: Visitor) -> None:
    wait(ben)
    link = f"/help/connecting-apps?app={CALENDAR}#administrators"
    assert ben.get(APPS).tree.all("a", lambda e: e["href"] == link)
    part = ben.get(link).tree.with_id("administrators")
    assert part is not None
    for words in (
        "delegated permissions",
        "Calendars.ReadWrite",
        "It connects no account.",
        "To take it back",
    ):
        assert words in part.text, words
    assert "Microsoft says “Need admin approval”" in ben.get(link).text
    assert ben.get("/help/connecting-apps?app=zoom").tree.with_id("administrators") is None
