"""A calendar that is connected when interviews are already scheduled: these are offered, and added."""

from collections.abc import Iterator

import pytest
from flask import Flask

from connections.app_spec import AppSpec
from models import FailureReason
from tests.factories import Team
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.made_up_provider import SETTINGS, in_place, with_templates
from tests.machines.rows import in_rows
from tests.made_up_provider.simulator import AcmeServer
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.calendars import connect, scheduled, section_of, set_entry, team_that_connects
from tests.web.dialog_steps import draft_at
from tests.web.round_trips import APPS
from tests.web.test_interview_page import run_everything
from tests.web.test_statement_budgets import POLL

ON_THE_PHONE = {"interview_type": "phone", "phone_number": "+44 20 7946 0018", "agenda": "A first talk"}


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppSpec]:
    with in_place(monkeypatch) as spec:
        yield spec


@pytest.fixture
def server() -> AcmeServer:
    return AcmeServer()


@pytest.fixture
def product(acme: AppSpec, server: AcmeServer, make_app: MakeApp, clock: Clock) -> Flask:
    return with_templates(make_app({**SETTINGS, "ACME_SERVER": server}))


@pytest.fixture
def team(product: Flask) -> Team:
    return team_that_connects(product)


@pytest.fixture
def ada(product: Flask, team: Team) -> Visitor:
    return Visitor(product).enter(team.ada)


@pytest.fixture
def ben(product: Flask, team: Team) -> Visitor:
    """The hiring manager of Dina's job."""
    return Visitor(product).enter(team.ben)


def card_of_calendar(page: Page) -> str:
    title = page.tree.with_id("app-acme-name")
    assert title is not None
    card = title.inside("article")
    assert card is not None
    return " ".join(card.text.split())


def test_interviews_from_before_are_offered_for_a_calendar_and_added_with_one_click(
    product: Flask, team: Team, server: AcmeServer, ben: Visitor
) -> None:
    for _ in range(2):
        scheduled(product, team)
    connect(ben, server)
    page = ben.get(APPS)
    assert "2 upcoming interviews aren't in this calendar yet." in card_of_calendar(page)
    assert server.entries == {}
    ben.post(f"{APPS}/add-interviews", status=303)
    page = ben.get(APPS)
    assert "2 interviews are being added to this calendar." in card_of_calendar(page)
    assert "aren't in this calendar yet" not in page.text
    poll = POLL.search(page.html)
    assert poll is not None
    run_everything(product)
    # An open page follows on its own.
    assert "being added" not in ben.get(poll.group(1).replace("&amp;", "&"), htmx=True).text
    assert len(server.entries) == 2
    ben.post(f"{APPS}/add-interviews", status=303)
    assert "All your upcoming interviews are in your calendar already." in ben.get(APPS).text


def test_what_cannot_be_added_is_reported_on_the_card(
    product: Flask, team: Team, server: AcmeServer, ben: Visitor
) -> None:
    scheduled(product, team)
    connect(ben, server)
    ben.post(f"{APPS}/add-interviews", status=303)
    set_entry(product, failure=FailureReason.REFUSED, failure_words="Acme refused the entry.")
    words = card_of_calendar(ben.get(APPS))
    assert "One couldn't be added at the first try. Acme refused the entry." in words


def test_page_of_an_interview_from_before_leads_to_the_card(
    product: Flask, team: Team, server: AcmeServer, ben: Visitor
) -> None:
    interview = scheduled(product, team)
    connect(ben, server)
    words = section_of(ben.get(f"/interviews/{interview}"))
    assert "It isn't in your Acme Rooms, because you connected that later. Add what is missing" in words


def test_preview_promises_no_file_to_those_who_get_an_entry(
    product: Flask, team: Team, server: AcmeServer, ada: Visitor, ben: Visitor
) -> None:
    connect(ben, server)
    with in_rows(product):
        draft = draft_at(ada, team.dina.id, "preview", {"setup": ON_THE_PHONE})
    of_candidate, of_ben = (ada.get(f"{draft}/preview?reader={number}").text for number in (0, 1))
    assert "Open invite.ics to add this to your calendar." in of_candidate
    assert "invite.ics" not in of_ben
    assert "It's in your Acme Rooms, and follows every change." in of_ben
