"""Google Calendar: writes interviews into calendars and makes Meet links. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="google-calendar",
    label="Google Calendar",
    provider="google",
    provider_label="Google",
    section="Google",
    icon="brand-google",
    line="Adds interviews to your Google Calendar and creates Google Meet links.",
    used_for="Calendar entries and Google Meet links for your interviews.",
    setting_names=("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    # Revoking any token ends all that the account has granted to this client, whatever the scope.
    traits=Traits(revoke_ends_whole_account=True),
)
