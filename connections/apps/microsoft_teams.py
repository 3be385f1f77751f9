"""Microsoft Teams: the meetings that a connected Outlook Calendar makes. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="microsoft-teams",
    label="Microsoft Teams",
    provider="microsoft",
    provider_label="Microsoft",
    section="Video & e-sign",
    icon="brand-teams",
    line="Makes a Teams link for each interview. It will come with Outlook Calendar. "
    "For now, choose Other in Meeting Software and paste your link.",
    used_for="Teams links for your interviews.",
    setting_names=("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    traits=Traits(),
)
