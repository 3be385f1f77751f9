"""What an earlier interview was scheduled with, as answers to the steps of the dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Application, Candidate, MeetingSoftware, PhoneCaller, User
from scheduling.repeating import Choices
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue

# As forms send them and drafts keep them: for each field its values as text.
Answers = dict[str, list[str]]

# Where a draft that repeats an interview keeps what its open steps begin with.
SUGGESTED = "suggested"


def suggested_by(last: Choices, actor: User, candidate: Candidate) -> dict[str, Answers]:
    """What a new interview on the same job begins with. A passcode and a pasted link belong to one meeting
    and are not offered for the next one."""
    when: dict[str, str] = {"duration_minutes": str(last.duration_minutes)}
    if last.scheduler_id == actor.id:
        # Somebody else's zone would turn the time that one means into another.
        when["timezone"] = last.timezone
    setup = {**_venue_answers(last.venue, last, candidate), "agenda": last.agenda}
    for name in ("password", "link_url"):
        setup.pop(name, None)
    return {
        "setup": _texts(setup),
        "date-time": _texts(when),
        "attendees": _people_answers(last, candidate),
        **_reminder_answers(last),
    }


def repeated(choices: Choices, application: Application) -> dict[str, Any]:
    """What a draft holds that repeats an interview with somebody on the same job: everything but when."""
    candidate = application.candidate
    attendees = _people_answers(choices, candidate)
    if choices.hiring_manager_id is not None:
        attendees["hiring_manager"] = [str(choices.hiring_manager_id)]
    when = {"duration_minutes": str(choices.duration_minutes), "timezone": choices.timezone}
    details = {"title": choices.title, "internal_notes": "", "message_to_candidate": ""}
    if candidate.id == choices.candidate_id:
        # What was written to or about one person is nobody else's business.
        details["internal_notes"] = choices.internal_notes
        details["message_to_candidate"] = choices.message_to_candidate
    return {
        "setup": _texts(
            {
                "job": str(application.id),
                "agenda": choices.agenda,
                **_venue_answers(choices.venue, choices, candidate),
            }
        ),
        "attendees": attendees,
        "details": _texts(details),
        SUGGESTED: {"date-time": _texts(when), **_reminder_answers(choices)},
    }


def _venue_answers(venue: Venue, choices: Choices, candidate: Candidate) -> dict[str, str]:
    kind = {"interview_type": venue.interview_type.value}
    match venue:
        case OnlineMeeting(software, passcode):
            return {**kind, "meeting_software": software.value, "password": passcode or ""}
        case PastedLink(url, label):
            return {
                **kind,
                "meeting_software": MeetingSoftware.OTHER.value,
                "link_label": label,
                "link_url": url,
            }
        case PhoneCall(number, caller):
            # A number that we dial is the candidate's own; one that candidates dial is ours.
            is_theirs = caller is PhoneCaller.TEAM and candidate.id != choices.candidate_id
            dialled = candidate.phone if is_theirs else number
            return {**kind, "phone_caller": caller.value, "phone_number": dialled}
        case OnSite(address, directions):
            return {**kind, "address": address, "directions": directions}


def _people_answers(choices: Choices, candidate: Candidate) -> Answers:
    others = [
        person
        for person in choices.attendees
        if person.user_id is None and person.email.lower() != candidate.email.lower()
    ]
    return {
        "people": [str(person.user_id) for person in choices.attendees if person.user_id is not None],
        "other_names": [person.name for person in others],
        "other_emails": [person.email for person in others],
    }


def _reminder_answers(choices: Choices) -> dict[str, Answers]:
    minutes = choices.reminder_minutes
    return {} if minutes is None else {"finalize": {"reminders": [str(before) for before in minutes]}}


def _texts(values: Mapping[str, str]) -> Answers:
    return {name: [value] for name, value in values.items()}
