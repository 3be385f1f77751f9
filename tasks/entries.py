"""The task that keeps an interview up to date in the calendars of those on the team who take part."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from accounts.links import AccountLinks
from accounts.permissions import Action
from connections.checks import check_now
from connections.grants import with_grant
from connections.rows import held, lose_permissions
from messaging.facts import Person, Reader, facts_of, inviting_organization
from messaging.invites import entry_texts
from models import CalendarEntry, Connection, ConnectionState, Interview, ReaderRole
from providers.errors import HostNotAllowedError, ProviderError, ScopeMissingError
from rows import rows_of
from scheduling.calendars import planning
from scheduling.calendars.steps import Outcome, Step, Wait
from scheduling.commands.locking import locked_by_id
from scheduling.entries.content import Content
from scheduling.join_links import JoinLinks
from scheduling.mails.queue import recipients_of
from scheduling.meetings.entry import entry_rules
from scheduling.meetings.tries import NotSetUpError
from scheduling.reading import lists
from scheduling.rules import Rules
from services import services
from tasks.mails.kind import Workshop
from timezones import utc_now
from work.protocol import Again, ClaimedTask, Handler, Next


@dataclass(frozen=True)
class _Loaded:
    interview_id: int
    what: Step | Wait


def sync_entries(workshop: Workshop, rules: Rules) -> Handler:
    """The handler that takes the next step toward the wanted entries of an interview, one each time it
    starts, and looks at them again and again until its start."""
    writer = EntryWriter(workshop.join_links, workshop.account_links)

    def load(task: ClaimedTask) -> _Loaded | None:
        # In the same order as the commands, whose changes come before or after this.
        interview, _ = locked_by_id(int(task.payload["interview_id"]))
        step = planning.plan(interview.id, utc_now(), writer.write, rules)
        return None if step is None else _Loaded(interview.id, step)

    def call(loaded: _Loaded) -> Outcome:
        return None if isinstance(loaded.what, Wait) else _call(loaded.what)

    def record(loaded: _Loaded, outcome: Outcome) -> Next:
        if isinstance(loaded.what, Wait):
            return Again(loaded.what.at, "the next look at people's calendars", is_failure=False)
        if isinstance(outcome, ScopeMissingError):
            # Before the interview, as where someone connects an account.
            _lose(loaded.what.connection_id, outcome)
        elif not isinstance(outcome, ProviderError) or isinstance(outcome, HostNotAllowedError):
            _compare_with_card(loaded.what.connection_id, outcome)
        locked_by_id(loaded.interview_id)
        loaded.what.record(outcome, rules)
        return Again(utc_now(), "the next entry", is_failure=False)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """The System log shows that it was given up. The entries are as they were, and a change to the
        interview has them brought in line again."""

    # An entry is made under a key that was written down before, so a repeated call makes no second one.
    return Handler(load, call, record, gave_up, load_writes=True, finds_out_again=True)


def _call(step: Step) -> Outcome:
    clients = services().connections.clients.get(step.app)
    calendar = clients.calendar if clients is not None else None
    if calendar is None:
        return NotSetUpError("This calendar isn't set up on this server.")
    try:
        return with_grant(step.connection_id, lambda grant: step.call(calendar, grant))
    except ProviderError as error:
        return error


def _lose(connection_id: int, error: ScopeMissingError) -> None:
    """Nothing works until its owner grants it again."""
    row = held(connection_id)
    if row is not None and row.state is ConnectionState.CONNECTED:
        lose_permissions(row, error.scopes, error.words)


_CARD = sa.select(Connection.state, Connection.trouble).where(Connection.id == sa.bindparam("connection_id"))


def _compare_with_card(connection_id: int, outcome: Outcome) -> None:
    """Have the connection checked, if a call has just shown that its card is wrong about whether the account
    can keep entries."""
    for row in rows_of(_CARD, {"connection_id": connection_id}):
        works = row.state is ConnectionState.CONNECTED
        if works and isinstance(outcome, HostNotAllowedError) is (row.trouble is None):
            check_now(connection_id)


@dataclass(frozen=True)
class EntryWriter:
    """Writes what an entry says: the same as the calendar file would, and the internal notes for those who
    may see them."""

    join_links: JoinLinks
    account_links: AccountLinks

    def write(self, interview: Interview, entry: CalendarEntry) -> Content:
        """The entry as it should be for its owner."""
        facts = facts_of(interview, inviting_organization())
        page = self.account_links.interview_page(interview)
        reader = self._reader(interview, entry, page)
        texts = entry_texts(facts, reader)
        return Content(
            title=texts.title,
            description=texts.description,
            location=texts.location,
            starts_at=interview.starts_at,
            ends_at=interview.ends_at,
            timezone=interview.timezone,
            page_url=page,
            product=services().connections.name,
            # Someone who only lends their account for the meeting is free.
            shows_busy=reader.role is not ReaderRole.TEAM,
        )

    def _reader(self, interview: Interview, entry: CalendarEntry, page: str) -> Reader:
        user = entry.user
        who = next((each for each in recipients_of(interview) if each.user_id == user.id), None)
        key = who.join_reader if who is not None else None
        may_see = who is not None and lists.may(user, Action.SEE_NOTES, interview)
        meeting = interview.meeting
        rules = entry_rules(meeting) if meeting is not None else ()
        return Reader(
            Person(user.name, user.email, user.timezone),
            who.role if who is not None else ReaderRole.TEAM,
            self.join_links.join_page(interview, key) if key is not None else None,
            is_of_the_team=True,
            interview_url=page,
            sees_notes=lists.sees_notes_where_taking_part(user),
            internal_notes=interview.internal_notes if may_see else None,
            entry_notes=tuple(rule.to_team for rule in rules),
        )
