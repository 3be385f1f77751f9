"""The one letter that the tests in this folder deliver, and the application that delivers it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from messaging import transport
from messaging.delivery import Outcome, deliver
from messaging.mime import Envelope
from scheduling.mails.queue import INVITATION
from tasks.mails.previews import preview
from tests.messaging.facts_for_tests import ANNA, BEN, DINA, FACTS, KIRAN, MADE_AT, SENDER, reader
from tests.messaging.mail_servers import HOST

LETTER = preview(INVITATION, FACTS, reader(), sender=SENDER, made_at=MADE_AT)
ENVELOPE = Envelope(
    recipient=DINA,
    to=(DINA,),
    cc=(BEN, KIRAN),
    reply_to=ANNA,
    sender_name="Anna Berg via Northwind",
    message_id="i1.r0.7f3a@northwind.example",
)


@contextmanager
def settings(port: int, **config: Any) -> Iterator[None]:
    """An application whose mail server listens on that port. TESTING must not keep mails from leaving."""
    app = Flask("mail")
    defaults = {
        "TESTING": True,
        "MAIL_SERVER": HOST,
        "MAIL_PORT": port,
        "MAIL_DEFAULT_SENDER": f"SmoothHiring <{SENDER}>",
        "MAIL_TIMEOUT": 5,
    }
    app.config.update(defaults | config)
    transport.mail.init_app(app)
    with app.app_context():
        yield


def deliver_to(port: int, envelope: Envelope = ENVELOPE, **config: Any) -> Outcome:
    with settings(port, **config):
        return deliver(LETTER, envelope)
