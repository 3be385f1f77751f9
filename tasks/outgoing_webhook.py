"""The webhook's messages: finding what to report, sending it, and giving up if nothing ever arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import mails, outgoing_webhook
from extensions import db
from models import DeliveryState, WebhookDelivery
from providers.outgoing_webhook import Answer, tell
from scheduling import webhook_deliveries
from scheduling.webhook_deliveries import AT_ONCE, KEPT_FOR, TEST, Message
from security import SealBrokenError, sign_webhook
from services import Services
from timezones import utc_now
from work.chores import Chore, daily, frequent
from work.protocol import Again, ClaimedTask, Done, Handler, Next
from work.retry import WEBHOOK

# After this many hours without anything arriving, someone has to look.
HOURS_UNTIL_OFF = 24
_GONE = 410


@dataclass(frozen=True)
class _Attempt:
    message: Message
    secret: str


def announcing() -> Chore:
    """Looks for interviews of which the webhook has to be told."""
    return frequent("webhook", webhook_deliveries.changed, webhook_deliveries.announce)


def _old(now: datetime) -> datetime:
    return now - KEPT_FOR


def _forget(before: datetime) -> bool:
    count = webhook_deliveries.forget_old(before)
    db.session.commit()
    return count < AT_ONCE


# Removes old messages from the webhook's log.
FORGET_OLD_DELIVERIES = daily("webhook log", _old, _forget)


def tell_webhook(services: Services) -> Handler:
    """The handler that sends one message. A receiver that gets one twice recognizes it by its key."""

    def load(task: ClaimedTask) -> _Attempt | None:
        found = webhook_deliveries.message_of(
            int(task.payload["delivery_id"]), services.account_links.base_url
        )
        if found is None:
            return None
        message, hook = found
        try:
            return _Attempt(message, outgoing_webhook.secret_of(hook, services.connections.vault))
        except SealBrokenError:
            return _Attempt(message, "")

    def call(attempt: _Attempt) -> Answer:
        if not attempt.secret:
            return Answer(None, "None of this server's keys opens the webhook's secret. Renew it.")
        message, at = attempt.message, int(utc_now().timestamp())
        headers = {
            "webhook-id": message.key,
            "webhook-timestamp": str(at),
            "webhook-signature": sign_webhook(attempt.secret, message.key, at, message.body),
        }
        return tell(message.url, message.body, headers, allow_private=services.webhooks_may_be_private)

    def record(attempt: _Attempt, answer: Answer) -> Next:
        return _recorded(attempt.message.delivery_id, answer, services.mail_domain)

    def gave_up(task: ClaimedTask, why: str) -> None:
        row = db.session.get(WebhookDelivery, int(task.payload["delivery_id"]))
        if row is not None and row.state is DeliveryState.WAITING:
            row.state, row.words = DeliveryState.FAILED, why[:300]

    return Handler(load, call, record, gave_up)


def _recorded(delivery_id: int, answer: Answer, mail_domain: str) -> Next:
    now, hook = utc_now(), outgoing_webhook.webhook(lock=True)
    row = db.session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None or hook is None:
        return Done()
    row.tries, row.last_tried_at = row.tries + 1, now
    row.code, row.words = answer.status, answer.words[:300]
    if answer.is_success:
        row.state, hook.failing_since = DeliveryState.DELIVERED, None
        return Done()
    if row.state is not DeliveryState.WAITING:
        # It was turned off meanwhile.
        return Done()
    if row.event == TEST:
        row.state = DeliveryState.FAILED
        return Done()
    hook.failing_since = hook.failing_since or now
    reason = answer.words or f"Its last answer was {answer.status}."
    is_gone = answer.status == _GONE
    if is_gone or outgoing_webhook.has_failed_for_long(hook, now, HOURS_UNTIL_OFF):
        row.state = DeliveryState.FAILED
        because = "It answered 410, which means gone." if is_gone else f"Nothing arrived for a day. {reason}"
        outgoing_webhook.turn_off(None, hook, because)
        mails.queue_webhook_off(because, mail_domain)
        return Done()
    if row.tries >= len(WEBHOOK.seconds) + 1:
        row.state = DeliveryState.FAILED
        outgoing_webhook.stop_counting(hook)
        return Done()
    # Not a failure of ours, so nothing for the System log: the webhook's own page shows it.
    return Again(now + _delay(row.tries), reason, is_failure=False)


def _delay(tries: int) -> timedelta:
    return WEBHOOK.delay(tries)
