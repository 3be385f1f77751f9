"""An installation with Google's and Microsoft's apps set up, and what is in people's simulated calendars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from extensions import db
from models import CalendarEntry, EntryState, FailureReason, Interview, Mail
from scheduling.plans import Participant
from tests import factories
from tests.factories import LENA, PRIYA, Member
from tests.tasks.calendar_sides import CalendarSide, Event, Sides, sides_of
from tests.tasks.installation import Installation, Office

# Whose account is whose: those of the simulated providers belong to other people. Both know the same
# addresses.
MARCO = "marco.bianchi@northlight.example"
TOM = "tom.adeyemi@northlight.example"
VERA = "vera.costa@northlight.example"

# Which provider has whose calendar, by the name of a test's variant; people who are not named have theirs at
# Google.
VARIANTS: Mapping[str, frozenset[str]] = {
    "google": frozenset(),
    "outlook": frozenset({LENA, MARCO, PRIYA, TOM, VERA}),
    # Ben, who mostly has Lena's account, at one provider, and Cleo, who has Marco's, at the other.
    "both": frozenset({MARCO, TOM}),
}


def in_calendars(*ordinary: str) -> pytest.MarkDecorator:
    """Run a test with the calendars of these variants, and in full runs with those of the others too."""
    rest = [pytest.param(name, marks=pytest.mark.full) for name in VARIANTS if name not in ordinary]
    return pytest.mark.parametrize("calendars", [*ordinary, *rest], indirect=True)


@dataclass(frozen=True)
class EntrySeen:
    """One row of an interview's entries."""

    user_id: int
    is_wanted: bool
    state: EntryState
    failure: FailureReason | None
    is_by_email: bool
    key: str
    keeps_theirs: bool


def taking_part(*members: Member) -> tuple[Participant, ...]:
    """People on the team as attendees."""
    return tuple(Participant(each.name, each.email, each.id) for each in members)


class EntriesOffice(Office):
    """What tests of calendar entries ask the product itself."""

    def rows_of_entries(self, interview_id: int) -> list[EntrySeen]:
        with self.reading():
            rows = db.session.scalars(
                db.select(CalendarEntry)
                .where(CalendarEntry.interview_id == interview_id)
                .order_by(CalendarEntry.id)
            )
            return [
                EntrySeen(
                    row.user_id,
                    row.is_wanted,
                    row.state,
                    row.failure,
                    row.is_by_email,
                    row.key,
                    row.keeps_theirs,
                )
                for row in rows
            ]

    def files_by_kind(self, interview_id: int, address: str) -> list[tuple[str, str]]:
        """The calendar files that one person got about an interview, with the kind of email, oldest first."""
        with self.reading():
            uid = db.session.get_one(Interview, interview_id).ics_uid
            kinds = dict(
                db.session.execute(
                    db.select(Mail.message_id, Mail.kind).where(Mail.interview_id == interview_id)
                ).all()
            )
        found = []
        for mail in self.simulators.mails(address):
            for part in mail.message.iter_attachments():
                text = part.get_content() if part.get_content_type() == "text/calendar" else ""
                if uid in text.replace("\r\n ", ""):
                    [method] = re.findall(r"^METHOD:(\w+)", text, re.MULTILINE)
                    found.append((kinds[str(mail.message["Message-ID"])], method))
        return found

    def has_file(self, interview_id: int, address: str) -> bool:
        """Whether this person's own calendar program shows the interview from a file."""
        files = self.files_by_kind(interview_id, address)
        return bool(files) and files[-1][1] != "CANCEL"


class EntriesInstallation(EntriesOffice, Installation):
    """The same, with its work done when the test says so."""

    def settle(self) -> None:
        """Let the seconds pass in which a change can be undone, and do what follows."""
        self.later(seconds=12)
        self.later(seconds=3)


class CalendarOffice(EntriesOffice):
    """What the team does with its calendars at both providers. `at_outlook`: the accounts whose calendar is
    Outlook's, in this test."""

    at_outlook: frozenset[str] = frozenset()

    @property
    def sides(self) -> Sides:
        return sides_of(self.simulators)

    def side_of(self, account: str) -> CalendarSide:
        """The provider that keeps this account's calendar in this test."""
        return self.sides.outlook if account in self.at_outlook else self.sides.google

    def connect_calendar(
        self, member: Member, account: str = LENA, *, side: CalendarSide | None = None
    ) -> int:
        """Connect a calendar by a real round trip; returns the connection's id."""
        with self.writing():
            return factories.connect_app((side or self.side_of(account)).app, member, account)

    def events(self, account: str) -> list[Event]:
        """What the product has put into a calendar and no one has deleted, oldest first."""
        return self.side_of(account).events(account)

    def event(self, account: str) -> Event:
        """The only event of these."""
        [event] = self.events(account)
        return event

    def switches(self, **switches: object) -> None:
        """Set switches of both providers, by their common names."""
        for side in self.sides:
            side.switches(**switches)

    def calm(self) -> None:
        for side in self.sides:
            side.calm()

    def asked(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The calls that both providers received, in order."""
        calls = [call for side in self.sides for call in side.calls(operation)]
        return sorted(calls, key=lambda call: str(call["at"]))

    def operations(self) -> list[str]:
        return [str(call["operation"]) for call in self.asked()]

    def writes(self) -> list[str]:
        """The calls that changed something. Before a change, Outlook is asked what is there."""
        return [each for each in self.operations() if each in ("create", "update", "delete")]


class CalendarInstallation(CalendarOffice, EntriesInstallation):
    """The same, with its work done when the test says so."""
