"""Whose grant it is: what an id token and Graph's account data say.

An account is known by its directory (`tid`) and its id in there (`oid`), neither of which ever changes; the
same person in two directories is two accounts. Addresses can be changed and are not verified, so they are
only shown.
"""

import re
from datetime import datetime
from typing import Any

from providers.answers import UnusableAnswerError, optional_text, required_text
from providers.base import Account, Plan
from providers.id_tokens import MAX_ACCOUNT_ID, MAX_EMAIL, MAX_NAME, check_claims, claims_in
from providers.microsoft.settings import CONSUMERS, ORGANIZATIONS, MicrosoftSettings

# The directory that all personal accounts are in.
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHORT_ID = re.compile(r"[0-9a-f]{16}")
_ADDRESS = re.compile(r"[^\s@#]+@[^\s@#]+")


class WrongDirectoryError(ValueError):
    """The account is not one of those that may connect to this server."""


def is_directory(text: str) -> bool:
    """Whether this is the id of an organization's directory, which may have administrators."""
    return _ID.fullmatch(text) is not None and text != PERSONAL


def proved_account(id_token: str, settings: MicrosoftSettings, *, nonce: str, now: datetime) -> Account:
    """Return the account that an id token proves: issued by Microsoft for the directory that it names, for
    this app, for this very trip, and not expired. Raises UnusableAnswerError for anything else, and
    WrongDirectoryError for an account that the operator does not let in.

    Under "common" every directory has an issuer of its own, and the service's description of itself names
    only a pattern, so the issuer is compared with the token's own directory.
    """
    claims = claims_in(id_token)
    directory, person = _id(claims, "tid"), _id(claims, "oid")
    issuers = [settings.issuer(directory)]
    check_claims(claims, issuers=issuers, client_id=settings.client_id, nonce=nonce, now=now)
    if claims["aud"] != settings.client_id:
        raise UnusableAnswerError("id_token")
    _check_directory(directory, settings)
    address = optional_text(claims, "email") or optional_text(claims, "preferred_username")
    return _account(f"{directory}.{person}", address, claims, "name", is_personal=directory == PERSONAL)


def account_in(user: dict[str, Any]) -> Account:
    """Return the account in Graph's data about its user.

    Its id is the one within the directory only, because Graph does not say which directory that is: who needs
    the whole of it takes the account of the tokens. Graph writes only the last sixteen digits of a personal
    account's id, all others of which are zeros.
    """
    person = required_text(user, "id").lower()
    if len(person) > MAX_ACCOUNT_ID:
        raise UnusableAnswerError("id")
    is_personal = not _ID.fullmatch(person)
    if _SHORT_ID.fullmatch(person):
        person = f"00000000-0000-0000-{person[:4]}-{person[4:]}"
    address = optional_text(user, "mail") or optional_text(user, "userPrincipalName")
    return _account(person, address, user, "displayName", is_personal=is_personal, id_is_part=True)


def _account(
    account_id: str,
    address: str,
    source: dict[str, Any],
    name: str,
    *,
    is_personal: bool,
    id_is_part: bool = False,
) -> Account:
    # The names of guests, such as "priya_mail.example#EXT#@firm.example", are no addresses.
    email = address if len(address) <= MAX_EMAIL and _ADDRESS.fullmatch(address) else ""
    called = optional_text(source, name).strip() or email
    # Personal accounts have no Teams. Whether one of an organization has is not said.
    plan: Plan = "basic" if is_personal else "licensed"
    return Account(account_id, email, called[:MAX_NAME], plan, id_is_part=id_is_part)


def _id(claims: dict[str, Any], name: str) -> str:
    value = required_text(claims, name)
    if not _ID.fullmatch(value):
        raise UnusableAnswerError(name)
    return value.lower()


def _check_directory(directory: str, settings: MicrosoftSettings) -> None:
    """Raise WrongDirectoryError for an account that the setting leaves out. A directory named by its domain
    is left to Microsoft, which alone knows whose domain it is."""
    is_wrong = (
        (settings.tenant == ORGANIZATIONS and directory == PERSONAL)
        or (settings.tenant == CONSUMERS and directory != PERSONAL)
        or (settings.directory_id is not None and directory != settings.directory_id)
    )
    if is_wrong:
        raise WrongDirectoryError(directory)
