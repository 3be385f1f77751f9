"""What the page about connecting apps says, taken from the places that the product itself uses."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from accounts.permissions import Action, may_anywhere
from accounts.team import owner
from blueprints.help.calendars import not_in_calendar
from blueprints.help.trouble import Trouble
from connections import catalogue, wording
from connections.app_spec import AppSpec, Permission
from models import User
from scheduling.meetings import failures
from scheduling.software import softwares_of
from services import services
from web.signed_in import may_connect
from wording import listed


@dataclass(frozen=True)
class Registration:
    """What the operator of the server enters at the provider, once. `webhook_url` is None where the provider
    sends nothing on its own. `permissions`: those of all apps of the provider, which are registered together.
    """

    redirect_uri: str
    permissions: tuple[Permission, ...]
    webhook_url: str | None
    takes_webhooks: bool


@dataclass(frozen=True)
class ConnectingHelp:
    """`others` are the other apps that this page can describe. `without_a_link` is empty for an app that
    makes no meetings, `not_in_calendar` for one that keeps no calendar. `kept_with`: the other apps with
    which the provider keeps the permission when this one alone is disconnected, in words. `ask_name` is whom
    people who may not connect can ask; `registration` is for owners and admins.
    """

    app: AppSpec
    others: tuple[AppSpec, ...]
    while_connecting: tuple[Trouble, ...]
    once_connected: tuple[Trouble, ...]
    with_a_warning: tuple[Trouble, ...]
    without_a_link: tuple[Trouble, ...]
    not_in_calendar: tuple[Trouble, ...]
    kept_with: str | None
    ask_name: str | None
    registration: Registration | None


_PRESS_RECONNECT = "Press Reconnect in Connected Apps."

_NOT_YOURS = "No one has to reconnect. Once the server is fixed, everything works again automatically."


def connecting_help(user: User, app: AppSpec) -> ConnectingHelp:
    """The page about one app, for this person."""
    administers = may_anywhere(user.role, Action.ADMINISTER)
    return ConnectingHelp(
        app=app,
        others=tuple(spec for spec in catalogue.available() if spec is not app),
        while_connecting=_while_connecting(app),
        once_connected=_once_connected(app),
        with_a_warning=_with_a_warning(app),
        without_a_link=tuple(
            Trouble(failures.words_of(reason, software), failures.cure_of(reason, software).words)
            for software in softwares_of(app.key)
            for reason in failures.reasons_of(software)
        ),
        not_in_calendar=not_in_calendar(app) if app.keeps_entries else (),
        kept_with=_kept_with(app),
        ask_name=None if may_connect(user) else owner().name,
        registration=_registration(app) if administers else None,
    )


def _while_connecting(app: AppSpec) -> tuple[Trouble, ...]:
    label = app.label
    return (
        Trouble(
            f"You declined on {label}'s page",
            f"Nothing was connected. Press Connect again whenever you like and choose {app.consent_button}.",
        ),
        _not_everything(app),
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
            f"and what is missing follows. If your account was connected before, this attempt may have made "
            f"{label} end that connection. We check right away, and the card tells you.",
        ),
        Trouble(
            f"{label} shows an error page instead of asking you",
            f"An “invalid redirect” means that the redirect address at {label} differs from this server's. "
            f"Being asked for an approval means that your {label} account's administrator has to approve the "
            "app first.",
        ),
        *_needs_approval(app),
    )


def _needs_approval(app: AppSpec) -> tuple[Trouble, ...]:
    """Only where the provider lets an administrator allow it for a whole organization."""
    if app.approval is None:
        return ()
    return (
        Trouble(
            f"{app.provider_label} says “{app.approval.page_says}”",
            "Go back to Connected Apps and choose “Ask your administrator” on its card. You get a link for "
            "them, to copy, or to email with one click. The card and an email tell you when they've allowed "
            "it. If you hear of it before, press “Try again”.",
        ),
    )


def _not_everything(app: AppSpec) -> Trouble:
    boxes = [f"“{each.on_consent_page}”" for each in app.permissions if each.on_consent_page]
    if boxes:
        return Trouble(
            f"A box was not checked on {app.provider_label}'s page",
            f"Nothing was connected. Connect again and check every box: {listed(boxes)}.",
        )
    if app.traits.grants_as_a_whole:
        return Trouble(
            f"{app.label} didn't grant everything we need",
            f"Connect again. If that doesn't help, the administrator has to check the app's permissions at "
            f"{app.provider_label}.",
        )
    return Trouble(
        f"{app.label} didn't grant everything we need",
        "Connect again and leave every box checked. If a box is missing, the administrator has to add "
        f"that scope to the app at {app.label}.",
    )


def _kept_with(app: AppSpec) -> str | None:
    if not app.traits.revoke_ends_whole_account:
        return None
    others = [each.label for each in catalogue.apps_of(app.provider) if each is not app and each.is_available]
    return " or ".join(others) or None


def _once_connected(app: AppSpec) -> tuple[Trouble, ...]:
    """The reasons why a connection ends on its own, in the words of its card."""
    reconnect = _reconnect(app)
    found = [
        Trouble(
            wording.removed_by_user(app.key, current_app.config["APP_NAME"]),
            f"If that was a mistake, or when you want to use it again: {_then(reconnect)}",
        ),
        Trouble(wording.ended_by_provider(app.key), reconnect),
        *(Trouble(words, reconnect) for words in app.ends.values()),
        *_ended_at_an_age(app, reconnect),
        *_lost_in_renewal(app),
        Trouble(
            wording.permissions_missing(app.key, []),
            f"You or your {app.label} account's administrator changed this in {_where(app)}. "
            f"Press Reconnect in Connected Apps"
            f"{'' if app.traits.grants_as_a_whole else ' and leave every box checked'}.",
        ),
        Trouble(
            wording.unreadable(app.key),
            "The key is missing, for example after a move to another server. Once the administrator has put "
            f"it back into TOKEN_ENCRYPTION_KEYS, everything works again. If it is lost: {_then(reconnect)}",
        ),
    ]
    if app.traits.newest_grant_ends_others:
        keeps = f"{app.label} keeps one permission per account, and the newest one counts."
        found.append(Trouble(wording.taken_over("A colleague"), f"{keeps} {wording.agree_with('them')}"))
    return tuple(found)


def _where(app: AppSpec) -> str:
    """What people call the place where the account's permissions are."""
    return app.provider_label if app.traits.grants_as_a_whole else app.label


