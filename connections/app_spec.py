"""The description of an app that people connect. Each file in `connections.apps` fills in one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from providers.base import Account, Grant
from providers.protocols import (
    AccountProvider,
    AdminApprovals,
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
    """One scope by its provider's name.

    `allows` completes "may …"; `because` is a sentence of its own. `on_consent_page`: what the provider's own
    page says beside the box that grants it, word for word, where people can leave single boxes unticked.
    """

    scope: str
    allows: str
    because: str
    on_consent_page: str = ""


@dataclass(frozen=True)
class LikelyEnd:
    """Why a provider ends grants of a certain age, within a day. `words` are sentences that name the reason
    and say what helps. `is_up_to_operator`: only the person who runs the server can change it, so that the
    owner is told too.
    """

    age: timedelta
    words: str
    is_up_to_operator: bool = False


@dataclass(frozen=True)
class ServerFault:
    """Why a provider does not accept this server, where it says more than that.

    `what` is a sentence without its full stop; `cure` completes "the person who runs this server has to …".
    """

    what: str
    cure: str


@dataclass(frozen=True)
class Traits:
    """How a provider treats its grants.

    newest_grant_ends_others: it keeps one grant per account and app of ours, and a new one ends the one
        before it, no matter who on the team had connected that.
    revoke_ends_whole_account: revoking one grant ends every grant that the account gave this server, those
        for the provider's other apps included.
    rotates_refresh_tokens: a refresh token can be spent once, so a lost answer may cost the connection.
    likely_end: for a grant that the provider has ended, after how long that happens for a reason that can be
        named, and the sentences that name it and say what helps.
    other_ends: sentences about what else ends its grants, at any age; "" where there is nothing particular.
    owner_removes: for a provider that lets no app end a grant, where its owner removes this product there, as
        sentences; "" where we end it.
    grants_as_a_whole: on its consent page, people allow all that is asked for, or nothing.
    """

    newest_grant_ends_others: bool = False
    revoke_ends_whole_account: bool = False
    rotates_refresh_tokens: bool = False
    likely_end: LikelyEnd | None = None
    other_ends: str = ""
    owner_removes: str = ""
    grants_as_a_whole: bool = False

    @property
    def can_be_told(self) -> bool:
        """Whether the provider ends a grant when we tell it that the owner has disconnected."""
        return not self.owner_removes


@dataclass(frozen=True)
class Approval:
    """How the provider lets an administrator of an organization allow an app there, in its own words.

    who: the people who can, to go after "an administrator of".
    page_says: what it tells people who may not allow it on their own.
    what_kind: sentences about what kind of permission it is, for administrators.
    elsewhere: a sentence that says how to allow it without our link.
    taking_back: a sentence that says how to take it back.
    """

    who: str
    page_says: str
    what_kind: str
    elsewhere: str
    taking_back: str


@dataclass(frozen=True)
class AppClients:
    """What can be done through one app on this server. Threads may share it; it keeps no grant.

    try_out: where some accounts cannot be used although their owner has allowed everything, looks whether one
        can, and raises `HostNotAllowedError` if not. Asked when it is connected, and daily from then on.
    """

    oauth: OAuthProvider
    accounts: AccountProvider
    meetings: MeetingProvider | None = None
    calendar: CalendarProvider | None = None
    mail: MailProvider | None = None
    approvals: AdminApprovals | None = None
    try_out: Callable[[Grant], None] | None = None

    def look_at(self, grant: Grant) -> Account:
        """Whose grant it is, if the account can be used. Raises any `ProviderError`."""
        account = self.accounts.account(grant)
        if self.try_out is not None:
            self.try_out(grant)
        return account


@dataclass(frozen=True)
class AppSpec:
    """One app that people connect, with everything that the rest of the product asks about it.

    key: part of addresses and stored in the database, so it must not change.
    provider: whose account it is. Apps of one provider share its redirect address, its credentials and its
    webhook.
    section: the heading above its card on Connected Apps.
    line: what it does for the person, in one sentence.
    used_for: what it is used for once it is connected, to introduce a list of upcoming interviews.
    refusals: what the provider's codes for a refusal mean, as sentences, for those that it sends people back
        with. That they declined themselves is known without.
    faults: why the provider may not accept this server, by the codes of `InvalidClientError`.
    ends: why the provider has ended a grant, as sentences, by the codes of `ConnectionRevokedError` and of
        `AccessTokenRejectedError`, where they say more than that it is over.
    meetings: the name of the meetings that it makes, to go before the word "meeting"; "" if it makes none.
    keeps_entries: it writes interviews into its owner's calendar.
    calendar_name: what people call that calendar where there is little room.
    calendar_tone: how the style sheet names the color of its events; each app's is another one.
    sends_mail: it sends emails from its owner's address.
    permissions: what has to be granted, in the order to list it in.
    sign_in: what it asks for besides, like the provider's other apps, to know whose account it is and to keep
        the permission. Grants need not name these.
    optional_permissions: what may be granted beyond that, by scope, and what it allows.
    other_scopes: more scopes that a provider may name in a grant, and what they allow.
    plans: what the provider's plans are called, by the names of `providers.base.Plan`.
    plan_limits: what does not work on a plan, as sentences, by the same names.
    consent_button: what the button is called that allows everything on the provider's page.
    setting_names: of the app's id and its secret.
    approval: where an administrator may have to allow it first.
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
    refusals: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, ServerFault] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    meetings: str = ""
    keeps_entries: bool = False
    calendar_name: str = ""
    calendar_tone: str = ""
    sends_mail: bool = False
    permissions: tuple[Permission, ...] = ()
    sign_in: tuple[Permission, ...] = ()
    optional_permissions: Mapping[str, str] = field(default_factory=dict)
    other_scopes: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    plan_limits: Mapping[str, str] = field(default_factory=dict)
    consent_button: str = "Allow"
    approval: Approval | None = None
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
