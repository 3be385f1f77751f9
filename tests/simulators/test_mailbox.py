"""The simulated mailbox takes mail like a real server, shows it, and misbehaves on request."""

from __future__ import annotations

import smtplib
import socket
import time
from email.message import EmailMessage

import pytest
import requests

from tests.machines.simulators import Simulators

INVITE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:one@test.example\r
SEQUENCE:2\r
DTSTAMP:20310501T080000Z\r
DTSTART;TZID=Europe/Rome:20310502T100000\r
DTEND;TZID=Europe/Rome:20310502T110000\r
SUMMARY:Chef Interview\r
LOCATION:https://zoom.example/j/1\r
ORGANIZER;CN=Ada:mailto:ada@mail.example\r
ATTENDEE;CN=Dina;RSVP=FALSE:mailto:dina@mail.example\r
ATTENDEE:mailto:ben@mail.example\r
END:VEVENT\r
END:VCALENDAR\r
"""


def invitation() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada <ada@mail.example>"
    message["To"] = "Dina <dina@mail.example>"
    message["Cc"] = "ben@mail.example"
    message["Subject"] = "Your interview – Zürich"
    message["Message-ID"] = "<1@mail.example>"
    message.set_content("Join: https://zoom.example/j/1\n")
    message.add_alternative(
        '<html><head><title>x</title></head><body><script>alert(1)</script><a href="https://zoom.example/j/1">'
        "Join</a></body></html>",
        subtype="html",
    )
    message.add_alternative(
        INVITE.encode(), maintype="text", subtype="calendar", params={"method": "REQUEST"}
    )
    message.add_attachment(INVITE.encode(), maintype="text", subtype="calendar", filename="invite.ics")
    return message


def send(simulators: Simulators, *recipients: str, timeout: float = 5) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, timeout=timeout) as server:
        return server.send_message(
            invitation(), "ada@mail.example", recipients or ("dina@mail.example", "ben@mail.example")
        )


def test_each_envelope_recipient_gets_a_copy(simulators: Simulators) -> None:
    send(simulators)
    listed = requests.get(f"{simulators.mailbox_url}/api/mails", timeout=5).json()
    assert [mail["envelope_to"] for mail in listed] == ["dina@mail.example", "ben@mail.example"]
    assert listed[0]["subject"] == "Your interview – Zürich"
    assert listed[0]["message_id"] == "<1@mail.example>"
    [mail] = simulators.mails("BEN@mail.example")
    assert mail.message["To"] == "Dina <dina@mail.example>"
    assert [part.get_content_type() for part in mail.message.walk()].count("text/calendar") == 2


def test_a_mail_is_shown_as_its_reader_sees_it(simulators: Simulators) -> None:
    send(simulators, "dina@mail.example")
    [mail] = simulators.mails()
    page = f"{simulators.mailbox_url}/mails/{mail.id}"
    shown = requests.get(page, timeout=5).text
    assert "<title>Your interview – Zürich" in shown
    for fact in (
        "REQUEST",
        "one@test.example",
        "Fri 2 May 2031, 08:00 UTC (written as 10:00 Europe/Rome)",
        "Ada &lt;ada@mail.example&gt;",
        "Dina &lt;dina@mail.example&gt; · rsvp FALSE",
        "message part text/calendar; method=REQUEST; the same as attachment invite.ics",
    ):
        assert fact in shown, fact
    assert shown.count('class="card" aria-labelledby="calendar-') == 1
    framed = requests.get(f"{page}/html", timeout=5)
    assert framed.headers["Content-Security-Policy"].startswith("sandbox allow-popups ")
    assert "script" not in framed.headers["Content-Security-Policy"]
    assert '<head><base target="_blank">' in framed.text
    assert 'href="https://zoom.example/j/1"' in requests.get(f"{page}?view=text", timeout=5).text
    assert "&lt;script&gt;" not in requests.get(f"{page}?view=headers", timeout=5).text
    assert "Content-Type: multipart/" in requests.get(f"{page}?view=source", timeout=5).text
    assert requests.get(f"{page}?view=nonsense", timeout=5).status_code == 404


def test_attachments_can_be_downloaded(simulators: Simulators) -> None:
    send(simulators, "dina@mail.example")
    [mail] = simulators.mails()
    numbers = [n for n, part in enumerate(mail.message.walk()) if part.get_filename()]
    base = f"{simulators.mailbox_url}/mails/{mail.id}/files"
    got = requests.get(f"{base}/{numbers[0]}", timeout=5)
    assert got.content == INVITE.encode()
    assert got.headers["Content-Disposition"] == "attachment; filename=invite.ics"
    assert requests.get(f"{base}/0", timeout=5).status_code == 404
    assert requests.get(f"{base}/99", timeout=5).status_code == 404


def test_a_mail_that_is_nonsense_is_still_shown(simulators: Simulators) -> None:
    nonsense = (
        b"Subject: =?utf-8?q?broken\r\nContent-Type: text/calendar; charset=martian\r\n\r\n"
        b"BEGIN:VCALENDAR\r\nnothing\xff\r\n"
    )
    with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, timeout=5) as server:
        server.sendmail("", ["dina@mail.example"], nonsense)
    listed = requests.get(f"{simulators.mailbox_url}/api/mails", timeout=5).json()
    page = requests.get(f"{simulators.mailbox_url}/mails/{listed[0]['id']}", timeout=5)
    assert page.status_code == 200
    assert "no readable calendar file" in page.text


def test_the_list_is_filtered_by_recipient_and_forgotten(simulators: Simulators) -> None:
    send(simulators)
    home = simulators.mailbox_url
    assert requests.get(home, timeout=5).text.count("<li>") == 2
    only = requests.get(home, params={"to": "ben@mail.example"}, timeout=5).text
    assert only.count("<li>") == 1
    requests.post(f"{home}/clear", timeout=5)
    assert simulators.mails() == []


def test_recipients_are_refused_one_by_one(simulators: Simulators) -> None:
    simulators.mail_switches(reject_recipients={"ben@mail.example": 550})
    assert send(simulators)["ben@mail.example"][0] == 550
    assert [mail.envelope_to for mail in simulators.mails()] == [("dina@mail.example",)]
    simulators.mail_switches(reject_recipients={}, defer_recipients={"ben@mail.example": 451})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(simulators, "ben@mail.example")
    assert refused.value.recipients["ben@mail.example"][0] == 451


def test_messages_are_refused_and_connections_turned_away(simulators: Simulators) -> None:
    simulators.mail_switches(reject_data=554)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(simulators)
    assert refused.value.smtp_code == 554
    simulators.mail_switches(reject_data=None, refuse_connections=True)
    with pytest.raises(smtplib.SMTPConnectError) as turned_away:
        send(simulators)
    assert turned_away.value.smtp_code == 421
    assert simulators.mails() == []


def test_a_message_whose_receipt_is_lost_has_arrived(simulators: Simulators) -> None:
    simulators.mail_switches(drop_after_data=1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(simulators, "dina@mail.example")
    assert len(simulators.wait_for_mails(1)) == 1
    send(simulators, "dina@mail.example")
    assert len(simulators.mails()) == 2


def test_a_slow_server_takes_its_time(simulators: Simulators) -> None:
    simulators.mail_switches(delay_ms=300)
    began = time.monotonic()
    send(simulators)
    assert time.monotonic() - began >= 0.3


def test_a_silent_server_accepts_and_says_nothing(simulators: Simulators) -> None:
    simulators.mail_switches(silent=True)
    with socket.create_connection((simulators.smtp_host, simulators.smtp_port), timeout=0.3) as silent:
        silent.sendall(b"EHLO anybody\r\n")
        with pytest.raises(TimeoutError):
            silent.recv(1)
    simulators.mail_switches(silent=False)
    assert send(simulators) == {}


def test_smtputf8_can_be_missing(simulators: Simulators) -> None:
    for offered in (True, False):
        simulators.mail_switches(smtputf8=offered)
        with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, timeout=5) as server:
            server.ehlo()
            assert server.has_extn("smtputf8") is offered
