"""Whose grant it is: what an id token and the account data say.

An account is known by Google's `sub`, which never changes; an email address may pass to someone else.
"""

from datetime import datetime
from typing import Any

from providers.answers import UnusableAnswerError, optional_text, required_text
from providers.base import Account
from providers.id_tokens import MAX_ACCOUNT_ID, MAX_EMAIL, MAX_NAME, check_claims, claims_in

# Both forms have been in use, and Google's guide to OpenID Connect lists both.
ISSUERS = ["https://accounts.google.com", "accounts.google.com"]


def proved_account(id_token: str, *, client_id: str, nonce: str, now: datetime) -> Account:
    """Return the account that an id token proves: issued by Google, for this app, for this very trip, and not
    expired. Raises UnusableAnswerError for anything else."""
    claims = claims_in(id_token)
    check_claims(claims, issuers=ISSUERS, client_id=client_id, nonce=nonce, now=now)
    required_text(claims, "sub")
    # Among several audiences, the one that the token was issued to has to be this app.
    if isinstance(claims["aud"], list) and claims["aud"] != [client_id] and claims.get("azp") != client_id:
        raise UnusableAnswerError("id_token")
    return account_in(claims)


def account_in(answer: dict[str, Any]) -> Account:
    """Return the account in an id token or in account data. The older service calls `sub` "id"."""
    account_id = required_text(answer, "sub" if "sub" in answer else "id")
    if len(account_id) > MAX_ACCOUNT_ID:
        raise UnusableAnswerError("sub")
    email = optional_text(answer, "email")
    email = email if len(email) <= MAX_EMAIL else ""
    name = optional_text(answer, "name").strip() or email
    return Account(id=account_id, email=email, display_name=name[:MAX_NAME], plan="unknown")
