"""The emails around the times that a candidate can choose from: who gets which and when, and which never
leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from extensions import db
from models import Interview, MailState, User
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.mails.queue import SLOT_CHOSEN, SLOT_REQUEST
from scheduling.mails.slots import MOST_NUDGES, NUDGE_AFTER
from scheduling.slots import OPEN_FOR, offered
from services import services
from tasks.chores import all_chores
from tests import factories
from tests.factories import when_at
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation
from tests.tasks.test_refused_addresses import text_of
from work.mail import SEND_MAIL

DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"
ASKED, REMINDED = "Choose a time for your interview: ", "Reminder: please choose a time for your interview: "


def request(installation: Installation, *days: int, **wishes: Any) -> int:
    """Ask Dina, as Ada, to choose from mornings this many days ahead."""
    starts = [in_days(installation, number) for number in days or (10, 11)]
    with installation.writing():
        return factories.request_slots(installation.team.ada, installation.team.dina, *starts, **wishes)


def in_days(installation: Installation, number: int) -> datetime:
    return (installation.clock.now + timedelta(days=number)).replace(hour=9)


@contextmanager
def changing(installation: Installation, interview_id: int) -> Iterator[tuple[User, Interview]]:
    """Let Ada or Dina do something about an interview in a block."""
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        yield ada, db.session.get_one(Interview, interview_id)
        db.session.commit()


def choose(installation: Installation, interview_id: int, number: int = 0) -> None:
    with changing(installation, interview_id) as (_, row):
        time_slots.choose(row, offered(row)[number].id, installation.rules)


def subjects(installation: Installation, address: str = DINA) -> list[str]:
    return [str(mail.message["Subject"]) for mail in installation.simulators.mails(address)]


def beginnings(installation: Installation) -> list[str]:
    """The requests that arrived, by the words that their subjects begin with."""
    return [subject.partition(": ")[0].partition(" for your")[0] for subject in subjects(installation)]


def states(installation: Installation, interview: int) -> dict[str, tuple[MailState, str | None]]:
    return {m.occasion: (m.state, m.words) for m in installation.mails(interview, SLOT_REQUEST)}


def times_in(mail: ReceivedMail) -> int:
    return text_of(mail).partition("\nChoose a time:")[0].count("\n- ")


def link_in(mail: ReceivedMail) -> str:
    [link] = {word for word in text_of(mail).split() if "/s/" in word}
    return link.rpartition("/s/")[2]


# Nudges


def test_candidate_who_says_nothing_is_reminded_twice_and_no_more(installation: Installation) -> None:
    interview = request(installation, 10, 11, 30)
    installation.run_due()
    installation.later(hours=47, minutes=59)
    assert subjects(installation) == [f"{ASKED}Backend Engineer at Northlight"]
    installation.later(minutes=1)
    installation.later(hours=47, minutes=59)
    assert subjects(installation)[1:] == [f"{REMINDED}Backend Engineer at Northlight"]
    installation.later(minutes=1)
    for _ in range(30):
        installation.later(hours=24)
    assert subjects(installation)[1:] == [f"{REMINDED}Backend Engineer at Northlight"] * MOST_NUDGES
    first, second, third = installation.simulators.mails(DINA)
    assert "We'd like to invite you to an interview" in text_of(first)
    assert "We'd still like to talk to you about" in text_of(second)
    # All in one conversation, and all with the same page.
    assert link_in(first) == link_in(second) == link_in(third)
    assert {state for state, _ in states(installation, interview).values()} == {MailState.SENT}
    assert installation.simulators.mails(BEN) == installation.simulators.mails(ADA) == []


@pytest.mark.parametrize("after", [1, 49, 97])
@pytest.mark.parametrize("what", ["chosen", "accepted", "none fit", "withdrawn", "taken", "others"])
def test_no_reminder_follows_an_answer(sqlite_installation: Installation, what: str, after: int) -> None:
    installation = sqlite_installation
    interview = request(installation, 10, 11, at_once=what != "accepted", software=None)
    installation.run_due()
    for hours in (*[48] * (after // 48), after % 48):
        installation.later(hours=hours)
    before = beginnings(installation)
    assert before == ["Choose a time", *["Reminder"] * (after // 48)]
    named = in_days(installation, 8)
    if what in ("chosen", "accepted"):
        choose(installation, interview)
    else:
        with changing(installation, interview) as (ada, row):
            if what == "withdrawn":
                cancel_interview(ada, row, Cancellation(), installation.rules)
            else:
                says.say_none_fit(row, [named], "", installation.rules)
                db.session.expire(row)
            if what == "taken":
                time_slots.take_named_time(ada, row, named, installation.rules)
            if what == "others":
                others = [when_at(in_days(installation, 9))]
                time_slots.offer_others(ada, row, others, installation.rules)
    installation.run_due()
    if what == "others":
        # They are asked again, so what they said about the earlier times is settled.
        assert beginnings(installation)[len(before) :] == ["New times"]
        before = beginnings(installation)
        choose(installation, interview)
    for _ in range(5):
        installation.later(hours=24)
    about_times = ("Choose a time", "Reminder", "New times")
    assert [each for each in beginnings(installation) if each in about_times] == before


def test_no_reminder_follows_once_nothing_can_be_chosen(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = request(installation, 1, 3)
    installation.run_due()
    # The second reminder would come later than the last of the times, so there is none from the start.
    assert list(states(installation, interview)) == ["slots-1", "slots-1-nudge-1"]
    with changing(installation, interview) as (_, row):
        assert row.slot_request is not None
        row.slot_request.expires_at = installation.clock.now + NUDGE_AFTER
    installation.later(hours=48)
    assert beginnings(installation) == ["Choose a time"]
    dropped = states(installation, interview)["slots-1-nudge-1"]
    assert dropped == (MailState.DROPPED, "The link has expired.")


def test_reminder_names_only_times_that_can_still_be_chosen(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    request(installation, 1, 7)
    installation.run_due()
    installation.later(hours=48)
    first, reminder = installation.simulators.mails(DINA)
    assert (times_in(first), times_in(reminder)) == (2, 1)


def test_mail_server_that_is_away_for_days_brings_no_two_requests_at_once(
    installation: Installation,
) -> None:
    installation.simulators.mail_switches(refuse_connections=True)
    interview = request(installation, 10, 11)
    for _ in range(7):
        installation.later(hours=7)
    assert subjects(installation) == []
    installation.simulators.mail_switches(refuse_connections=False)
    for _ in range(2):
        installation.later(hours=2)
    # The delayed request has arrived, and a reminder about it in the next minute would be a nuisance.
    assert beginnings(installation) == ["Choose a time"]
    installation.later(hours=96 - 53)
    assert beginnings(installation) == ["Choose a time", "Reminder"]
    dropped = states(installation, interview)["slots-1-nudge-1"]
    assert dropped == (MailState.DROPPED, "The candidate was only just asked.")


def test_mail_server_that_is_away_over_both_reminders_brings_one(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    request(installation, 10, 11)
    installation.run_due()
    installation.simulators.mail_switches(refuse_connections=True)
    for _ in range(10):
        installation.later(hours=10)
    installation.simulators.mail_switches(refuse_connections=False)
    for _ in range(10):
        installation.later(hours=3)
    assert beginnings(installation) == ["Choose a time", "Reminder"]


def test_candidate_who_chose_while_the_mail_server_was_away_is_not_asked(installation: Installation) -> None:
    """They chose with the link that someone copied for them."""
    installation.simulators.mail_switches(refuse_connections=True)
    interview = request(installation, 10, 11, software=None)
    installation.later(hours=49)
    choose(installation, interview)
    installation.simulators.mail_switches(refuse_connections=False)
    for _ in range(10):
        installation.later(hours=5)
    [subject] = subjects(installation)
    assert subject.startswith("Interview on ")
    found = states(installation, interview)
    assert {state for state, _ in found.values()} == {MailState.DROPPED}
    assert found["slots-1"][1] == "The candidate has chosen a time."


# Once more


def test_request_that_is_renewed_is_sent_once_more_with_the_same_page(installation: Installation) -> None:
    interview = request(installation, 10, 40)
    installation.run_due()
    installation.later(hours=OPEN_FOR / timedelta(hours=1))
    asked = len(subjects(installation))
    with changing(installation, interview) as (ada, row):
        time_slots.renew(ada, row, installation.rules)
    # Again while it waits for its turn: one email.
    with changing(installation, interview) as (ada, row):
        time_slots.renew(ada, row, installation.rules)
    installation.run_due()
    mails = installation.simulators.mails(DINA)
    assert len(mails) == asked + 1
    assert link_in(mails[-1]) == link_in(mails[0])
    assert times_in(mails[-1]) == 1
    with changing(installation, interview) as (ada, row):
        time_slots.renew(ada, row, installation.rules)
    installation.run_due()
    assert len(subjects(installation)) == asked + 2


def test_reminder_waits_for_a_better_moment_than_right_after_a_renewal(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = request(installation, 10, 40)
    installation.run_due()
    installation.later(hours=47)
    with changing(installation, interview) as (ada, row):
        time_slots.renew(ada, row, installation.rules)
    installation.run_due()
    installation.later(hours=1)
    assert beginnings(installation) == ["Choose a time", "Choose a time"]
    installation.later(hours=48)
    assert beginnings(installation) == ["Choose a time", "Choose a time", "Reminder"]


# Automatic


def test_automatic_work_leaves_alone_an_interview_without_a_time(installation: Installation) -> None:
    """Neither one whose candidate still chooses nor one that waits for a last look is checked before its
    start, compared with Zoom, reminded of, or asked about afterwards."""
    installation.connect(installation.team.ben)
    requested = request(installation, 1, 4, reminder_minutes=(1440, 60))
    with installation.writing():
        other = factories.create_candidate("Omar Haddad", "omar@mail.example", installation.team.job_id)
        accepted = factories.request_slots(
            installation.team.ada, other, in_days(installation, 2), at_once=False, reminder_minutes=(60,)
        )
    choose(installation, accepted)
    chores = all_chores(services(installation.app))
    # Half an hour before each of the times and after it, then on to the last one.
    for hours in (20.5, 1, 23, 1, 23, 23.5, 1, 48):
        installation.later(hours=hours)
        with installation.writing():
            for chore in chores:
                chore.run()
        installation.run_due()
    with installation.reading():
        for number in (requested, accepted):
            row = db.session.get_one(Interview, number)
            assert (row.meetings, row.revisions) == ([], [])
            assert (row.day_check_for, row.hour_check_for, row.checked_problems) == (None, None, None)
            known = {mail.kind for mail in row.mails}
            assert known <= {SLOT_REQUEST, SLOT_CHOSEN}
    of_their_own = {f"interview:{requested}", f"interview:{accepted}"}
    about_them = {task.kind for task in installation.tasks() if task.subject in of_their_own}
    assert about_them == {SEND_MAIL.name}
    assert installation.living_meetings() == []
    assert installation.calls("create") == []
