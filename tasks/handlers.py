"""Every kind of task and the handler that does it."""

from __future__ import annotations

from collections.abc import Mapping

from scheduling.join_links import Links
from scheduling.mails import SEND_MAIL
from scheduling.meetings import SYNC_MEETING
from scheduling.rules import Rules
from scheduling.strays import SETTLE_ATTEMPTS
from tasks.grants import REFRESH_CONNECTION, refresh_connection
from tasks.mails import send_mail
from tasks.meetings import sync_meeting
from tasks.runner import Handler
from tasks.strays import settle_attempts


def all_handlers(links: Links, rules: Rules) -> Mapping[str, Handler]:
    """The handlers by kind. A test holds this against the kinds that the domain enqueues."""
    return {
        SYNC_MEETING: sync_meeting(rules),
        SETTLE_ATTEMPTS: settle_attempts(),
        SEND_MAIL: send_mail(links, rules),
        REFRESH_CONNECTION: refresh_connection(),
    }
