"""A mail that has not left: what its row says until it does, and when it is tried again. The same for every
mail, whether it is about an interview or goes to the team."""

from __future__ import annotations

from messaging.delivery import Deferred, Misconfigured, Unknown
from scheduling.mails import queue
from timezones import utc_now
from work import retry
from work.protocol import Again

_NO_SERVER = "No mail server is set; the mail waits for one."


def waits_for_server() -> Again:
    """There is no server to send with. Somebody has to set one, which is not this mail's failure."""
    return Again(utc_now() + retry.MAIL_SERVER.delay(3), _NO_SERVER, is_failure=False)


def record_not_taken(mail_id: int, outcome: Deferred | Unknown | Misconfigured, failures: int) -> Again:
    """The server did not take the mail, or died before it said so. `failures` are those before this one."""
    queue.record_not_yet(mail_id, words=outcome.words, may_be_double=isinstance(outcome, Unknown))
    ladder = retry.MAIL_SERVER if isinstance(outcome, Misconfigured) else retry.MAIL
    return Again(utc_now() + ladder.delay(failures + 1), outcome.words)
