"""Outlook Calendar: keeps interviews in people's calendars, and makes Teams meetings on those entries."""

from __future__ import annotations

from connections.app_spec import AppClients, Approval, AppSpec, Config, Permission, ServerFault, Traits
from timezones import utc_now

CALENDARS = Permission(
    "Calendars.ReadWrite",
    "see, create, change and delete events in your calendars",
    "Adds the interviews you take part in, keeps them up to date, and makes Teams links. Reads when you "
    "are busy, with titles that are shown only to you.",
)
PROFILE = Permission(
    "User.Read",
    "see your name and email address",
    "Shows you which account it is.",
)
# What Microsoft's page asks for with every app: whose account it is, and that the permission lasts.
SIGN_IN = (
    Permission("openid", "know which Microsoft account you have", "Tells one account from another."),
    Permission("profile", "see your name", "Shows you which account it is."),
    Permission("email", "see your email address", "Shows you which account it is."),
    Permission(
        "offline_access",
        "keep the access you gave it",
        "Without it, the permission would end within the hour.",
    ),
)
# What an account has allowed for one of Microsoft's apps, its permission for the other one names too.
OF_MAIL = {"Mail.Send": "send email from your address"}

# Microsoft's codes on the way back, beside "access_denied".
REFUSALS = {
    "consent_required": "An administrator of your organization has to allow this first. Microsoft doesn't "
    "let people allow it on their own there.",
    "unauthorized_client": "Microsoft doesn't let accounts like yours use this server's app. The "
    "administrator of this server has to make MICROSOFT_TENANT fit the account types of the app in "
    "Microsoft Entra.",
}
FAULTS = {
    "secret_expired": ServerFault(
        "The client secret of this server's Microsoft app has expired",
        "create a new client secret in Microsoft Entra, put its value into MICROSOFT_CLIENT_SECRET, and "
        "restart the server",
    ),
    "wrong_secret": ServerFault(
        "Microsoft doesn't accept this server's client secret",
        "put the value of a client secret, not its ID, into MICROSOFT_CLIENT_SECRET, and restart the server",
    ),
    "unknown_app": ServerFault(
        "Microsoft doesn't know this server's app",
        "check MICROSOFT_CLIENT_ID and MICROSOFT_TENANT, and restart the server",
    ),
    "wrong_tenant": ServerFault(
        "MICROSOFT_TENANT doesn't fit this server's app in Microsoft Entra",
        "make MICROSOFT_TENANT fit the app's account types, and restart the server",
    ),
}
ENDS = {
    "admin_consent_needed": "The permission was taken back at Microsoft. An administrator of the account's "
    "organization may have to give it again.",
    "unused": "Microsoft ended this connection because it wasn't used for too long.",
    "signed_out": "Microsoft ended this connection because the password was changed, or someone signed the "
    "account out everywhere.",
    "sign_in_again": "The organization of this Microsoft account wants its owner to sign in again.",
}
# What `providers.base.Plan` means here: Microsoft doesn't tell what an account has been licensed for.
PLANS = {"basic": "Personal account", "licensed": "Work or school account"}
APPROVAL = Approval(
    who="Microsoft 365 at your organization",
    page_says="Need admin approval",
    what_kind="These are delegated permissions: they let this product act only for people who connect their "
    "own account themselves, and only with what is theirs. It asks for no application permissions, so it "
    "can't reach the mailbox or calendar of anyone who hasn't connected.",
    elsewhere="In the Microsoft Entra admin center, under Enterprise applications → this app → Permissions, "
    "“Grant admin consent” does the same once someone has tried to connect.",
    taking_back="To take it back, delete the app in the Microsoft Entra admin center under Enterprise "
    "applications, or turn off “Enabled for users to sign-in” there.",
)
TRAITS = Traits(
    # An older refresh token goes on working beside the newer one.
    other_ends="Microsoft also ends it when someone signs the account out everywhere, and when the account's "
    "organization wants its people to sign in again.",
    # The only call that comes near would sign the account out of everything that it uses.
    owner_removes="Microsoft lets no app give back its permission. You can remove it there yourself: with a "
    "work or school account at myapps.microsoft.com, with a personal one at account.microsoft.com/privacy.",
    grants_as_a_whole=True,
)


def _build(config: Config) -> AppClients | None:
    # Imported here, so that a server only loads the providers that it is set up for.
    from providers.microsoft.settings import microsoft_settings

    settings = microsoft_settings(config)
    if settings is None:
        return None
    from providers.microsoft.provider import OutlookCalendarApp

    app = OutlookCalendarApp(settings, clock=utc_now)
    return AppClients(
        oauth=app.oauth,
        accounts=app.accounts,
        meetings=app.meetings,
        calendar=app.calendar,
        try_out=app.try_out,
        approvals=app.oauth,
    )


SPEC = AppSpec(
    key="outlook-calendar",
    label="Outlook Calendar",
    provider="microsoft",
    provider_label="Microsoft",
    section="Microsoft",
    icon="brand-teams",
    line="Adds interviews to your Outlook calendar, and brings Microsoft Teams.",
    used_for="Calendar entries and Teams links for your interviews.",
    setting_names=("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    traits=TRAITS,
    refusals=REFUSALS,
    faults=FAULTS,
    ends=ENDS,
    meetings="Teams",
    keeps_entries=True,
    calendar_name="Outlook",
    calendar_tone="navy",
    permissions=(CALENDARS, PROFILE),
    sign_in=SIGN_IN,
    other_scopes=OF_MAIL,
    plans=PLANS,
    plan_limits={
        "basic": "It's a personal Microsoft account: interviews are kept in its calendar, but Teams links "
        "and free/busy lookups need a work or school account."
    },
    consent_button="Accept",
    approval=APPROVAL,
    guide="apps/microsoft",
    consent_url=lambda config: str(config["MICROSOFT_LOGIN_URL"]),
    build=_build,
)