def _reconnect(app: AppSpec) -> str:
    return f"{_PRESS_RECONNECT} Existing meetings keep their links." if app.meetings else _PRESS_RECONNECT


def _ended_at_an_age(app: AppSpec, reconnect: str) -> tuple[Trouble, ...]:
    """Only where the provider ends grants of a certain age for a reason that can be named."""
    likely = app.traits.likely_end
    if likely is None:
        return ()
    return (Trouble(wording.ended_by_provider(app.key, likely.age), reconnect),)


def _lost_in_renewal(app: AppSpec) -> tuple[Trouble, ...]:
    """Only where losing the answer to a renewal costs the connection."""
    if not app.traits.rotates_refresh_tokens:
        return ()
    cure = f"It was bad timing. Nothing is wrong with your account. {_reconnect(app)}"
    return (Trouble(wording.lost_in_renewal(app.key), cure),)


def _with_a_warning(app: AppSpec) -> tuple[Trouble, ...]:
    """What keeps a good connection from working, in the words of its card."""
    return (
        Trouble(
            wording.passing(f"{app.label} didn't answer in time.", again_within="15 minutes"),
            "Nothing to do. Interviews are saved in the meantime, and what is missing follows.",
        ),
        Trouble(wording.credentials_refused(app.key), _NOT_YOURS),
        *(Trouble(wording.credentials_refused(app.key, fault), _NOT_YOURS) for fault in app.faults),
        Trouble(wording.not_set_up(app.key), _NOT_YOURS),
    )


def _then(words: str) -> str:
    """A sentence reworded as the second half of another."""
    return words[0].lower() + words[1:]


def _registration(app: AppSpec) -> Registration:
    base_url = services().connections.base_url
    return Registration(
        redirect_uri=services().connections.redirect_uri(app.provider),
        permissions=catalogue.permissions_at(app.provider),
        webhook_url=f"{base_url}/webhooks/{app.provider}" if app.webhook is not None else None,
        takes_webhooks=app.provider in services().connections.webhooks,
    )
