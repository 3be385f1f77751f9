"""What an earlier interview was scheduled with, as answers to the steps of the dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models import Application, Candidate, MeetingSoftware, PhoneCaller, User
from scheduling.drafts.again import Choices
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue

# As forms send them and drafts keep them: for each field its values as text.
Answers = dict[str, list[str]]

# Where a draft that repeats an interview keeps what its open steps begin with.
SUGGESTED = "suggested"

# What belongs to one meeting and is not offered for the next one.
_OF_ONE_MEETING = ("password", "link_url")


def suggested_by(last: Choices, actor: User, candidate: Candidate) -> dict[str, Answers]:
    """What a new interview on the same job begins with."""
    when: dict[str, str] = {"duration_minutes": str(last.duration_minutes)}
    if last.scheduler_id == actor.id:
        # Somebody else's zone would turn the time that one means into another.
        when["timezone"] = last.timezone
    setup = _for_another_meeting(_setup_answers(last, candidate), last, candidate)
    # Nobody from outside is invited to the next person's interview because somebody pressed Continue.
    team = tuple(person for person in last.attendees if person.user_id is not None)
    return {
        "setup": _texts(setup),
        "date-time": _texts(when),
        "attendees": _people_answers(replace(last, attendees=team), candidate),
        **_reminder_answers(last),
    }


def repeated(choices: Choices, application: Application) -> dict[str, Any]:
    """What a draft holds that repeats an interview with somebody on the same job: everything but when.

    For somebody else it is another meeting. Where that takes something away from Setup, Setup is asked again
    and begins with the rest.
    """
    candidate = application.candidate
    attendees = _people_answers(choices, candidate)
    if choices.hiring_manager_id is not None:
        attendees["hiring_manager"] = [str(choices.hiring_manager_id)]
    when = {"duration_minutes": str(choices.duration_minutes), "timezone": choices.timezone}
    details = {"title": choices.title, "internal_notes": "", "message_to_candidate": ""}
    setup = full_setup = {"job": str(application.id), **_setup_answers(choices, candidate)}
    if candidate.id == choices.candidate_id:
        # What was written to or about one person is nobody else's business.
        details["internal_notes"] = choices.internal_notes
        details["message_to_candidate"] = choices.message_to_candidate
    else:
        setup = _for_another_meeting(full_setup, choices, candidate)
        if choices.names_candidate(choices.title):
            details["title"] = application.job.usual_interview_title
    has_lost = any(value and not setup.get(name) for name, value in full_setup.items())
    answered = {"attendees": attendees, "details": _texts(details)}
    suggested = {"date-time": _texts(when), **_reminder_answers(choices)}
    (suggested if has_lost else answered)["setup"] = _texts(setup)
    return {**answered, SUGGESTED: suggested}


def _setup_answers(choices: Choices, candidate: Candidate) -> dict[str, str]:
    return {"agenda": choices.agenda, **_venue_answers(choices.venue, choices, candidate)}


def _for_another_meeting(setup: dict[str, str], choices: Choices, candidate: Candidate) -> dict[str, str]:
    """The answers without what belongs to the one meeting, or names its candidate to another."""
    left = {name: value for name, value in setup.items() if name not in _OF_ONE_MEETING}
    if candidate.id != choices.candidate_id and choices.names_candidate(choices.agenda):
        left["agenda"] = ""
    return left


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
