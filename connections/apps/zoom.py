"""Zoom: makes the meetings of video interviews."""

from __future__ import annotations

from connections.app_spec import AppClients, AppSpec, Config, Permission, Traits
from providers.protocols import WebhookReader
from timezones import utc_now

_REQUIRED = (
    Permission(
        "user:read:user",
        "see your name, email address and plan",
        "Shows you which account is connected and what its plan allows.",
    ),
    Permission(
        "meeting:write:meeting", "create meetings", "Creates the meeting for each video interview you host."
    ),
    Permission(
        "meeting:read:meeting", "read a meeting", "Checks that the meeting is still there and unchanged."
    ),
    Permission("meeting:update:meeting", "change meetings", "Moves the meeting when the interview moves."),
    Permission(
        "meeting:delete:meeting", "delete meetings", "Removes the meeting when the interview is cancelled."
    ),
    Permission(
        "meeting:read:list_meetings",
        "list your meetings",
        "Finds a meeting if Zoom's answer was lost, so it isn't created twice.",
    ),
)

# Those of apps that were registered before April 2024. Each covers several of the above.
_CLASSIC = {
    "user:read": "see your profile",
    "user_info:read": "see your profile",
    "meeting:read": "read and list your meetings",
    "meeting:write": "create, change and delete meetings",
}


def _build(config: Config) -> AppClients | None:
    if not (config["ZOOM_API_CLIENT_ID"] and config["ZOOM_API_CLIENT_SECRET"]):
        return None
    # Imported here, so that a server only loads the providers that it is set up for.
    from providers.zoom.provider import ZoomProvider, ZoomSettings

    zoom = ZoomProvider(
        ZoomSettings(
            client_id=config["ZOOM_API_CLIENT_ID"],
            client_secret=config["ZOOM_API_CLIENT_SECRET"],
            oauth_url=config["ZOOM_OAUTH_URL"],
            api_url=config["ZOOM_API_URL"],
            api_url_is_configured="ZOOM_API_URL" in config["EXPLICIT"],
            timeout_seconds=config["PROVIDER_TIMEOUT_SECONDS"],
        ),
        clock=utc_now,
    )
    return AppClients(oauth=zoom, accounts=zoom, meetings=zoom)


def _webhook(config: Config) -> WebhookReader | None:
    secret = config["ZOOM_WEBHOOK_SECRET_TOKEN"]
    if not secret:
        return None
    from providers.zoom.webhooks import ZoomWebhooks

    return ZoomWebhooks(secret, config["ZOOM_API_CLIENT_ID"])


SPEC = AppSpec(
    key="zoom",
    label="Zoom",
    provider="zoom",
    provider_label="Zoom",
    section="Video & e-sign",
    icon="brand-zoom",
    line="Creates a Zoom meeting for every video interview you host.",
    used_for="Zoom meetings for the video interviews you host.",
    meetings="Zoom",
    setting_names=("ZOOM_API_CLIENT_ID", "ZOOM_API_CLIENT_SECRET"),
    # "OAuth error messages" of Zoom's documentation, 4741: only the newest token of a user and app counts.
    traits=Traits(newest_grant_ends_others=True, rotates_refresh_tokens=True),
    permissions=_REQUIRED,
    optional_permissions={
        "user:read:settings": "read your meeting settings",
        "meeting:read:participant": "see who took part in a meeting",
    },
    other_scopes=_CLASSIC,
    plans={"basic": "Basic: Zoom ends meetings after 40 minutes", "licensed": "Licensed"},
    guide="apps/zoom",
    consent_url=lambda config: str(config["ZOOM_OAUTH_URL"]),
    build=_build,
    webhook=_webhook,
)
