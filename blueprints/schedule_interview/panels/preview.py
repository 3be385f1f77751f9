"""The emails of a draft, made from the same facts and by the same code as the real ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import current_app

from extensions import db
from messaging.delivery import is_configured
from messaging.facts import AttachedFile, InterviewFacts, InvitingOrganization, Reader, facts_of
from messaging.letters import Letter
from messaging.reading import describe_ics
from models import (
    Attachment,
    Interview,
    Meeting,
    MeetingSoftware,
    MeetingState,
    ReaderRole,
    RevisionReason,
    User,
)
from scheduling.calendars.telling import calendar_of, entry_of
from scheduling.entries.apps import calendars_of, label_of
from scheduling.mails.queue import INVITATION, recipients_of
from scheduling.mails.reminders import is_too_late, no_reminder, people_to_remind, why_too_late
from scheduling.mails.told import Told
from scheduling.plans import Plan, When, differences
from scheduling.reading import lists
from scheduling.roles import role_in_words
from scheduling.software import WITH_PASSCODE, spec_of
from scheduling.venues import OnlineMeeting, PastedLink, Venue
from tasks.mails.previews import preview, preview_of_request, sender_of
from timezones import local_moment, utc_now
from wording import duration, in_a_row
from work.mail import Recipient

# What exists only after scheduling: the links, and the passcode that the software chooses.
_JOIN_PAGE_LATER = "/j/made-when-you-schedule"
_CANDIDATE_PAGE_LATER = "/s/made-when-you-schedule"
_INTERVIEW_LATER = "/interviews/made-when-you-schedule"


@dataclass(frozen=True)
class ReaderChoice:
    """One of the emails, by who gets it, to choose from. `is_asked`: they are asked to choose a time."""

    role: str
    name: str
    url: str
    is_shown: bool
    is_asked: bool


@dataclass(frozen=True)
class ShownLetter:
    """One reader's email with what the page says about it. Times are in the reader's zone."""

    sender: str
    to: str
    subject: str
    frame_url: str
    text: str
    ics_rows: list[tuple[str, str]]
    files: tuple[AttachedFile, ...]
    reminders: list[str]


@dataclass(frozen=True)
class ReminderTime:
    """When one reminder is sent, in each reader's local time, and to whom."""

    before: str
    clocks: list[tuple[str, str]]


