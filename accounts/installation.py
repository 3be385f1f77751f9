"""What accounts need of this installation: its key and its address."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.links import AccountLinks
from accounts.passwords import ResetRequests
from accounts.throttling import Throttling
from security import LinkSigner


@dataclass(frozen=True)
class AccountServices:
    """Held by the application. Replicas on one database agree as long as they have the same key."""

    links: AccountLinks
    throttling: Throttling
    reset_requests: ResetRequests


def account_services(signer: LinkSigner, base_url: str) -> AccountServices:
    """Everything that is made with the installation's key; `base_url` is its public address."""
    return AccountServices(
        links=AccountLinks(signer, base_url),
        throttling=Throttling(signer.keyed_hash("throttling")),
        reset_requests=ResetRequests(signer.keyed_hash("password-reset")),
    )
