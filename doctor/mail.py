"""Whether emails can leave, and whether receivers trust where they come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import partial

from flask import current_app

from accounts.mails import newest_test_email
from doctor.at_once import at_once, unfinished
from doctor.results import Level, Result, broken, look, ok
from host_names import addresses_of
from messaging import sender_domain
from messaging.delivery import Accepted, is_configured, sender_address, try_signing_in
from messaging.sender_domain import Ask, NoAnswerError, RecordCheck, Verdict
from models import MailState
from services import services
from work.mail import count_due

_WHY = "Invitations and reminders wait."
_SPAM = "Receivers may put invitations into spam folders."
_LEVELS: dict[Verdict, Level] = {
    "good": Level.OK,
    "weak": Level.LOOK,
    "missing": Level.LOOK,
    "unknown": Level.OK,
}


def check(seconds: float) -> list[Result]:
    """The mail server, the emails that wait, and the records of the sender's domain."""
    if not is_configured():
        return [
            broken(
                "Mail server",
                "There is no mail server, or no address to send from.",
                _WHY,
                "Set MAIL_SERVER and MAIL_DEFAULT_SENDER, and restart.",
            )
        ]
    jobs: dict[str, Callable[[], list[Result]]] = {
        "Mail server": partial(_server, seconds),
        "Waiting": _waiting,
        "Test email": _test_email,
    }
    if services().demo is None:
        domain = sender_address().rpartition("@")[2]
        ask = sender_domain.asking(current_app.config.get("DNS_RESOLVER"))
        jobs["Domain"] = partial(_domain, domain, ask)
        jobs["Reverse DNS"] = partial(_reverse, ask, seconds)
    found: list[Result] = []
    for name, results in at_once(jobs, seconds).items():
        found += [unfinished(name, results)] if isinstance(results, Exception) else results
    return found


def _server(seconds: float) -> list[Result]:
    name, config = "Mail server", current_app.config
    where = f"{config['MAIL_SERVER']}:{config['MAIL_PORT']}"
    outcome = try_signing_in(seconds)
    if not isinstance(outcome, Accepted):
        return [broken(name, outcome.words, _WHY, "Correct what it says; the settings begin with MAIL_.")]
    as_whom = f" as {config['MAIL_USERNAME']}" if config["MAIL_USERNAME"] else ""
    found = [ok(name, f"{where} can be reached{f' and signed in to{as_whom}' if as_whom else ''}.")]
    is_local = config["MAIL_SERVER"] in ("localhost", "127.0.0.1", "::1")
    if not (config["MAIL_USE_TLS"] or config["MAIL_USE_SSL"] or is_local or services().demo is not None):
        found.append(
            look(
                "Encryption",
                f"Emails go to {where} unencrypted.",
                "Everyone on the way can read them, with the links in them.",
                "Set MAIL_USE_TLS=true (or MAIL_USE_SSL=true on port 465).",
            )
        )
    return found


def _waiting() -> list[Result]:
    waiting = count_due()
    if waiting:
        return [
            look(
                "Waiting",
                f"{waiting} {'email is' if waiting == 1 else 'emails are'} due and not sent yet.",
                "People don't know yet what they should.",
                "Look at the System log, which says why.",
            )
        ]
    return [ok("Waiting", "No email is waiting.")]


def _test_email() -> list[Result]:
    """What happened to the newest test email, which takes the same path as invitations."""
    name, email = "Test email", newest_test_email()
    if email is None:
        return [ok(name, "None was sent yet: Settings → Email sends one.")]
    moment = f"{email.sent_at or email.created_at:%Y-%m-%d %H:%M} UTC"
    if email.state is MailState.SENT:
        return [ok(name, f"The mail server accepted the one of {moment}.")]
    said = f" The last answer was: {email.words}" if email.words else ""
    if email.state is MailState.QUEUED:
        what = f"The one of {moment} is still waiting.{said}"
    else:
        what = f"The one of {moment} couldn't be sent.{said}"
    cure = "Correct what is said about the mail server, and send another one in Settings → Email."
    return [look(name, what, _WHY, cure)]


def _domain(domain: str, ask: Ask) -> list[Result]:
    return [_record(domain, each) for each in sender_domain.check(domain, ask)]


def _record(domain: str, check: RecordCheck) -> Result:
    level = _LEVELS[check.verdict]
    if level is Level.OK:
        return ok(check.name, check.words, check.found)
    cure = f"Change the {check.name} record where {domain} is looked after; Settings → Email says how."
    return look(check.name, check.words, _SPAM, cure, check.found)


def _reverse(ask: Ask, seconds: float) -> list[Result]:
    """Whether the mail server's address has a name: large receivers refuse emails from one without."""
    name, server = "Reverse DNS", current_app.config["MAIL_SERVER"]
    try:
        numbers = {info[4][0] for info in addresses_of(server, 25, seconds=seconds)}
        public = sorted(number for number in numbers if ipaddress.ip_address(number).is_global)
        if not public:
            return [
                ok(name, f"{server} is in this network, and sends with an address that isn't known here.")
            ]
        nameless = [number for number in public if not ask(_backwards(number), "PTR")]
    except (OSError, UnicodeError, NoAnswerError):
        return [ok(name, "Not known: the DNS didn't answer.")]
    if nameless:
        return [
            look(
                name,
                f"{', '.join(nameless)} ({server}) has no name.",
                _SPAM,
                "If this machine sends emails to the world itself, have its provider set the name (PTR "
                "record).",
            )
        ]
    return [ok(name, f"{', '.join(public)} ({server}) has a name.")]


def _backwards(number: str) -> str:
    return ipaddress.ip_address(number).reverse_pointer
