"""The tasks that tell people about connections. They only decide, in their own transaction, who gets an
email; the email itself is another task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accounts import audit, mails
from accounts.audit import Event
from connections.catalogue import label_of
from connections.notices import next_nudge, nudge
from connections.rows import held
from connections.wording import end_for_operator
from models import Connection, ConnectionState
from timezones import utc_now
from work import outbox
from work.protocol import ClaimedTask, Done, Handler, Next


def tell_of_connection(mail_domain: str) -> Handler:
    """The handler that emails the person in whose name an account was connected."""

    def tell(payload: Mapping[str, Any]) -> None:
        row = _locked(payload)
        if row is not None and row.state == ConnectionState.CONNECTED:
            at = datetime.fromisoformat(payload["connected_at"])
            mails.queue_app_connected(row, str(payload["account"]), at, mail_domain)

    return _telling(tell)


def nudge_to_reconnect(mail_domain: str) -> Handler:
    """The handler that sends an email about a connection that has ended, and requests the next reminder."""

    def tell(payload: Mapping[str, Any]) -> None:
        row, since = _locked(payload), datetime.fromisoformat(payload["since"])
        # Reconnected or disconnected since, or reconnected and ended again, which has its own nudges.
        if row is None or row.state != ConnectionState.RECONNECT_NEEDED or row.problem_since != since:
            return
        number = int(payload["number"])
        if number == 0:
            words = f"The {label_of(row.app)} connection of {row.user.name} has ended. {row.problem}"
            audit.record(Event.CONNECTION_ENDED, words, None)
            likely = end_for_operator(row)
            if likely is not None:
                mails.queue_grants_end(row.app, row.user.name, likely.words, mail_domain)
        mails.queue_reconnect_needed(row, number, mail_domain)
        following = next_nudge(since, utc_now())
        if following is not None:
            nudge(row, following)

    return _telling(tell)


def report_refused_credentials(mail_domain: str) -> Handler:
    """The handler that emails the owner about a provider that does not accept this server."""

    def tell(payload: Mapping[str, Any]) -> None:
        mails.queue_credentials_refused(str(payload["provider"]), str(payload["because"]), mail_domain)

    return _telling(tell)


def _locked(payload: Mapping[str, Any]) -> Connection | None:
    return held(int(payload["connection_id"]))


def _telling(tell: Callable[[Mapping[str, Any]], None]) -> Handler:
    def record(task: ClaimedTask) -> Next:
        tell(task.payload)
        outbox.forget(task.id, "account")
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: Connected Apps says the same, and the System log says that this was given up."""

    return Handler.deciding(record, gave_up)
