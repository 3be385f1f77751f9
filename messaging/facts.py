"""The content of a mail: the facts of an interview, and who reads them.

The dialog's preview makes the same facts from a draft, so a mail looks the same in the preview as in the
inbox. Internal notes are not among them: they belong to a reader who may see them, so no other copy can have
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import sqlalchemy as sa

from models import Interview, Mail, MeetingState, Organization, PhoneCaller, ReaderRole
from rows import rows_of
from text import many_lines, one_line

LinkState = Literal["ready", "waiting", "failed", "none"]

_LINK_STATES: dict[MeetingState, LinkState] = {
    MeetingState.WAITING: "waiting",
    MeetingState.READY: "ready",
    MeetingState.FAILED: "failed",
    MeetingState.REMOVED: "none",
}


@dataclass(frozen=True)
class Person:
    """A person a mail names. `zone` is an IANA name, or None when it is not known.

    The name is cleaned when the object is made; the address is kept as given and checked where it is used.
    """

    name: str
    address: str
    zone: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name) or self.address.partition("@")[0])


@dataclass(frozen=True)
class AttachedFile:
    """A file that is sent with the invitation. `stored_as` says where its bytes are kept."""

    name: str
    content_type: str
    size_bytes: int
    is_for_team_only: bool
    stored_as: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name))


@dataclass(frozen=True)
class InterviewFacts:
    """One interview, with what everyone who is invited may know. All text is cleaned when the object is made.

    `starts_at` is an aware instant, `zone` the IANA name of the zone it was planned in. A ready link has
    a `join_url`; "waiting" and "failed" read the same to the people invited, and "none" is an interview
    without a meeting: one with a `phone_number` or an `address`. Raises `ValueError` for a naive instant and
    for a ready link without an address.
    """

    title: str
    job_title: str
    organization: str
    type_label: str
    software_label: str | None
    starts_at: datetime
    duration_minutes: int
    zone: str
    link_state: LinkState
    join_url: str | None
    passcode: str | None
    agenda: str
    message_to_candidate: str
    scheduler: Person
    candidate: Person
    hiring_manager: Person
    attendees: tuple[Person, ...]
    uid: str
    revision: int
    is_cancelled: bool = False
    phone_number: str | None = None
    candidate_calls: bool = False
    address: str | None = None
    directions: str = ""
    # The organization's own words before and after the details of an invitation.
    intro: str = ""
    closing: str = ""
    files: tuple[AttachedFile, ...] = ()
    # The person who gave everyone a link of their own while there was none of ours; "" if no one did.
    link_given_by: str = ""

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise ValueError("an instant must be aware")
        if self.link_state == "ready" and not self.join_url:
            raise ValueError("a ready link needs its address")
        for name in ("title", "job_title", "organization", "type_label", "uid", "link_given_by"):
            object.__setattr__(self, name, one_line(getattr(self, name)))
        for name in ("software_label", "join_url", "passcode", "phone_number"):
            value = getattr(self, name)
            object.__setattr__(self, name, one_line(value) or None if value else None)
        for name in ("agenda", "message_to_candidate", "intro", "closing"):
            object.__setattr__(self, name, many_lines(getattr(self, name)))
        object.__setattr__(self, "address", many_lines(self.address or "") or None)
        object.__setattr__(self, "directions", many_lines(self.directions))

    @property
    def participants(self) -> tuple[Person, ...]:
        """Candidate, hiring manager and attendees, each address once, in this order."""
        by_address: dict[str, Person] = {}
        for person in (self.candidate, self.hiring_manager, *self.attendees):
            by_address.setdefault(person.address.casefold(), person)
        return tuple(by_address.values())

    def files_for(self, reader: Reader) -> tuple[AttachedFile, ...]:
        """The files that come with this reader's copy of the invitation. Those for the team alone, such as a
        résumé, go to those who may open them on the interview's page; an observer who attends may not."""
        return tuple(file for file in self.files if reader.sees_notes or not file.is_for_team_only)


@dataclass(frozen=True)
class Reader:
    """The person one copy is written for.

    `join_page_url` is this reader's own and is in no other copy; so is `own_page_url`, where the candidate
    confirms, asks for another time, or cancels. A guest who attends is not `is_of_the_team`:
    only people who can sign in are. They alone get `interview_url`, the interview's page in the product,
    where notes and files are. `internal_notes` is None unless this reader may see them there and the kind of
    email brings them along; "" if there are none. `calendar` is the name of the calendar of theirs in which
    the product itself keeps the interview, so that hardly any email has to bring a file; "" if there is none.
    """

    person: Person
    role: ReaderRole
    join_page_url: str | None
    is_of_the_team: bool = False
    interview_url: str | None = None
    # Whether the internal notes and files are on that page for this reader; observers don't see them.
    sees_notes: bool = False
    internal_notes: str | None = field(default=None, repr=False)
    # How this reader gets into the meeting, where the account that hosts it has rules of its own.
    entry_notes: tuple[str, ...] = ()
    own_page_url: str | None = None
    calendar: str = ""

    def __post_init__(self) -> None:
        if self.own_page_url and self.role is not ReaderRole.CANDIDATE:
            raise ValueError("the candidate's page is the candidate's alone")
        if self.internal_notes is None:
            return
        if not self.is_of_the_team:
            raise ValueError("internal notes never leave the team")
        object.__setattr__(self, "internal_notes", many_lines(self.internal_notes))


