"""How many statements the pages of the dialog and the polls of open pages take, at most."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from background import make_runner
from extensions import db
from models import Interview, MailState
from scheduling.slots import MOST_SLOTS
from tests.factories import Team, connect_zoom, in_three_days, request_slots, schedule
from tests.files_to_attach import PDF
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.machines.statements import statements
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import STEPS, draft_at
from tests.web.round_trips import APPS
from tests.web.slot_requests import Asked

# Who is signed in, their organization, and what the banners say are the first statement of each.
MOST_FOR_A_STEP, MOST_FOR_A_POLL = 8, 2
# Seven for its rows and what the candidate said; the rest is what the ledger, the hosts, and the work under
# way say of its meeting.
MOST_FOR_AN_INTERVIEW = 13
# The candidate with the files, the applications with the moves, and what can be done with them.
MOST_FOR_A_CANDIDATE = 8
# The interview with what belongs to it, one statement each; what is on at any of the times takes a single
# one.
MOST_FOR_CHOOSING = 18
POLL = re.compile(r'data-poll[^>]* hx-get="([^"]+)"')


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


@pytest.mark.parametrize("step", STEPS[1:4])
def test_step_whose_rest_is_filled_in_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, step: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        schedule(people.ada, people.dina)
        db.session.commit()
        draft = draft_at(ada, people.dina.id, step)
    assert ada.get(f"{draft}/{step}").has_button("Save and go to Finalize")
    with statements(connected) as seen:
        ada.get(f"{draft}/{step}")
    assert len(seen) <= MOST_FOR_A_STEP, "\n".join(seen)


@pytest.mark.parametrize("step", STEPS)
def test_step_of_the_dialog_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, step: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        # What the steps that have not been saved yet begin with.
        schedule(people.ada, people.dina)
        db.session.commit()
        draft = draft_at(ada, people.dina.id, "finalize")
    ada.get(f"{draft}/{step}")
    with statements(connected) as seen:
        ada.get(f"{draft}/{step}")
    assert len(seen) <= MOST_FOR_A_STEP, seen


@pytest.mark.parametrize("step", STEPS)
def test_step_of_a_request_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, step: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        schedule(people.ada, people.dina)
        db.session.commit()
        slots = [f"2027-02-1{day}T08:00Z/45/Europe/Zurich" for day in range(3)]
        when: dict[str, Any] = {"date-time": {"time": "", "slots": slots}, "setup": {"method": "time_slots"}}
        draft = draft_at(ada, people.dina.id, "finalize", when)
    ada.get(f"{draft}/{step}")
    with statements(connected) as seen:
        assert "3 times" in ada.get(f"{draft}/{step}").text
    assert len(seen) <= MOST_FOR_A_STEP, seen


def test_first_step_of_a_new_draft_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        schedule(people.ada, people.dina)
        db.session.commit()
        draft = draft_at(ada, people.dina.id, "setup")
    ada.get(f"{draft}/setup")
    with statements(connected) as seen:
        ada.get(f"{draft}/setup")
    assert len(seen) <= MOST_FOR_A_STEP, seen


def test_page_of_a_candidate_keeps_to_its_statements(connected: Flask, people: Team, ada: Visitor) -> None:
    with in_rows(connected):
        schedule(people.ada, people.dina)
        db.session.commit()
    there = f"/candidates/{people.dina.id}"
    ada.post(f"{there}/files", {"files": (io.BytesIO(PDF), "CV.pdf")}, status=303)
    ada.get(there)
    with statements(connected) as seen:
        assert "CV.pdf" in ada.get(there).text
    assert len(seen) <= MOST_FOR_A_CANDIDATE, seen


def test_page_on_which_a_candidate_chooses_keeps_to_its_statements(
    connected: Flask, simulators: Simulators, people: Team
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        starts = [in_three_days() + timedelta(hours=number) for number in range(MOST_SLOTS)]
        asked = Asked(connected, request_slots(people.ada, people.dina, *starts))
    visitor, address = Visitor(connected), asked.address
    visitor.get(address)
    with statements(connected) as seen:
        assert "None of these work" in visitor.get(address).text
    assert len(seen) <= MOST_FOR_CHOOSING, "\n".join(seen)


@pytest.mark.parametrize("is_tried_again", [False, True])
def test_page_of_an_interview_keeps_to_its_statements(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, is_tried_again: bool
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        interview = schedule(people.ada, people.dina, reminder_minutes=(1440, 60))
        db.session.commit()
    with connected.app_context():
        runner = make_runner(connected)
        while runner.run_due():
            pass
    if is_tried_again:
        with in_rows(connected):
            for mail in db.session.get_one(Interview, interview).mails:
                mail.state, mail.words, mail.code, mail.due_at = (
                    MailState.QUEUED,
                    "busy",
                    451,
                    mail.created_at,
                )
            db.session.commit()
    ada.get(f"/interviews/{interview}")
    with statements(connected) as seen:
        ada.get(f"/interviews/{interview}")
    # When the emails are tried next is one more, and so is the stamp with which the page asks for changes.
    assert len(seen) <= MOST_FOR_AN_INTERVIEW + 2 * is_tried_again, "\n".join(seen)


@pytest.mark.parametrize("place", ["Connected Apps", "first step", "interview"])
def test_poll_that_finds_nothing_new_takes_one_statement_besides_the_sign_in(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, place: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        # Its meeting is waiting to be made, so its page watches it.
        interview = schedule(people.ada, people.dina)
        db.session.commit()
        addresses = {
            "Connected Apps": APPS,
            "first step": f"{draft_at(ada, people.dina.id, 'setup')}/setup",
            "interview": f"/interviews/{interview}",
        }
    found = POLL.search(ada.get(addresses[place]).html)
    assert found is not None
    poll = found.group(1).replace("&amp;", "&")
    ada.get(poll, htmx=True, status=204)
    with statements(connected) as seen:
        ada.get(poll, htmx=True, status=204)
    assert len(seen) <= MOST_FOR_A_POLL, seen


# What is on at the times that were offered is a single one, however many these are; so is what the reader has
# today besides interviews.
@pytest.mark.parametrize(
    ("address", "most"), [("/interviews/1", 14), ("/interviews?status=requested", 5), ("/", 6)]
)
def test_pages_about_a_request_keep_to_their_statements(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, address: str, most: int
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        request_slots(people.ada, people.dina, *(in_three_days() + timedelta(days=n) for n in range(5)))
    ada.get(address)
    with statements(connected) as seen:
        ada.get(address)
    assert len(seen) <= most, "\n".join(seen)


@pytest.mark.parametrize("path", ["/help", "/help?q=time", "/help/guides/recruiters"])
def test_help_asks_the_database_only_who_is_reading(connected: Flask, ada: Visitor, path: str) -> None:
    ada.get(path)
    with statements(connected) as seen:
        ada.get(path)
    assert len(seen) <= MOST_FOR_A_POLL, seen
