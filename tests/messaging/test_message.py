"""The bytes of a mail: its parts, its headers, and what these refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any

import pytest
from flask import Flask
from flask_mail import Message

from messaging.headers import Mailbox
from messaging.invites import build_ics
from messaging.mime import CalendarPart, FilePart, Headers, written
from messaging.transport import WrittenMessage, mail
from tests.messaging.facts_for_tests import FACTS, MADE_AT, SENDER, reader
from tests.messaging.mail_servers import HOST, real_server

ICS = build_ics(FACTS, reader(), sender=SENDER, made_at=MADE_AT)
DINA = Mailbox("Dina Park", "dina@mail.example")
ANNA = Mailbox("Anna Berg", "anna@northwind.example")


def message(**changes: Any) -> bytes:
    headers = Headers(
        subject="Interview: Backend Engineer – Tue 24 Nov 2026, 09:00 CET",
        sender=Mailbox("Anna Berg via Northwind", SENDER),
        to=(DINA,),
        cc=(),
        reply_to=ANNA,
        message_id="<i1.r0.7f3a@northwind.example>",
        sent_at=datetime(2026, 11, 22, 14, 30, tzinfo=UTC),
    )
    parts = {"calendar": CalendarPart(ICS, "REQUEST")} | {
        name: changes.pop(name) for name in ("calendar", "files") if name in changes
    }
    return written(
        replace(headers, **changes),
        text="Grüezi Dina\n" + "long " * 300 + "\n",
        html="<p>Grüezi Dina</p>\n",
        **parts,
    )


def read(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(content)


def test_the_parts_are_in_the_order_that_mail_programs_expect() -> None:
    parts = [(part.get_content_type(), part.get_filename()) for part in read(message()).walk()]
    assert parts == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("text/calendar", "invite.ics"),
    ]


@pytest.mark.parametrize(
    "name",
    ["plan.pdf", "Ünser Plan für Dina.pdf", "履歴書.docx", f"{'long name ' * 15}.pdf", 'a "quoted".txt'],
)
def test_files_come_last_and_arrive_byte_for_byte_under_their_names(name: str) -> None:
    content = bytes(range(256)) * 300
    parts = list(read(message(files=(FilePart(name, "application/pdf", content),))).iter_attachments())
    assert [part.get_filename() for part in parts] == ["invite.ics", name]
    # For programs that do not know RFC 2231.
    old = parts[1].get_param("name")
    assert (old is None) is name.isascii()
    assert old is None or (str(old).isascii() and str(old).endswith(name.rpartition(".")[2]))
    assert parts[1].get_content_type() == "application/pdf"
    assert parts[1].get_payload(decode=True) == content
    assert all(len(line) < 1000 for line in message().split(b"\r\n"))


def test_text_file_keeps_its_line_endings_and_its_encoding() -> None:
    content = "Grüezi\nDina\r\n".encode("cp1252")
    [_, part] = read(message(files=(FilePart("a.txt", "text/plain", content),))).iter_attachments()
    assert part.get_payload(decode=True) == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Grüße, Ω and 李".encode(), ("text/plain", "utf-8")),
        (b"plain", ("text/plain", "utf-8")),
        ("Grüße".encode("cp1252"), ("application/octet-stream", None)),
    ],
)
def test_text_file_says_how_it_is_encoded_or_is_not_sent_as_text(
    content: bytes, said: tuple[str, str | None]
) -> None:
    [_, part] = read(message(files=(FilePart("a.txt", "text/plain", content),))).iter_attachments()
    assert (part.get_content_type(), part.get_param("charset")) == said
    assert part.get_payload(decode=True) == content


def test_name_of_a_file_cannot_write_a_header() -> None:
    with pytest.raises(ValueError):
        message(files=(FilePart("a.pdf\r\nBcc: x@mail.example", "application/pdf", b"%PDF-"),))


def test_both_calendar_parts_hold_the_same_bytes_and_the_same_method() -> None:
    parts = [part for part in read(message()).walk() if part.get_content_type() == "text/calendar"]
    for part in parts:
        assert part.get_payload(decode=True) == ICS
        assert part.get_param("method") == "REQUEST"
        assert part.get_param("charset") == "utf-8"
        assert part["Content-Transfer-Encoding"] == "base64"
    assert [part.get_content_disposition() for part in parts] == [None, "attachment"]


def test_without_a_calendar_there_are_two_alternatives_and_nothing_else() -> None:
    parts = [part.get_content_type() for part in read(message(calendar=None)).walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]


def test_the_wire_carries_ascii_in_short_lines_that_end_in_crlf() -> None:
    content = message()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.count(b"MIME-Version") == 1


def test_a_machine_says_that_it_is_one() -> None:
    mail_read = read(message())
    assert mail_read["Auto-Submitted"] == "auto-generated"
    assert mail_read["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert mail_read["Date"] == "Sun, 22 Nov 2026 14:30:00 +0000"
    assert mail_read["Precedence"] is None
    assert mail_read["Bcc"] is None


ODD_NAMES = [
    "Müller, Jürgen",
    'Robert "Bob" Lee',
    "Anna Berg via Straße & Söhne, Inc.",
    "O'Neil; (the second)",
    "李小龍",
    "محمد علي",
    "👩🏽‍💻 Dev",
    "x" * 118,
    "ü" * 118,
    "a@b.example",
    "<evil@x.example>",
    "=?utf-8?q?hidden?=",
    "=?utf-8?q?a=0d=0aBcc:=20x@y.example?=",
    "back\\slash",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_arrive_as_they_are_and_change_no_address(name: str) -> None:
    people = tuple(Mailbox(name, f"person{number}@mail.example") for number in range(5))
    content = message(to=people[:1], cc=people[1:], sender=Mailbox(name, SENDER))
    expected = [f"person{number}@mail.example" for number in range(1, 5)]
    # The modern parser puts spaces between the encoded words of a long name, so names are read as RFC 2047
    # says.
    read_by_hand = getaddresses([message_from_bytes(content, policy=policy.compat32)["Cc"]])
    assert [address for _, address in read_by_hand] == expected
    assert {str(make_header(decode_header(shown))) for shown, _ in read_by_hand} == {name}
    modern = read(content)
    assert [each.addr_spec for each in modern["Cc"].addresses] == expected
    assert modern["From"].addresses[0].addr_spec == SENDER
    assert modern["Bcc"] is None


@pytest.mark.parametrize("name", ODD_NAMES)
def test_lines_with_an_encoded_word_are_no_longer_than_they_may_be(name: str) -> None:
    """RFC 2047, section 2: 76 octets."""
    people = (Mailbox(name, "a.person.with.a.long.address@subdomain.mail.example"), Mailbox(name, None))
    content = message(to=people, cc=people, sender=Mailbox(name, SENDER), subject=name)
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        assert len(line) <= 76 or b"=?" not in line, line


def test_encoded_name_without_an_address_is_a_group_with_room_before_its_colon() -> None:
    content = message(to=(Mailbox("用户", None),))
    assert b"To: =?utf-8?b?55So5oi3?= :;\r\n" in content
    [group] = read(content)["To"].groups
    assert group.display_name == "用户"
    assert not read(content)["To"].defects


@pytest.mark.parametrize("subject", [*ODD_NAMES, "Grüße " * 25, "tail =?", "é" * 160])
def test_odd_subjects_arrive_as_they_are(subject: str) -> None:
    content = message(subject=subject)
    raw = message_from_bytes(content, policy=policy.compat32)
    assert str(make_header(decode_header(raw["Subject"]))) == subject
    assert raw["Bcc"] is None
    assert max(len(line) for line in content.split(b"\r\n")) <= 150


@pytest.mark.parametrize(
    "odd", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\x0bb", "a\u2028b", "a\x85b"]
)
@pytest.mark.parametrize("header", ["subject", "message_id", "references"])
def test_control_characters_in_a_header_are_refused(header: str, odd: str) -> None:
    with pytest.raises(ValueError):
        message(**{header: odd})


@pytest.mark.parametrize("field", ["to", "cc", "sender", "reply_to"])
@pytest.mark.parametrize("odd", ["a\r\nBcc: x@y.example", "a\x00b", "a\u2028b"])
def test_control_characters_in_a_name_are_refused(field: str, odd: str) -> None:
    def build() -> bytes:
        person = Mailbox(odd, "a@b.example")
        return message(**{field: (person,) if field in ("to", "cc") else person})

    with pytest.raises(ValueError):
        build()


@pytest.mark.parametrize("message_id", ["", "a@b", "<a>", "<a@b> <c@d>", "<a b@c>", "<ü@b>"])
def test_a_message_id_has_one_form(message_id: str) -> None:
    with pytest.raises(ValueError):
        message(message_id=message_id)


def test_the_extension_sends_written_messages_and_no_others() -> None:
    app = Flask("mail")
    with real_server() as mailroom:
        app.config.update(TESTING=True, MAIL_SERVER=HOST, MAIL_PORT=mailroom.port, MAIL_DEFAULT_SENDER=SENDER)
        mail.init_app(app)
        with app.app_context(), mail.record_messages() as recorded:
            mail.send(
                WrittenMessage(message(), subject="Interview", sender=SENDER, recipient=DINA.address or "")
            )
            with pytest.raises(TypeError):
                mail.send(Message("plain", recipients=["dina@mail.example"], body="hello"))
    assert len(mailroom.taken) == len(recorded) == 1