class InvitingOrganization(Protocol):
    """What an invitation says of the organization: its name and its own words."""

    @property
    def name(self) -> str: ...

    @property
    def invitation_intro(self) -> str: ...

    @property
    def invitation_closing(self) -> str: ...


class _InvitingOrganization(NamedTuple):
    name: str
    invitation_intro: str
    invitation_closing: str


_INVITING = sa.select(Organization.name, Organization.invitation_intro, Organization.invitation_closing)


def inviting_organization() -> InvitingOrganization:
    """What an invitation says of this installation's organization, in one short statement."""
    [row] = rows_of(_INVITING)
    return _InvitingOrganization(*row)


def facts_of(interview: Interview, organization: InvitingOrganization) -> InterviewFacts:
    """The facts of an interview, stored or about to be. Reads its application, people, meeting and files;
    changes nothing."""
    meeting = interview.meeting if interview.meeting is not None and interview.meeting.is_wanted else None
    link_state = _LINK_STATES[meeting.state] if meeting else "none"
    is_ready = link_state == "ready"
    candidate, manager, scheduler = interview.candidate, interview.hiring_manager, interview.scheduler
    return InterviewFacts(
        title=interview.title,
        job_title=interview.application.job.title,
        organization=organization.name,
        type_label=interview.interview_type.label,
        software_label=meeting.called if meeting else _software_to_be(interview),
        starts_at=interview.starts_at,
        duration_minutes=interview.duration_minutes,
        zone=interview.timezone,
        link_state=link_state,
        # A meeting that was ready once and no longer is must not be offered again.
        join_url=meeting.join_url if meeting and is_ready else None,
        passcode=meeting.passcode if meeting and is_ready else None,
        agenda=interview.agenda,
        message_to_candidate=interview.message_to_candidate,
        scheduler=Person(scheduler.name, scheduler.email, scheduler.timezone),
        candidate=Person(candidate.name, candidate.email, candidate.timezone),
        hiring_manager=Person(manager.name, manager.email, manager.timezone),
        attendees=tuple(
            Person(attendee.name, attendee.email, attendee.user.timezone if attendee.user else None)
            for attendee in interview.attendees
        ),
        uid=interview.ics_uid,
        revision=interview.revision,
        phone_number=interview.phone_number,
        candidate_calls=interview.phone_caller is PhoneCaller.CANDIDATE,
        address=interview.address,
        directions=interview.directions or "",
        intro=organization.invitation_intro,
        closing=organization.invitation_closing,
        link_given_by=meeting.arranged_by.name if meeting is not None and meeting.arranged_by else "",
        files=tuple(
            AttachedFile(row.name, row.content_type, row.size_bytes, row.is_for_team_only, row.stored_as)
            for row in interview.attachments
        ),
    )


def _software_to_be(interview: Interview) -> str | None:
    """While the candidate is asked for a time there is no meeting, but people know what it will be on."""
    request = interview.slot_request if interview.status.is_being_arranged else None
    return request.software_label if request is not None else None


def reader_of(
    mail: Mail,
    candidate_zone: str | None,
    join_page_url: str | None,
    interview_url: str | None = None,
    internal_notes: str | None = None,
    *,
    sees_notes: bool = False,
) -> Reader:
    """The person a queued mail is written for, with the zone they are known to live in.

    All of it comes from the mail's own row, so the mail can still be written for someone who no longer takes
    part. Only a candidate's zone is kept elsewhere: `candidate_zone`, an IANA name or None.
    `interview_url` goes into copies to the team only; `sees_notes` says that the notes are there for this
    reader. `internal_notes` are None for a reader who may
    not see them; raises ValueError if they are not, and the reader is not on the team.
    """
    zone = mail.user.timezone if mail.user is not None else None
    if mail.role is ReaderRole.CANDIDATE:
        zone = candidate_zone
    person = Person(mail.name, mail.address, zone)
    is_of_the_team = mail.user_id is not None
    return Reader(
        person,
        mail.role,
        join_page_url,
        is_of_the_team=is_of_the_team,
        interview_url=interview_url if is_of_the_team else None,
        sees_notes=sees_notes and is_of_the_team,
        internal_notes=internal_notes,
    )
