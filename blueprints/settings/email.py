"""Settings → Email: the server and the address that emails leave by, a test email, the domain's records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts import mails
from extensions import db
from messaging import sender_domain
from messaging.delivery import is_configured, sender_address
from messaging.sender_domain import RecordCheck
from messaging.signing_in import issuer_of
from models import Mail, MailState
from services import services
from web.notices import say
from web.signed_in import actor
from work.mail import count_due


@dataclass(frozen=True)
class TestEmail:
    """How far the newest test email has come. `words` are the mail server's, or say what keeps it."""

    address: str
    state: MailState
    words: str
    at: datetime

    @property
    def version(self) -> str:
        """Changes exactly when a reader would see something different."""
        return f"{self.state.value}-{self.at.isoformat()}-{len(self.words)}"


def email() -> ResponseReturnValue:
    return _page()


def domain_records() -> ResponseReturnValue:
    """What the DNS says, as a part of the page or, without a script, with the whole page around it."""
    checks = _checks()
    if htmx.is_htmx():
        return render_template("settings/_domain_records.html", **_about_sending(), checks=checks)
    return _page(checks)


def send_test_email() -> ResponseReturnValue:
    if not is_configured():
        say("Nothing was sent: this server has no mail server or no address to send from yet.", "warning")
    else:
        mails.queue_test_email(actor(), services().mail_domain)
        db.session.commit()
    return redirect(url_for("settings.email", _anchor="test-email"), 303)


def test_email_progress() -> ResponseReturnValue:
    """The part of the page that updates on its own. `version` is what the page already shows."""
    if not htmx.is_htmx():
        return htmx.go_to(url_for("settings.email", _anchor="test-email"))
    test = _newest_test()
    if test is not None and request.args.get("version") == test.version:
        return htmx.nothing_new()
    return htmx.varies(current_app.make_response(render_template("settings/_test_email.html", test=test)))


def register(blueprint: Blueprint) -> None:
    """Add these pages to the settings' blueprint."""
    blueprint.get("/email")(email)
    blueprint.post("/email/test")(send_test_email)
    blueprint.get("/email/test")(test_email_progress)
    blueprint.get("/email/records")(domain_records)


def _page(checks: list[RecordCheck] | None = None) -> str:
    return render_template(
        "settings/email.html", **_about_sending(), test=_newest_test(), checks=checks, waiting=count_due()
    )


def _about_sending() -> dict[str, object]:
    sender = sender_address() if is_configured() else ""
    return {
        "sender": sender,
        "mail_server": current_app.config["MAIL_SERVER"],
        "mail_port": current_app.config["MAIL_PORT"],
        "mail_username": current_app.config["MAIL_USERNAME"],
        "signs_in_with_token_of": issuer_of(current_app.config),
        "is_configured": is_configured(),
        "domain": sender.rpartition("@")[2],
    }


def _newest_test() -> TestEmail | None:
    mail: Mail | None = mails.latest_test_email(actor())
    if mail is None:
        return None
    return TestEmail(mail.address, mail.state, mail.words or "", mail.sent_at or mail.created_at)


def _checks() -> list[RecordCheck]:
    if services().demo is not None or not is_configured():
        return []
    resolver = current_app.config.get("DNS_RESOLVER")
    db.session.rollback()
    return sender_domain.check(sender_address().rpartition("@")[2], sender_domain.asking(resolver))
