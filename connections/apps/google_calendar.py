"""Google Calendar: keeps interviews in people's calendars, and makes Google Meet links on those entries."""

from __future__ import annotations

from datetime import timedelta

from connections.app_spec import AppClients, AppSpec, Config, LikelyEnd, Permission, Traits
from timezones import utc_now

# What Google's consent page says is taken from the discovery documents of its APIs, which describe each
# scope. We have not been able to look at the page itself.
EMAIL_BOX = "See your primary Google Account email address"
_PERMISSIONS = (
    Permission(
        "https://www.googleapis.com/auth/calendar.events.owned",
        "see, create, change and delete events on calendars you own",
        "Adds the interviews you take part in, keeps them up to date, and makes Meet links. Reads when you "
        "are busy, with titles that are shown only to you.",
        on_consent_page="See, create, change, and delete events on Google calendars you own",
    ),
    Permission(
        "https://www.googleapis.com/auth/calendar.freebusy",
        "see when you are busy, without any details",
        "Shows people who schedule interviews when you are free at that moment.",
        on_consent_page="View your availability in your calendars",
    ),
    Permission(
        "https://www.googleapis.com/auth/userinfo.email",
        "see your email address",
        "Shows you which account it is.",
        on_consent_page=EMAIL_BOX,
    ),
)


# For Gmail as well: both belong to the operator's one project at Google.
IN_TESTING = LikelyEnd(
    timedelta(days=7),
    "Google ends permissions after seven days while the consent screen of this server's Google app is in "
    "“Testing”. Publish the app in Google Cloud's console, and then have everyone connect again.",
    is_up_to_operator=True,
)


# Google's codes on the way back, beside "access_denied".
REFUSALS = {
    "admin_policy_enforced": "The administrator of your Google Workspace doesn't allow this app. Ask them to "
    "allow it in the Admin console, under Security, API controls.",
    "org_internal": "Only people in the Google Workspace that this server's app at Google belongs to can "
    "connect. Use your account there, or ask the administrator of this server to make the app external.",
}


def _build(config: Config) -> AppClients | None:
    # Imported here, so that a server only loads the providers that it is set up for.
    from providers.google.settings import google_settings

    settings = google_settings(config)
    if settings is None:
        return None
    from providers.google.provider import GoogleCalendarApp

    app = GoogleCalendarApp(settings, clock=utc_now)
    return AppClients(oauth=app.oauth, accounts=app.accounts, meetings=app.meetings, calendar=app.calendar)


SPEC = AppSpec(
    key="google-calendar",
    label="Google Calendar",
    provider="google",
    provider_label="Google",
    section="Google",
    icon="brand-google",
    line="Adds interviews to your Google Calendar, and brings Google Meet.",
    used_for="Calendar entries and Google Meet links for your interviews.",
    setting_names=("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    traits=Traits(
        # Revoking any token ends all that the account has granted to this client, whatever the scope.
        revoke_ends_whole_account=True,
        likely_end=IN_TESTING,
    ),
    refusals=REFUSALS,
    meetings="Google Meet",
    keeps_entries=True,
    calendar_name="Google",
    calendar_tone="blue",
    permissions=_PERMISSIONS,
    other_scopes={"openid": "know your account by its number"},
    guide="apps/google",
    consent_url=lambda config: str(config["GOOGLE_AUTH_URL"]),
    build=_build,
)
