"""The address that is told when interviews change: setting it, its secret, and whether it is on."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from database import SealedText
from extensions import db
from models import DeliveryState, OutgoingWebhook, User, WebhookDelivery
from security import SealBrokenError, TokenVault, new_webhook_secret
from timezones import utc_now
from web_links import can_be_opened, has_user_name

URL_LIMIT = 500
_OWNER = "outgoing-webhook"


class AddressError(ValueError):
    """An address that can't get messages; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def webhook(*, lock: bool = False) -> OutgoingWebhook | None:
    """The webhook, with `lock` held until the end of the transaction; None before an owner has named one."""
    return db.session.get(OutgoingWebhook, 1, with_for_update=lock, populate_existing=lock)


def check_address(url: str, *, allow_private: bool) -> str:
    """The address, if messages may go there. Its name is only resolved when they do. Raises
    `AddressError`."""
    address = url.strip()
    if len(address) > URL_LIMIT:
        raise AddressError(f"At most {URL_LIMIT} characters, please.")
    if not can_be_opened(address):
        raise AddressError("Enter a full address, such as https://hooks.example.com/interviews.")
    if not address.lower().startswith("https://") and not allow_private:
        raise AddressError("It has to begin with https://, because messages name candidates.")
    if has_user_name(address) or urlsplit(address).fragment:
        raise AddressError("Leave out the user name, the password, and what follows #.")
    return address


def name_address(actor: User, url: str, vault: TokenVault) -> str | None:
    """Set the address in the current transaction and turn the webhook on, starting with changes from now on.
    Returns the secret if it is a new one, which is shown once: for the first address, and for one on another
    host, because the old host knows the old secret."""
    row, host = webhook(lock=True), urlsplit(url).hostname
    secret = new_webhook_secret() if row is None or urlsplit(row.url).hostname != host else None
    if row is None:
        assert secret is not None, "a first address gets a first secret"
        db.session.add(OutgoingWebhook(id=1, url=url, sealed_secret=_sealed(vault, secret)))
    else:
        row.url = url
        if secret is not None:
            row.sealed_secret = _sealed(vault, secret)
        _begin(row)
    audit.record(Event.WEBHOOK_CHANGED, f"{actor.name} lets {host} know when interviews change.", actor)
    return secret


def renew_secret(actor: User, row: OutgoingWebhook, vault: TokenVault) -> str:
    """Replace the secret in the current transaction and return it; the old one signs nothing anymore."""
    secret = new_webhook_secret()
    row.sealed_secret = _sealed(vault, secret)
    audit.record(Event.WEBHOOK_CHANGED, f"{actor.name} renewed the webhook's secret.", actor)
    return secret


def turn_on(actor: User, row: OutgoingWebhook) -> None:
    """Turn it on again, starting with changes from now on."""
    if row.is_on:
        return
    _begin(row)
    audit.record(Event.WEBHOOK_CHANGED, f"{actor.name} turned the webhook on.", actor)


def turn_off(actor: User | None, row: OutgoingWebhook, because: str = "") -> None:
    """Turn it off in the current transaction; waiting messages are dropped. `actor` is None, with a reason as
    a sentence, where the server does it itself."""
    if not row.is_on:
        return
    row.is_on, row.turned_off_because = False, because[:300]
    drop_waiting()
    words = f"{actor.name} turned the webhook off." if actor else f"The webhook was turned off. {because}"
    audit.record(Event.WEBHOOK_CHANGED, words, actor)


def how_many_wait() -> int:
    """How many messages have not arrived yet; one short query."""
    waiting = WebhookDelivery.state == DeliveryState.WAITING
    return db.session.scalar(sa.select(sa.func.count(WebhookDelivery.id)).where(waiting)) or 0


def drop_waiting(words: str = "") -> None:
    """Drop every message that has not arrived yet, in the current transaction; `words` say why in the log."""
    changes = {"state": DeliveryState.DROPPED, **({"words": words} if words else {})}
    waiting = WebhookDelivery.state == DeliveryState.WAITING
    db.session.execute(sa.update(WebhookDelivery).where(waiting).values(changes))


def stop_counting(row: OutgoingWebhook) -> None:
    """Forget since when nothing arrives, in the current transaction, once nothing is tried anymore: a failure
    in a month is a different outage."""
    is_tried = sa.select(WebhookDelivery.id).where(
        WebhookDelivery.state == DeliveryState.WAITING, WebhookDelivery.tries > 0
    )
    if db.session.scalar(is_tried.limit(1)) is None:
        row.failing_since = None


def secret_of(row: OutgoingWebhook, vault: TokenVault) -> str:
    """The secret that messages are signed with. Raises `SealBrokenError`."""
    return str(vault.open(row.sealed_secret, belongs_to=_OWNER)["secret"])


def reseal_secret(vault: TokenVault) -> tuple[int, int]:
    """Seal the secret with the newest key of `vault`, in the current transaction; returns how many are now,
    and how many no key opens, which stay as they are."""
    row = webhook(lock=True)
    if row is None:
        return 0, 0
    try:
        row.sealed_secret = vault.reseal(row.sealed_secret)
    except SealBrokenError:
        return 0, 1
    return 1, 0


def has_failed_for_long(row: OutgoingWebhook, now: datetime, limit_hours: int) -> bool:
    """Whether nothing has arrived for this many hours."""
    return row.failing_since is not None and (now - row.failing_since).total_seconds() >= limit_hours * 3600


def _begin(row: OutgoingWebhook) -> None:
    row.is_on, row.turned_off_because, row.failing_since = True, "", None
    row.created_at = row.looked_until = utc_now()


def _sealed(vault: TokenVault, secret: str) -> SealedText:
    return vault.seal({"secret": secret}, belongs_to=_OWNER)
