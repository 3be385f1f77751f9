"""What an app that people connect is made of. Each file in `connections.apps` fills in one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.protocols import (
    AccountProvider,
    CalendarProvider,
    MailProvider,
    MeetingProvider,
    OAuthProvider,
    WebhookReader,
)
from wording import listed

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Permission:
    """One scope by its provider's name. `allows` completes "may …"; `because` is a sentence of its own."""

    scope: str
    allows: str
    because: str


@dataclass(frozen=True)
class Traits:
    """How a provider treats its grants.

    newest_grant_ends_others: it keeps one grant per account and app of ours, and a new one ends the one
        before it, no matter who on the team had connected that.
    revoke_ends_whole_account: revoking one grant ends every grant that the account gave this server, those
        for the provider's other apps included.
    rotates_refresh_tokens: a refresh token can be spent once, so a lost answer may cost the connection.
    """

    newest_grant_ends_others: bool = False
    revoke_ends_whole_account: bool = False
    rotates_refresh_tokens: bool = False


@dataclass(frozen=True)
class AppClients:
    """What can be done through one app on this server. Threads may share it; it keeps no grant."""

    oauth: OAuthProvider
    accounts: AccountProvider
    meetings: MeetingProvider | None = None
    calendar: CalendarProvider | None = None
    mail: MailProvider | None = None


@dataclass(frozen=True)
class AppSpec:
    """One app that people connect, with everything that the rest of the product asks about it.

    key: part of addresses and stored in the database, so it must not change.
    provider: whose account it is. Apps of one provider share its redirect address, its credentials and its
    webhook.
    section: the heading above its card on Connected Apps.
    line: what it does for the person, in one sentence.
    used_for: what it is used for once it is connected, to introduce a list of upcoming interviews.
    permissions: what has to be granted, in the order to list it in.
    optional_permissions: what may be granted beyond that, by scope, and what it allows.
    other_scopes: more scopes that a provider may name in a grant, and what they allow.
    plans: what the provider's plans are called, by the names of `providers.base.Plan`.
    setting_names: of the app's id and its secret.
    guide: folder of templates with `card.html`, the steps of registering the app, for its card, and with
        `registering.html` and `afterwards.html` for the help page.
    consent_url: where people give consent, from the settings; a form may lead to its origin.
    build: makes the clients from the settings, or returns None while the operator has not set the app up.
        Without it the app is not available in this version.
    webhook: makes the reader of what the provider sends, or returns None while that is not set up.
    """

    key: str
    label: str
    provider: str
    provider_label: str
    section: str
    icon: str
    line: str
    used_for: str
    setting_names: tuple[str, str]
    traits: Traits
    permissions: tuple[Permission, ...] = ()
    optional_permissions: Mapping[str, str] = field(default_factory=dict)
    other_scopes: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    guide: str | None = None
    consent_url: Callable[[Config], str] | None = None
    build: Callable[[Config], AppClients | None] | None = None
    webhook: Callable[[Config], WebhookReader | None] | None = None

    @property
    def is_available(self) -> bool:
        """Whether this version of the product can connect it."""
        return self.build is not None

    @property
    def settings_in_words(self) -> str:
        """The settings to check when the provider does not accept this server."""
        return listed(self.setting_names)
