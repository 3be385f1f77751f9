"""The mails of a draft, made of the same facts and by the same composer as the real ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import current_app, url_for

from messaging.delivery import is_configured, sender_address
from messaging.facts import AttachedFile, InterviewFacts, Reader, facts_of
from messaging.letters import Letter
from messaging.reading import describe_ics
from models import Interview, Meeting, MeetingSoftware, MeetingState, ReaderRole
from scheduling.commands.schedule import new_interview
from scheduling.drafts import attachments
from scheduling.mails.queue import INVITATION, recipients_of, span
from scheduling.meetings.hosts import first_usable
from scheduling.software import spec_of
from scheduling.venues import OnlineMeeting, PastedLink
from tasks.mails.previews import preview
from timezones import local_moment, utc_now
from web.signed_in import current_organization
from work.mail import Recipient

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# What only exists once the interview does: the links are made then, and so is the software's own passcode.
_JOIN_PAGE_LATER = "/j/made-when-you-schedule"
_UID_LATER = "made-when-you-schedule"

ROLES_IN_WORDS = {
    ReaderRole.CANDIDATE: "Candidate",
    ReaderRole.HIRING_MANAGER: "Hiring manager",
    ReaderRole.ATTENDEE: "Attendee",
}


@dataclass(frozen=True)
class ReaderChoice:
    """One of those who get a mail, as somebody to pick."""

    role: str
    name: str
    url: str
    is_shown: bool


@dataclass(frozen=True)
class ShownLetter:
    """One reader's mail with what the page says about it. Times are the reader's."""

    to: str
    subject: str
    frame_url: str
    text: str
    ics_rows: list[tuple[str, str]]
    files: tuple[AttachedFile, ...]
    reminders: list[str]


@dataclass(frozen=True)
class ReminderTime:
    """When one reminder leaves: on each reader's clock, and for whom."""

    before: str
    clocks: list[tuple[str, str]]


class Preview:
    """What would leave if the draft became an interview now. Only for a draft whose steps are complete."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self.plan = dialog.plan()
        interview, organization = self._interview(), current_organization()
        assert organization is not None
        self._facts: InterviewFacts = facts_of(interview, organization)
        self.recipients: list[Recipient] = recipients_of(interview)
        self._readers = [self._reader(recipient, self._facts) for recipient in self.recipients]

    def _interview(self) -> Interview:
        dialog, plan = self._dialog, self.plan
        interview = new_interview(plan, dialog.actor, ics_uid=_UID_LATER)
        interview.attachments = attachments.of_draft(dialog.draft.id)
        match plan.venue:
            case OnlineMeeting(software, passcode):
                has_host = first_usable(dialog.hosts()) is not None
                interview.meeting = Meeting(
                    software=software,
                    is_wanted=True,
                    state=MeetingState.READY if has_host else MeetingState.FAILED,
                    join_url=spec_of(software).link("made-when-you-schedule") if has_host else None,
                    passcode=(passcode or f"made by {software.label}") if has_host else None,
                )
            case PastedLink(url, label):
                interview.meeting = Meeting(
                    software=MeetingSoftware.OTHER,
                    is_wanted=True,
                    label=label,
                    state=MeetingState.READY,
                    join_url=url,
                )
        return interview

    @staticmethod
    def _reader(recipient: Recipient, facts: InterviewFacts) -> Reader:
        people = {person.address.casefold(): person for person in facts.participants}
        return Reader(
            people[recipient.address.casefold()],
            recipient.role,
            current_app.config["BASE_URL"] + _JOIN_PAGE_LATER,
            is_of_the_team=recipient.user_id is not None,
        )

    def letter(self, number: int) -> Letter | None:
        """The mail to the reader of that number; None when there is no such reader."""
        if not 0 <= number < len(self._readers):
            return None
        return preview(
            INVITATION, self._facts, self._readers[number], sender=sender_address(), made_at=utc_now()
        )

    def shown(self, number: int) -> ShownLetter | None:
        letter = self.letter(number)
        if letter is None:
            return None
        reader, draft_id = self._readers[number], self._dialog.draft.id
        return ShownLetter(
            to=f"{reader.person.name} <{reader.person.address}>",
            subject=letter.subject,
            frame_url=url_for("schedule_interview.letter_frame", draft_id=draft_id, number=number),
            text=letter.text,
            ics_rows=describe_ics(letter.ics, self._zone(reader)) if letter.ics else [],
            files=self._facts.files_for(reader),
            reminders=[local_moment(at, self._zone(reader)).full for _, at in self._reminder_times()],
        )

    def choices(self, shown: int) -> list[ReaderChoice]:
        """Everybody who gets a mail, the candidate first."""
        here = self._dialog.address("preview")
        return [
            ReaderChoice(
                ROLES_IN_WORDS[reader.role],
                reader.person.name,
                f"{here}?reader={number}#letter",
                number == shown,
            )
            for number, reader in enumerate(self._readers)
        ]

    def reminders(self) -> list[ReminderTime]:
        """When reminders leave, said on the clocks of those who get them."""
        return [ReminderTime(span(minutes), self._clocks(at)) for minutes, at in self._reminder_times()]

    def _reminder_times(self) -> list[tuple[int, datetime]]:
        now, starts_at = utc_now(), self.plan.when.starts_at
        times = [(minutes, starts_at - timedelta(minutes=minutes)) for minutes in self.plan.reminders.minutes]
        return [(minutes, at) for minutes, at in times if at > now]

    def _clocks(self, at: datetime) -> list[tuple[str, str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for reader in self._readers:
            names[local_moment(at, self._zone(reader)).full].append(reader.person.name)
        return [(when, ", ".join(people)) for when, people in names.items()]

    def _zone(self, reader: Reader) -> str:
        return reader.person.zone or self.plan.when.timezone

    def will_not_happen(self) -> list[str]:
        """What one might expect and this interview or this server rules out, and why."""
        now, plan = utc_now(), self.plan
        words = [
            f"No reminder {span(minutes)} before: the interview begins sooner than that."
            for minutes in plan.reminders.minutes
            if plan.when.starts_at - timedelta(minutes=minutes) <= now
        ]
        if isinstance(plan.venue, OnlineMeeting) and first_usable(self._dialog.hosts()) is None:
            label = plan.venue.software.label
            words.append(
                f"No {label} link yet: nobody who could host has connected {label}. "
                "It follows once someone does."
            )
        if not is_configured():
            words.append(
                "No mail leaves for now: this server has no mail server set. The interview is saved, and the "
                "invitations wait. Tell the candidate yourself if it is soon."
            )
        return words