class Preview:
    """What would be sent if the draft became an interview now.

    `interview` is the planned one, in no session; `files` go with it. `has_host`: whether anyone could host
    an online meeting. `before` is the plan that people know, where it is a change of the interview with the
    id `changes`, and `by` who makes it.
    `slots` are the times that the candidate chooses from: they are asked first, and everyone is invited to
    the time they choose, here the first one.
    """

    def __init__(
        self,
        interview: Interview,
        plan: Plan,
        files: list[Attachment],
        organization: InvitingOrganization,
        *,
        has_host: bool,
        before: Plan | None = None,
        changes: int | None = None,
        by: str = "",
        slots: tuple[When, ...] = (),
    ) -> None:
        self._plan, self._has_host, self._by, self._slots = plan, has_host, by, slots
        self._changes = changes
        self._sender = sender_of(interview.scheduler, organization.name)
        self._told = _told(before, plan) if before is not None else None
        self._knowing = _addresses(before, interview) if before is not None else frozenset()
        interview.attachments = files
        interview.meeting = _meeting_of(plan.venue, has_host=has_host)
        self._facts: InterviewFacts = facts_of(interview, organization)
        recipients = recipients_of(interview)
        invited = [self._reader(recipient, self._facts) for recipient in recipients]
        self._user_ids = {each.address.lower(): each.user_id for each in recipients}
        asked = [reader for reader in invited if slots and reader.role is ReaderRole.CANDIDATE]
        self._number_asked, self._readers = len(asked), [*asked, *invited]
        self._reminded = [(reader.person.name, self._zone(reader)) for reader in invited]
        self._reminded += [
            (interview.scheduler.name, interview.scheduler.timezone)
            for who in people_to_remind(interview)
            if who.role is ReaderRole.TEAM
        ]

    @property
    def sender_in_words(self) -> str:
        """The sender of all of the emails."""
        app = self._sender.app_label
        return f"{self._sender}, with {app}" if app else str(self._sender)

    def __len__(self) -> int:
        """How many emails there are."""
        return len(self._readers)

    @staticmethod
    def _reader(recipient: Recipient, facts: InterviewFacts) -> Reader:
        people = {person.address.casefold(): person for person in facts.participants}
        base_url, is_of_the_team = current_app.config["BASE_URL"], recipient.user_id is not None
        is_candidate = recipient.role is ReaderRole.CANDIDATE
        return Reader(
            people[recipient.address.casefold()],
            recipient.role,
            base_url + _JOIN_PAGE_LATER,
            is_of_the_team=is_of_the_team,
            interview_url=base_url + _INTERVIEW_LATER if is_of_the_team else None,
            sees_notes=is_of_the_team
            and lists.sees_notes_where_taking_part(db.session.get_one(User, recipient.user_id)),
            own_page_url=base_url + _CANDIDATE_PAGE_LATER if is_candidate else None,
        )

    def letter(self, number: int) -> Letter | None:
        """The email with that number, that to the candidate who is asked first; None if there is none."""
        if not 0 <= number < len(self._readers):
            return None
        reader = self._readers[number]
        if number < self._number_asked:
            return preview_of_request(
                # There is no meeting before there is a time.
                replace(self._facts, link_state="none", join_url=None, passcode=None),
                reader,
                self._slots,
                sender=self._sender.organizer,
                made_at=utc_now(),
            )
        return preview(
            INVITATION,
            self._facts,
            replace(reader, calendar=self._calendar_of(reader)),
            sender=self._sender.organizer,
            made_at=utc_now(),
            told=self._told if reader.person.address.lower() in self._knowing else None,
            by=self._by,
        )

    def _calendar_of(self, reader: Reader) -> str:
        """The calendar of theirs that gets the interview, so that the email brings no file; "" if none."""
        address = reader.person.address.lower()
        user_id = self._user_ids.get(address)
        if user_id is None:
            return ""
        if self._changes is not None and address in self._knowing:
            # People who were told with a file keep getting one.
            return calendar_of(entry_of(self._changes, user_id))
        connection = calendars_of([user_id]).get(user_id)
        return label_of(connection.app) if connection is not None else ""

    def shown(self, number: int, frame_url: str) -> ShownLetter | None:
        letter = self.letter(number)
        if letter is None:
            return None
        reader = self._readers[number]
        return ShownLetter(
            sender=str(self._sender),
            to=f"{reader.person.name} <{reader.person.address}>",
            subject=letter.subject,
            frame_url=frame_url,
            text=letter.text,
            ics_rows=describe_ics(letter.ics, self._zone(reader)) if letter.ics else [],
            files=self._facts.files_for(reader) if number >= self._number_asked else (),
            reminders=[local_moment(at, self._zone(reader)).full for _, at in self._reminder_times()],
        )

    def choices(self, shown: int, here: str) -> list[ReaderChoice]:
        """Everyone who gets an email, the candidate first; `here` is the address of the page."""
        return [
            ReaderChoice(
                role_in_words(reader.role, is_of_the_team=reader.is_of_the_team),
                reader.person.name,
                f"{here}?reader={number}#letter",
                number == shown,
                is_asked=number < self._number_asked,
            )
            for number, reader in enumerate(self._readers)
        ]

    def reminders(self) -> list[ReminderTime]:
        """When reminders are sent, in the local times of the people who get them."""
        return [ReminderTime(duration(minutes), self._clocks(at)) for minutes, at in self._reminder_times()]

    def _reminder_times(self) -> list[tuple[int, datetime]]:
        if self._slots:
            # They depend on what is chosen.
            return []
        starts_at, late = self._plan.when.starts_at, self.reminders_too_late()
        return [
            (minutes, starts_at - timedelta(minutes=minutes))
            for minutes in self._plan.reminders.minutes
            if minutes not in late
        ]

    def reminders_too_late(self) -> dict[int, str]:
        """The reminders that it is too late for, as minutes before the start, each with the reason. If the
        candidate chooses the time, only those that are too late for all of the times."""
        latest = max(when.starts_at for when in (*self._slots, self._plan.when))
        minutes = self._plan.reminders.minutes
        return {each: why_too_late(each) for each in minutes if is_too_late(latest, each)}

    def _clocks(self, at: datetime) -> list[tuple[str, str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for name, zone in self._reminded:
            names[local_moment(at, zone).full].append(name)
        return [(when, in_a_row(people)) for when, people in names.items()]

    def _zone(self, reader: Reader) -> str:
        return reader.person.zone or self._plan.when.timezone

    def will_not_happen(self) -> list[str]:
        """Things that people might expect but that this interview or server rules out, and why."""
        plan = self._plan
        words = [f"{no_reminder(minutes)}. {why}" for minutes, why in self.reminders_too_late().items()]
        if isinstance(plan.venue, OnlineMeeting) and not self._has_host:
            spec = spec_of(plan.venue.software)
            words.append(
                f"No {spec.label} link yet: no one who can host has connected {spec.app_label}. "
                "We'll send it once someone does."
            )
        if self._sender.passed_over and is_configured():
            words.append(f"{self._sender.passed_over}. Emails come from {self._sender.address} for now.")
        if not self._sender.app_label and not is_configured():
            waits = "request waits" if self._slots else "interview is saved, and the invitations wait"
            words.append(
                f"No emails go out for now, because this server has no mail server set. The {waits}. "
                "If it's soon, tell the candidate yourself."
            )
        return words


def _told(before: Plan, plan: Plan) -> Told:
    return Told(before, differences(before, plan), frozenset({RevisionReason.CHANGED}))


def _addresses(before: Plan, interview: Interview) -> frozenset[str]:
    """Everyone who takes part so far, in lower case."""
    manager = db.session.get_one(User, before.hiring_manager_id)
    people = (interview.candidate.email, manager.email, *(each.email for each in before.attendees))
    return frozenset(address.lower() for address in people)


def _passcode_to_be(software: MeetingSoftware) -> str | None:
    return f"added by {software.label}" if software in WITH_PASSCODE else None


def _meeting_of(venue: Venue, *, has_host: bool) -> Meeting | None:
    """The meeting as it will look in the emails, with words in place of its link and passcode."""
    match venue:
        case OnlineMeeting(software, passcode):
            return Meeting(
                software=software,
                is_wanted=True,
                state=MeetingState.READY if has_host else MeetingState.FAILED,
                join_url=spec_of(software).link("made-when-you-schedule") if has_host else None,
                passcode=(passcode or _passcode_to_be(software)) if has_host else None,
            )
        case PastedLink(url, label):
            return Meeting(
                software=MeetingSoftware.OTHER,
                is_wanted=True,
                label=label,
                state=MeetingState.READY,
                join_url=url,
            )
    return None
