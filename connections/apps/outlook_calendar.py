"""Outlook Calendar: writes interviews into calendars and makes Teams links. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="outlook-calendar",
    label="Outlook Calendar",
    provider="microsoft",
    provider_label="Microsoft",
    section="Microsoft",
    icon="brand-teams",
    line="Adds interviews to your Outlook calendar and creates Teams links.",
    used_for="Calendar entries and Teams links for your interviews.",
    setting_names=("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    # There is no way to revoke one grant, and an older refresh token goes on working beside the newer one.
    traits=Traits(),
)
