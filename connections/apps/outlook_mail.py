"""Outlook Mail: sends emails about interviews from people's own addresses."""

from __future__ import annotations

from connections.app_spec import AppClients, AppSpec, Config, Permission
from connections.apps.outlook_calendar import (
    APPROVAL,
    CALENDARS,
    ENDS,
    FAULTS,
    PROFILE,
    REFUSALS,
    SIGN_IN,
    TRAITS,
)
from timezones import utc_now

_PERMISSIONS = (
    Permission(
        "Mail.Send",
        "send email from your address",
        "Sends the emails about interviews you schedule. It reads none of your mail.",
    ),
    PROFILE,
)


def _build(config: Config) -> AppClients | None:
    # Imported here, so that a server only loads the providers that it is set up for.
    from providers.microsoft.settings import microsoft_settings

    settings = microsoft_settings(config)
    if settings is None:
        return None
    from providers.microsoft.provider import OutlookMailApp

    app = OutlookMailApp(settings, clock=utc_now)
    return AppClients(oauth=app.oauth, accounts=app.accounts, mail=app.mail, approvals=app.oauth)


SPEC = AppSpec(
    key="outlook-mail",
    label="Outlook Mail",
    provider="microsoft",
    provider_label="Microsoft",
    section="Microsoft",
    icon="mail",
    line="Sends emails about the interviews you schedule from your own Outlook address.",
    used_for="Emails about the interviews you schedule.",
    setting_names=("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    traits=TRAITS,
    refusals=REFUSALS,
    faults=FAULTS,
    ends=ENDS,
    sends_mail=True,
    permissions=_PERMISSIONS,
    sign_in=SIGN_IN,
    other_scopes={CALENDARS.scope: CALENDARS.allows},
    consent_button="Accept",
    approval=APPROVAL,
    guide="apps/microsoft",
    consent_url=lambda config: str(config["MICROSOFT_LOGIN_URL"]),
    build=_build,
)
