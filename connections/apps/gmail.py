"""Gmail: sends emails about interviews from people's own addresses."""

from __future__ import annotations

from connections.app_spec import AppClients, AppSpec, Config, Permission, Traits
from connections.apps.google_calendar import EMAIL_BOX, IN_TESTING, REFUSALS
from timezones import utc_now

_PERMISSIONS = (
    Permission(
        "https://www.googleapis.com/auth/gmail.send",
        "send email from your address",
        "Sends the emails about interviews you schedule. It reads none of your mail.",
        on_consent_page="Send email on your behalf",
    ),
    Permission(
        "https://www.googleapis.com/auth/userinfo.email",
        "see your email address",
        "Shows you which account it is, and is the sender of what you send.",
        on_consent_page=EMAIL_BOX,
    ),
)


def _build(config: Config) -> AppClients | None:
    # Imported here, so that a server only loads the providers that it is set up for.
    from providers.google.settings import google_settings

    settings = google_settings(config)
    if settings is None:
        return None
    from providers.google.provider import GmailApp

    app = GmailApp(settings, clock=utc_now)
    return AppClients(oauth=app.oauth, accounts=app.accounts, mail=app.mail)


SPEC = AppSpec(
    key="gmail",
    label="Gmail",
    provider="google",
    provider_label="Google",
    section="Google",
    icon="brand-gmail",
    line="Sends emails about the interviews you schedule from your own Gmail address.",
    used_for="Emails about the interviews you schedule.",
    setting_names=("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    traits=Traits(
        # Revoking any token ends all that the account has granted to this client, whatever the scope.
        revoke_ends_whole_account=True,
        likely_end=IN_TESTING,
        other_ends="Google also ends permission to send mail when the account's password is changed.",
    ),
    refusals=REFUSALS,
    sends_mail=True,
    permissions=_PERMISSIONS,
    other_scopes={"openid": "know your account by its number"},
    guide="apps/google",
    consent_url=lambda config: str(config["GOOGLE_AUTH_URL"]),
    build=_build,
)
