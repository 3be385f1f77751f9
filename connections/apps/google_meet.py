"""Google Meet: the video meetings that a connected Google Calendar makes. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="google-meet",
    label="Google Meet",
    provider="google",
    provider_label="Google",
    section="Video & e-sign",
    icon="brand-google",
    line="Makes a Google Meet link for each interview. It will come with Google Calendar. "
    "For now, choose Other in Meeting Software and paste your link.",
    used_for="Google Meet links for your interviews.",
    setting_names=("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    traits=Traits(revoke_ends_whole_account=True),
)
