"""What the page about connecting apps says, taken from the places that the product itself uses."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from accounts.permissions import Action, may_anywhere
from accounts.team import owner
from blueprints.help.trouble import Trouble
from connections import catalogue, wording
from connections.app_spec import AppSpec
from models import FailureReason, User
from scheduling.meetings import failures
from scheduling.software import softwares_of
from services import services
from web.signed_in import may_connect


@dataclass(frozen=True)
class Registration:
    """What the operator of the server enters at the provider, once. `webhook_url` is None where the provider
    sends nothing on its own."""

    redirect_uri: str
    webhook_url: str | None
    takes_webhooks: bool


@dataclass(frozen=True)
class ConnectingHelp:
    """`others` are the other apps that this page can describe. `without_a_link` is empty for an app that
    makes no meetings. `ask_name` is whom people who may not connect can ask; `registration` is for owners and
    admins.
    """

    app: AppSpec
    others: tuple[AppSpec, ...]
    while_connecting: tuple[Trouble, ...]
    once_connected: tuple[Trouble, ...]
    with_a_warning: tuple[Trouble, ...]
    without_a_link: tuple[Trouble, ...]
    ask_name: str | None
    registration: Registration | None


_RECONNECT = "Press Reconnect in Connected Apps. Existing meetings keep their links."

_NOT_YOURS = "No one has to reconnect. Once the server is fixed, everything works again automatically."


def connecting_help(user: User, app: AppSpec) -> ConnectingHelp:
    """The page about one app, for this person."""
    administers = may_anywhere(user.role, Action.ADMINISTER)
    return ConnectingHelp(
        app=app,
        others=tuple(spec for spec in catalogue.available() if spec is not app),
        while_connecting=_while_connecting(app.label),
        once_connected=_once_connected(app),
        with_a_warning=_with_a_warning(app),
        without_a_link=tuple(
            Trouble(failures.words_of(reason, software), failures.cure_of(reason, software).words)
            for software in softwares_of(app.key)
            for reason in FailureReason
        ),
        ask_name=None if may_connect(user) else owner().name,
        registration=_registration(app) if administers else None,
    )


def _while_connecting(label: str) -> tuple[Trouble, ...]:
    return (
        Trouble(
            f"You declined on {label}'s page",
            "Nothing was connected. Press Connect again whenever you like and choose Allow.",
        ),
        Trouble(
            f"{label} didn't grant everything we need",
            "Connect again and leave every box checked. If a box is missing, the administrator has to add "
            f"that scope to the app at {label}.",
        ),
        Trouble(
            "The answer was already used, is too old, or belongs to another sign-in",
            f"Each trip to {label} and back works once, within ten minutes, in the browser where you "
            "started. Press Connect again.",
        ),
        Trouble(
            f"You were signed out while you were at {label}",
            "Nothing was connected. Sign in and connect again.",
        ),
        Trouble(
            f"{label} didn't answer, or its answer made no sense",
            "Nothing new was connected. Try again in a few minutes. Interviews are saved in the meantime, "
            f"and their links follow. If your account was connected before, this attempt may have made "
            f"{label} end that connection. We check right away, and the card tells you.",
        ),
        Trouble(
            f"{label} shows an error page instead of asking you",
            f"An “invalid redirect” means that the redirect address at {label} differs from this server's. "
            f"Being asked for an approval means that your {label} account's administrator has to approve the "
            "app first.",
        ),
    )


def _once_connected(app: AppSpec) -> tuple[Trouble, ...]:
    """The reasons why a connection ends on its own, in the words of its card."""
    found = [
        Trouble(
            wording.removed_by_user(app.key, current_app.config["APP_NAME"]),
            f"If that was a mistake, or when you want to host again: {_then(_RECONNECT)}",
        ),
        Trouble(wording.ended_by_provider(app.key), _RECONNECT),
        *_lost_in_renewal(app),
        Trouble(
            wording.permissions_missing(app.key, []),
            f"You or your {app.label} account's administrator changed this in {app.label}. "
            "Press Reconnect in Connected Apps and leave every box checked.",
        ),
        Trouble(
            wording.unreadable(app.key),
            "The key is missing, for example after a move to another server. Once the administrator has put "
            f"it back into TOKEN_ENCRYPTION_KEYS, everything works again. If it is lost: {_then(_RECONNECT)}",
        ),
    ]
    if app.traits.newest_grant_ends_others:
        keeps = f"{app.label} keeps one permission per account, and the newest one counts."
        found.append(Trouble(wording.taken_over("A colleague"), f"{keeps} {wording.agree_with('them')}"))
    return tuple(found)


def _lost_in_renewal(app: AppSpec) -> tuple[Trouble, ...]:
    """Only where losing the answer to a renewal costs the connection."""
    if not app.traits.rotates_refresh_tokens:
        return ()
    cure = f"It was bad timing. Nothing is wrong with your account. {_RECONNECT}"
    return (Trouble(wording.lost_in_renewal(app.key), cure),)


def _with_a_warning(app: AppSpec) -> tuple[Trouble, ...]:
    """What keeps a good connection from working, in the words of its card."""
    return (
        Trouble(
            wording.passing(f"{app.label} didn't answer in time.", again_within="15 minutes"),
            "Nothing to do. Interviews are saved in the meantime, and their links follow.",
        ),
        Trouble(wording.credentials_refused(app.key), _NOT_YOURS),
        Trouble(wording.not_set_up(app.key), _NOT_YOURS),
    )


def _then(words: str) -> str:
    """A sentence reworded as the second half of another."""
    return words[0].lower() + words[1:]


def _registration(app: AppSpec) -> Registration:
    base_url = services().connections.base_url
    return Registration(
        redirect_uri=services().connections.redirect_uri(app.provider),
        webhook_url=f"{base_url}/webhooks/{app.provider}" if app.webhook is not None else None,
        takes_webhooks=app.provider in services().connections.webhooks,
    )
