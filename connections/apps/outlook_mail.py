"""Outlook Mail: sends invitations from people's own addresses. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="outlook-mail",
    label="Outlook Mail",
    provider="microsoft",
    provider_label="Microsoft",
    section="Email",
    icon="mail",
    line="Sends invitations from your own Outlook address.",
    used_for="Invitations you send.",
    setting_names=("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    # There is no way to revoke one grant, and an older refresh token goes on working beside the newer one.
    traits=Traits(),
)
