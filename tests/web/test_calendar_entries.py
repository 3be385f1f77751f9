"""Interviews in people's calendars, as the pages show them, with a made-up calendar that receives real
calls."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from connections.app_spec import AppSpec
from extensions import db
from models import (
    Connection,
    ConnectionState,
    EntryState,
    FailureReason,
    Interview,
    Role,
)
from providers.base import PlacedEntry
from scheduling.plans import Participant
from tests.factories import Team, create_user, schedule
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.made_up_provider import SETTINGS, in_place, with_templates
from tests.machines.rows import in_rows
from tests.machines.statements import statements
from tests.made_up_provider.simulator import AcmeServer
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.calendars import (
    connect,
    only_entry,
    scheduled,
    section_of,
    set_entry,
    team_that_connects,
)
from tests.web.test_interview_page import run_everything
from tests.web.test_statement_budgets import MOST_FOR_AN_INTERVIEW
from timezones import utc_now


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


def in_calendar(server: AcmeServer, **changes: object) -> PlacedEntry:
    """Change the only entry as its owner does in their calendar, and return it."""
    [(key, entry)] = server.entries.items()
    server.entries[key] = replace(entry, **changes)  # type: ignore[arg-type]
    return server.entries[key]


def starts_at(product: Flask, interview: int) -> datetime:
    with in_rows(product):
        return db.session.get_one(Interview, interview).starts_at


@pytest.fixture
def interview(product: Flask, team: Team, server: AcmeServer, ben: Visitor) -> int:
    connect(ben, server)
    return scheduled(product, team)


def look(visitor: Visitor, interview: int, clock: Clock, product: Flask) -> Page:
    """Open the page a while later, let the calendars be checked, and read it again."""
    clock.move(timedelta(minutes=3))
    page = visitor.get(f"/interviews/{interview}")
    assert f'hx-post="/interviews/{interview}/look"' in page.html
    visitor.post(f"/interviews/{interview}/look", htmx=True)
    run_everything(product)
    return visitor.get(f"/interviews/{interview}")


def test_page_says_in_whose_calendar_the_interview_is_and_only_its_owner_opens_it(
    product: Flask, interview: int, ada: Visitor, ben: Visitor
) -> None:
    set_entry(product, web_url="https://acme.example/entries/1")
    words = section_of(ada.get(f"/interviews/{interview}"))
    assert "Ben Frei In Acme Rooms as of" in words
    assert "Open in" not in words
    page = ben.get(f"/interviews/{interview}")
    assert "Ben Frei (you) In Acme Rooms as of" in section_of(page)
    [opened] = [link for link in page.tree.all("a") if link.text.startswith("Open in Acme Rooms")]
    assert opened["href"].startswith("https://acme.example")


def test_owner_who_does_not_find_it_is_told_what_to_check(
    product: Flask, interview: int, ada: Visitor, ben: Visitor
) -> None:
    words = section_of(ben.get(f"/interviews/{interview}"))
    assert "Connected: yes, as pat@acme.example." in words
    assert "Permission to add events: granted." in words
    assert "primary calendar" in words
    assert "primary calendar" not in section_of(ada.get(f"/interviews/{interview}"))


def test_waiting_entry_is_shown_as_such_and_the_page_follows_it(
    product: Flask, team: Team, server: AcmeServer, ben: Visitor
) -> None:
    connect(ben, server)
    with in_rows(product):
        interview = schedule(team.ada, team.dina, software=None)
    page = ben.get(f"/interviews/{interview}")
    assert "Being added to Acme Rooms." in section_of(page)
    assert "data-poll" in page.html
    run_everything(product)
    assert "In Acme Rooms as of" in section_of(ben.get(f"/interviews/{interview}"))


def test_deleted_entry_stays_deleted_until_someone_puts_it_back(
    product: Flask, interview: int, server: AcmeServer, clock: Clock, ada: Visitor, ben: Visitor
) -> None:
    [key] = server.entries
    server.entries.pop(key)
    server.history.append(key)
    words = section_of(look(ada, interview, clock, product))
    assert "Ben deleted it from their calendar." in words
    assert server.entries == {}
    assert "You deleted it from your calendar." in section_of(ben.get(f"/interviews/{interview}"))
    ada.post(f"/interviews/{interview}/entries/{only_entry(product)}/put-back", status=303)
    run_everything(product)
    assert len(server.entries) == 1
    page = ada.get(f"/interviews/{interview}")
    assert "In Acme Rooms as of" in section_of(page)
    assert "Ada Berg put back the entry in Ben's Acme Rooms" in page.text


def test_moved_entry_can_be_put_back(
    product: Flask, interview: int, server: AcmeServer, clock: Clock, ada: Visitor
) -> None:
    planned = starts_at(product, interview)
    in_calendar(
        server, starts_at=planned + timedelta(days=1), ends_at=planned + timedelta(days=1, minutes=45)
    )
    words = section_of(look(ada, interview, clock, product))
    assert "Ben moved it to" in words
    assert "The interview hasn't moved." in words
    for label in ("Put it back", "Leave it as it is", "Move the interview to that time…"):
        assert label in words
    ada.post(f"/interviews/{interview}/entries/{only_entry(product)}/put-back", status=303)
    run_everything(product)
    assert in_calendar(server).starts_at == planned
    assert "moved" not in section_of(ada.get(f"/interviews/{interview}"))


def test_moved_entry_leads_to_rescheduling_with_that_time_filled_in(
    product: Flask, interview: int, server: AcmeServer, clock: Clock, ada: Visitor, ben: Visitor
) -> None:
    moved = starts_at(product, interview) + timedelta(days=1)
    in_calendar(server, starts_at=moved, ends_at=moved + timedelta(minutes=60))
    page = look(ada, interview, clock, product)
    assert "1 hour" in section_of(page)
    [there] = [link["href"] for link in page.tree.all("a") if "to that time" in link.text]
    form = ada.get(there)
    assert form.value_of("Reschedule", "duration_minutes") == "60"
    assert form.value_of("Reschedule", "date") == f"{moved:%Y-%m-%d}"


def test_moved_entry_can_be_left_as_its_owner_has_it(
    product: Flask, interview: int, server: AcmeServer, clock: Clock, ben: Visitor
) -> None:
    moved = starts_at(product, interview) + timedelta(hours=1)
    in_calendar(server, starts_at=moved, ends_at=moved + timedelta(minutes=45))
    assert "You moved it to" in section_of(look(ben, interview, clock, product))
    ben.post(f"/interviews/{interview}/entries/{only_entry(product)}/leave", status=303)
    assert "In Acme Rooms with your changes as of" in section_of(ben.get(f"/interviews/{interview}"))
    run_everything(product)
    assert in_calendar(server).starts_at == moved
    # A second click, from a page that is older, changes nothing.
    ben.post(f"/interviews/{interview}/entries/{only_entry(product)}/leave", status=303)
    assert "The calendar has changed in the meantime." in ben.get(f"/interviews/{interview}").text


def test_what_someone_calls_it_in_their_own_calendar_is_shown_to_no_one(
    product: Flask, interview: int, server: AcmeServer, clock: Clock, ada: Visitor
) -> None:
    in_calendar(server, title="Another boring talk")
    page = look(ada, interview, clock, product)
    assert "Ben changed its title in their calendar." in section_of(page)
    assert "boring" not in page.text


def test_failure_is_shown_with_the_next_try_and_tried_again_on_request(
    product: Flask, interview: int, ada: Visitor
) -> None:
    set_entry(
        product,
        state=EntryState.PLACED,
        failure=FailureReason.UNREACHABLE,
        failure_words="Acme didn't answer in time.",
        failures=5,
        retry_at=utc_now() + timedelta(minutes=40),
        asked={},
    )
    words = section_of(ada.get(f"/interviews/{interview}"))
    assert "In Acme Rooms, but changes don't get there. Acme didn't answer in time. Next try:" in re.sub(
        r"[Aa]s of .*? Acme", "Acme", words
    )
    ada.post(f"/interviews/{interview}/entries/{only_entry(product)}/try-again", status=303)
    run_everything(product)
    assert "In Acme Rooms as of" in section_of(ada.get(f"/interviews/{interview}"))


def test_ended_connection_is_for_its_owner_to_fix(
    product: Flask, interview: int, ada: Visitor, ben: Visitor
) -> None:
    with in_rows(product):
        connection = db.session.scalars(db.select(Connection)).one()
        connection.state, connection.problem_since = ConnectionState.RECONNECT_NEEDED, utc_now()
        db.session.commit()
    words = section_of(ada.get(f"/interviews/{interview}"))
    assert "The connection to Acme Rooms has ended. Ben has to reconnect it." in words
    assert "Try again" not in words
    assert "Reconnect Acme Rooms" not in words
    assert "Reconnect Acme Rooms" in section_of(ben.get(f"/interviews/{interview}"))


def test_page_says_that_an_entry_left_after_disconnecting_does_not_follow(
    product: Flask, interview: int, ada: Visitor
) -> None:
    set_entry(product, state=EntryState.LEFT, is_wanted=False)
    words = section_of(ada.get(f"/interviews/{interview}"))
    assert "Left in their Acme Rooms. It doesn't follow the interview anymore" in words


def test_entry_that_cannot_be_removed_is_reported_as_left_over(
    product: Flask, interview: int, clock: Clock, ada: Visitor
) -> None:
    with in_rows(product):
        connection = db.session.scalars(db.select(Connection)).one()
        connection.state, connection.problem_since = ConnectionState.RECONNECT_NEEDED, utc_now()
        db.session.commit()
    ada.post(f"/interviews/{interview}/cancel", {"tells_candidate": "y"}, status=303)
    clock.move(timedelta(minutes=1))
    run_everything(product)
    words = section_of(ada.get(f"/interviews/{interview}"))
    assert "Still in Acme Rooms. It isn't meant to be there anymore." in words


def test_attendee_without_a_calendar_is_told_so_only_on_their_own_view(
    product: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    interview = scheduled(product, team)
    assert section_of(ada.get(f"/interviews/{interview}")) == ""
    assert "Connect your calendar" in section_of(ben.get(f"/interviews/{interview}"))


def test_entry_is_decided_on_by_its_owner_and_those_who_may_reschedule(
    product: Flask, team: Team, server: AcmeServer, clock: Clock
) -> None:
    with in_rows(product):
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
        other = create_user("Ines Roth", Role.INTERVIEWER)
        observer = create_user("Olaf Berg", Role.OBSERVER)
    ivans = Visitor(product).enter(ivan)
    connect(ivans, server)
    interview = scheduled(
        product,
        team,
        attendees=(
            Participant(ivan.name, ivan.email, ivan.id),
            Participant(other.name, other.email, other.id),
        ),
    )
    moved = starts_at(product, interview) + timedelta(hours=2)
    in_calendar(server, starts_at=moved, ends_at=moved + timedelta(minutes=45))
    words = section_of(look(ivans, interview, clock, product))
    assert "Put it back" in words
    assert "Move the interview" not in words
    entry = only_entry(product)
    for visitor in (Visitor(product).enter(other), Visitor(product).enter(observer)):
        assert "Put it back" not in section_of(visitor.get(f"/interviews/{interview}"))
        for command in ("put-back", "leave", "try-again"):
            visitor.post(f"/interviews/{interview}/entries/{entry}/{command}", status=403)
    Visitor(product).enter(team.ada).post(f"/interviews/{interview}/entries/9999/put-back", status=404)
    ivans.post(f"/interviews/{interview}/entries/{entry}/leave", status=303)


def test_page_with_entries_takes_two_statements_more(product: Flask, interview: int, ada: Visitor) -> None:
    ada.get(f"/interviews/{interview}")
    with statements(product) as seen:
        ada.get(f"/interviews/{interview}")
    assert len(seen) <= MOST_FOR_AN_INTERVIEW + 2


def test_help_explains_entries(ada: Visitor, acme: AppSpec) -> None:
    page = ada.get("/help/calendar-entries")
    assert "Put it back" in page.text
    assert "Acme Rooms events not appearing" in page.text
