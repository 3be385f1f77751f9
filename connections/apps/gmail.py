"""Gmail: sends invitations from people's own addresses. Not available in this version."""

from __future__ import annotations

from connections.app_spec import AppSpec, Traits

SPEC = AppSpec(
    key="gmail",
    label="Gmail",
    provider="google",
    provider_label="Google",
    section="Email",
    icon="brand-gmail",
    line="Sends invitations from your own Gmail address.",
    used_for="Invitations you send.",
    setting_names=("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    # Revoking any token ends all that the account has granted to this client, whatever the scope.
    traits=Traits(revoke_ends_whole_account=True),
)
