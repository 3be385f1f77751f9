"""An invitation with made-up people that shows what the organization's own text looks like in it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response

from extensions import db
from messaging.delivery import sender_address
from messaging.facts import InterviewFacts, Person, Reader
from models import Organization, ReaderRole
from scheduling.mails.queue import INVITATION
from scheduling.software import WITH_PASSCODE, spec_of, usual
from services import services
from tasks.mails.previews import preview
from timezones import start_of_day, utc_now
from web.signed_in import actor


def invitation_example() -> Response:
    """The email as its own page, with the saved text."""
    user, organization, now = actor(), db.session.get_one(Organization, 1), utc_now()
    candidate = Person("Alex Example", "alex@candidate.example", organization.timezone)
    you = Person(user.name, user.email, user.timezone)
    software = usual(services().connections.clients)
    in_a_week = start_of_day((now + timedelta(days=7)).date(), organization.timezone)
    facts = InterviewFacts(
        title="Example Interview",
        job_title="Example job",
        organization=organization.name,
        type_label="Video",
        software_label=software.label,
        starts_at=in_a_week + timedelta(hours=10),
        duration_minutes=45,
        zone=organization.timezone,
        link_state="ready",
        join_url=spec_of(software).link("example"),
        passcode="example" if software in WITH_PASSCODE else None,
        agenda="Introduction, experience discussion, Q&A",
        message_to_candidate="",
        scheduler=you,
        candidate=candidate,
        hiring_manager=you,
        attendees=(),
        uid="example",
        revision=0,
        intro=organization.invitation_intro,
        closing=organization.invitation_closing,
    )
    reader = Reader(candidate, ReaderRole.CANDIDATE, None)
    letter = preview(INVITATION, facts, reader, sender=sender_address(), made_at=now)
    response = make_response(letter.html)
    response.headers["X-Framed-Mail"] = "yes"
    return response


def register(blueprint: Blueprint) -> None:
    """Add the example to the settings' blueprint."""
    blueprint.get("/organization/invitation-example")(invitation_example)
