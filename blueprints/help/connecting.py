"""What the page about connecting apps says, taken from where the product itself takes its words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from accounts.permissions import Action, may_anywhere
from accounts.team import owner
from blueprints.connected_apps.cards import may_connect
from connections import wording
from connections.permissions import Permission, optional_permissions, required_permissions
from connections.service import connections
from models import App, FailureReason, MeetingSoftware, User
from scheduling.meetings import failures


@dataclass(frozen=True)
class Trouble:
    """What somebody reads when something went wrong, and what helps."""

    words: str
    cure: str


@dataclass(frozen=True)
class Registration:
    """What whoever runs the server enters at Zoom, once."""

    redirect_uri: str
    webhook_url: str
    takes_webhooks: bool


@dataclass(frozen=True)
class ConnectingHelp:
    """`optional`: what each scope allows that may be granted and is not used yet.

    `ask_name` is whom somebody asks who may not connect; `registration` is for those who administer."""

    permissions: tuple[Permission, ...]
    optional: dict[str, str]
    while_connecting: tuple[Trouble, ...]
    once_connected: tuple[Trouble, ...]
    with_a_warning: tuple[Trouble, ...]
    without_a_link: tuple[Trouble, ...]
    ask_name: str | None
    registration: Registration | None


_RECONNECT = "Press Reconnect on Connected Apps. Meetings that were made already keep their links."

_NOT_YOURS = (
    "Nobody has to reconnect. Once that is put right on the server, everything works again by itself."
)

_WHILE_CONNECTING = (
    Trouble(
        "You declined on Zoom's page",
        "Nothing was connected. Press Connect again whenever you like, and choose Allow.",
    ),
    Trouble(
        "Zoom did not grant everything that is needed",
        "Connect again and leave every box ticked. If a box is missing, the administrator has to add that "
        "scope to the app at Zoom.",
    ),
    Trouble(
        "The answer was used already, is too old, or belongs to another sign-in",
        "Each way to Zoom and back works once, for ten minutes, in the browser it began in. Press Connect "
        "again.",
    ),
    Trouble(
        "You were signed out while you were at Zoom",
        "Nothing was connected. Sign in and connect again.",
    ),
    Trouble(
        "Zoom did not answer, or answered something that makes no sense",
        "Nothing new was connected. Try again in a few minutes; interviews are saved meanwhile, and their "
        "links follow. If your account was connected before, Zoom may have ended that for the sake of this "
        "try: we look at once, and the card says so.",
    ),
    Trouble(
        "Zoom shows a page of its own instead of asking you",
        "An “invalid redirect” means that the redirect address at Zoom differs from this server's. Being "
        "asked for an approval means that your Zoom account's administrator has to approve the app first.",
    ),
)


def connecting_help(user: User) -> ConnectingHelp:
    """The page as this person needs it."""
    administers, software = may_anywhere(user.role, Action.ADMINISTER), MeetingSoftware.ZOOM
    return ConnectingHelp(
        permissions=required_permissions(App.ZOOM),
        optional=optional_permissions(App.ZOOM),
        while_connecting=_WHILE_CONNECTING,
        once_connected=_once_connected(),
        with_a_warning=_with_a_warning(),
        without_a_link=tuple(
            Trouble(
                failures.words_of(reason, software),
                failures.cure_of(reason, software).words,
            )
            for reason in FailureReason
        ),
        ask_name=None if may_connect(user) else owner().name,
        registration=_registration() if administers else None,
    )


def _once_connected() -> tuple[Trouble, ...]:
    """The reasons why a connection ends by itself, in the words of its card."""
    return (
        Trouble(
            wording.removed_by_user(App.ZOOM, current_app.config["APP_NAME"]),
            f"If that was not meant, or whenever you want to host again: {_then(_RECONNECT)}",
        ),
        Trouble(wording.ended_by_provider(App.ZOOM), _RECONNECT),
        Trouble(
            wording.lost_in_renewal(App.ZOOM),
            f"It was an unlucky moment; nothing is wrong with your account. {_RECONNECT}",
        ),
        Trouble(
            wording.permissions_missing(App.ZOOM, []),
            "It was changed at Zoom, by you or by the administrator of your Zoom account. Press Reconnect on "
            "Connected Apps and leave every box ticked.",
        ),
        Trouble(
            wording.unreadable(App.ZOOM),
            "The key is missing, for example after a move to another machine. Once the administrator has put "
            f"it back into TOKEN_ENCRYPTION_KEYS, everything works again. If it is lost: {_then(_RECONNECT)}",
        ),
        Trouble(
            wording.taken_over("A colleague"),
            f"Zoom keeps one permission per account, and the newest one counts. {wording.agree_with('them')}",
        ),
    )


def _with_a_warning() -> tuple[Trouble, ...]:
    """What is in the way although the connection is good, in the words of its card."""
    return (
        Trouble(
            wording.passing("Zoom did not answer in time.", again_within="15 minutes"),
            "There is nothing to do. Interviews are saved meanwhile, and their links follow.",
        ),
        Trouble(wording.credentials_refused(App.ZOOM), _NOT_YOURS),
        Trouble(wording.not_set_up(App.ZOOM), _NOT_YOURS),
    )


def _then(words: str) -> str:
    """A sentence as the second half of another."""
    return words[0].lower() + words[1:]


def _registration() -> Registration:
    return Registration(
        redirect_uri=connections().redirect_uri(App.ZOOM.provider),
        webhook_url=f"{current_app.config['BASE_URL']}/webhooks/zoom",
        takes_webhooks=bool(current_app.config["ZOOM_WEBHOOK_SECRET_TOKEN"]),
    )
