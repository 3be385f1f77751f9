"""The address that mails are sent from: internationalized, missing, or a participant's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from flask import Flask

import background
from messaging.findings import mails_held_back
from models import MailState
from services import services
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation, Office

DINA, ADA, BEN = "dina.kaur@mail.example", "ada@northlight.example", "ben@northlight.example"


@contextmanager
def sending_as(installation: Installation, sender: str, **more: str) -> Iterator[tuple[Flask, Office]]:
    """The same installation, started with this sender."""
    settings = {**installation.simulators.settings(), "MAIL_DEFAULT_SENDER": sender, **more}
    config = installation.app.config
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    try:
        yield app, Office(app, installation.team, installation.simulators)
    finally:
        close_app(app)


def calendars_of(message: EmailMessage) -> list[tuple[str, Any]]:
    """The calendar as an alternative and as a file, each with the method that its part names."""
    found = []
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/calendar" and isinstance(content, bytes):
            found.append((str(part.get_param("method")), icalendar.Calendar.from_ical(content)))
    return found


@pytest.mark.parametrize(
    "sender",
    ["hiring@bücher.example", "Acme, Inc. <hiring@bücher.example>", "hiring@xn--bcher-kva.example"],
)
def test_sender_in_an_internationalized_domain(sqlite_installation: Installation, sender: str) -> None:
    with sending_as(sqlite_installation, sender) as (app, office):
        assert services(app).mail_domain == "xn--bcher-kva.example"
        interview = office.schedule(software=None)
        background.make_runner(app).run_due()
        assert [mail.state for mail in office.mails(interview)] == [MailState.SENT] * 2
        [mail] = office.simulators.mails(DINA)
        assert "<hiring@xn--bcher-kva.example>" in str(mail.message["From"])
        assert str(mail.message["Message-ID"]).endswith("@xn--bcher-kva.example>")
        for _, calendar in calendars_of(mail.message):
            [event] = calendar.walk("VEVENT")
            assert event["ORGANIZER"] == "mailto:hiring@xn--bcher-kva.example"
            assert event["UID"].endswith("@xn--bcher-kva.example")


@pytest.mark.parametrize("sender", ["", "hiring@localhost"])
def test_nothing_leaves_without_an_address_of_ones_own(
    sqlite_installation: Installation, sender: str
) -> None:
    with sending_as(sqlite_installation, sender) as (app, office):
        interview = office.schedule(software=None)
        background.make_runner(app).run_due()
        assert [mail.state for mail in office.mails(interview)] == [MailState.QUEUED] * 2
        assert office.simulators.mails() == []
    # Setting it is enough: no recipient was blamed for anything.
    sqlite_installation.later(minutes=10)
    assert [mail.state for mail in sqlite_installation.mails(interview)] == [MailState.SENT] * 2


@pytest.mark.parametrize("sender", ["", "hiring@localhost", "nobody"])
def test_a_missing_sender_is_reported_with_the_name_of_its_setting(sender: str) -> None:
    found = mails_held_back("smtp.example.com", sender, "", waiting=2)
    assert found is not None
    assert "MAIL_DEFAULT_SENDER" in found.words
    assert found.level == "danger"


def test_user_of_the_mail_server_is_the_sender_if_none_is_set(sqlite_installation: Installation) -> None:
    with sending_as(sqlite_installation, "", MAIL_USERNAME="interviews@acme.example") as (app, _):
        assert services(app).mail_domain == "acme.example"


def test_participant_who_is_the_sender_gets_an_entry_and_the_others_an_invitation(
    sqlite_installation: Installation,
) -> None:
    """Calendars take an organizer's own event for one they know, and would show Ben nothing."""
    with sending_as(sqlite_installation, BEN.upper()) as (app, office):
        office.schedule(software=None)
        background.make_runner(app).run_due()
        for address, method in ((BEN, "PUBLISH"), (DINA, "REQUEST")):
            [mail] = office.simulators.mails(address)
            calendars = calendars_of(mail.message)
            methods = [(named, str(calendar["METHOD"])) for named, calendar in calendars]
            assert methods == [(method, method)] * 2
            for _, calendar in calendars:
                [event] = calendar.walk("VEVENT")
                states = {str(who).lower(): str(who.params["PARTSTAT"]) for who in event["ATTENDEE"]}
                assert states == {f"mailto:{DINA}": "NEEDS-ACTION", f"mailto:{BEN}": "ACCEPTED"}
