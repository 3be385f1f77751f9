"""Every setting of the product: its name, how its text is read, its default, and what it means.

Settings come from the environment and from an optional `.env` file next to `app.py`; the environment
wins. Nothing else in the product reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from sqlalchemy.engine import make_url

import setting_values as read
from file_systems import network_file_system
from messaging.addresses import bare_address, is_public
from public_address import normal_origin

ROOT = Path(__file__).resolve().parent


class SettingError(ValueError):
    """A setting has a value that makes no sense for it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name


@dataclass(frozen=True)
class Setting:
    name: str
    read: Callable[[str], object]
    default: object
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "BASE_URL",
        normal_origin,
        "http://localhost:8000",
        "Public address of this server, used in emails and as the address providers send people back to.",
    ),
    Setting("HOST", read.listening, "127.0.0.1", "Address to listen on."),
    Setting("PORT", read.port, 8000, "Port to listen on."),
    Setting("TRUSTED_PROXIES", read.hops, 0, "How many reverse proxies are in front of the server."),
    Setting(
        "DATABASE_URL",
        read.database,
        "",
        "SQLAlchemy address of the database; empty means an SQLite file in `INSTANCE_PATH`.",
    ),
    Setting(
        "INSTANCE_PATH",
        partial(read.folder, root=ROOT),
        ROOT / "instance",
        "Folder of the database, the keys, the installation id and attached files.",
    ),
    Setting(
        "SECRET_KEY",
        read.session_key,
        "",
        "Key of the session cookie; made once and kept in `INSTANCE_PATH` when empty.",
    ),
    Setting(
        "TOKEN_ENCRYPTION_KEYS",
        read.token_keys,
        "",
        "Fernet keys for the providers' tokens, separated by commas, newest first; made once when empty.",
    ),
    Setting("ZOOM_API_CLIENT_ID", read.issued, "", "Client ID of your Zoom app."),
    Setting("ZOOM_API_CLIENT_SECRET", read.issued, "", "Client secret of your Zoom app."),
    Setting("ZOOM_OAUTH_URL", read.endpoint, "https://zoom.us", "Where people give Zoom's consent."),
    Setting(
        "ZOOM_API_URL",
        read.endpoint,
        "https://api.zoom.us/v2",
        "Zoom's API; when set it wins over a token's own region.",
    ),
    Setting(
        "ZOOM_WEBHOOK_SECRET_TOKEN",
        read.issued,
        "",
        "Secret of Zoom's webhooks; unset: `/webhooks/zoom` answers 404.",
    ),
    Setting("GOOGLE_CLIENT_ID", read.issued, "", "Client ID of your Google app."),
    Setting("GOOGLE_CLIENT_SECRET", read.issued, "", "Client secret of your Google app."),
    Setting(
        "GOOGLE_AUTH_URL",
        read.endpoint,
        "https://accounts.google.com/o/oauth2/v2/auth",
        "Google's consent page.",
    ),
    Setting(
        "GOOGLE_TOKEN_URL", read.endpoint, "https://oauth2.googleapis.com/token", "Google's token endpoint."
    ),
    Setting(
        "GOOGLE_REVOKE_URL",
        read.endpoint,
        "https://oauth2.googleapis.com/revoke",
        "Google's revoke endpoint.",
    ),
    Setting(
        "GOOGLE_USERINFO_URL",
        read.endpoint,
        "https://openidconnect.googleapis.com/v1/userinfo",
        "Google's account data.",
    ),
    Setting(
        "GOOGLE_CALENDAR_URL",
        read.endpoint,
        "https://www.googleapis.com/calendar/v3",
        "Google Calendar's API.",
    ),
    Setting("GOOGLE_GMAIL_URL", read.endpoint, "https://gmail.googleapis.com/gmail/v1", "Gmail's API."),
    Setting("MICROSOFT_CLIENT_ID", read.issued, "", "Application ID of your Microsoft app."),
    Setting("MICROSOFT_CLIENT_SECRET", read.issued, "", "Client secret of your Microsoft app."),
    Setting("MICROSOFT_TENANT", read.directory, "common", "Directory whose people may connect."),
    Setting(
        "MICROSOFT_LOGIN_URL", read.endpoint, "https://login.microsoftonline.com", "Microsoft's sign-in."
    ),
    Setting("MICROSOFT_GRAPH_URL", read.endpoint, "https://graph.microsoft.com/v1.0", "Microsoft Graph."),
    Setting(
        "OIDC_ISSUER",
        read.endpoint,
        "",
        "Issuer that people may sign in with by OpenID Connect; empty: with a password alone.",
    ),
    Setting("OIDC_CLIENT_ID", read.issued, "", "ID of this server's app at that issuer."),
    Setting("OIDC_CLIENT_SECRET", read.issued, "", "Client secret of that app."),
    Setting("OIDC_LABEL", read.name, "", "What the sign-in page calls the issuer."),
    Setting(
        "MAIL_SERVER",
        read.mail_host,
        "",
        "Host of the mail server; without one mails wait and the owner sees it.",
    ),
    Setting("MAIL_PORT", read.port, 25, "Port of the mail server."),
    Setting("MAIL_USE_TLS", read.switch, False, "Use STARTTLS; the certificate is verified."),
    Setting("MAIL_USE_SSL", read.switch, False, "Use TLS from the first byte; the certificate is verified."),
    Setting("MAIL_USERNAME", read.secret, "", "User at the mail server."),
    Setting("MAIL_PASSWORD", read.secret, "", "Password at the mail server."),
    Setting(
        "MAIL_AUTH",
        read.mail_auth,
        "password",
        "How to sign in at the mail server: `password`, or `oauth` with a token from client credentials.",
    ),
    Setting(
        "MAIL_OAUTH_TENANT",
        read.one_directory,
        "",
        "With `oauth` at Microsoft 365: your directory's ID or domain. Leads to its token endpoint.",
    ),
    Setting("MAIL_OAUTH_TOKEN_URL", read.endpoint, "", "With `oauth` elsewhere: its token endpoint."),
    Setting("MAIL_OAUTH_CLIENT_ID", read.issued, "", "With `oauth`: the ID of the app that may send."),
    Setting("MAIL_OAUTH_CLIENT_SECRET", read.issued, "", "With `oauth`: the client secret of that app."),
    Setting(
        "MAIL_OAUTH_SCOPE",
        read.scopes,
        "https://outlook.office365.com/.default",
        "With `oauth`: what the token is for.",
    ),
    Setting(
        "MAIL_DEFAULT_SENDER",
        read.sender,
        "",
        "Address that emails come from: a mailbox that someone reads. Without it, `MAIL_USERNAME` if that is "
        "an address.",
    ),
    Setting("MAIL_TIMEOUT", read.seconds, 15.0, "Seconds to wait for each answer of the mail server."),
    Setting(
        "MEETING_GRACE_SECONDS",
        read.seconds,
        120.0,
        "How long an invitation waits for its meeting before it goes out without a link.",
    ),
    Setting("PROVIDER_TIMEOUT_SECONDS", read.seconds, 10.0, "Seconds to wait for each answer of a provider."),
    Setting(
        "REMINDER_HOURS",
        read.hours,
        (24.0, 1.0),
        "Hours before the start at which reminders are sent, comma-separated.",
    ),
    Setting(
        "WEBHOOK_PRIVATE_ADDRESSES",
        read.switch,
        False,
        "Whether the outgoing webhook may go to private addresses, and without TLS.",
    ),
    Setting("SCHEDULER_ENABLED", read.switch, True, "Whether this server process does background work."),
    Setting("UPLOADS_FOLDER", partial(read.folder, root=ROOT), "", "Folder for uploads that servers share."),
    Setting(
        "METRICS_TOKEN",
        read.access_token,
        "",
        "What Prometheus has to send as its bearer token; without it there is no `/metrics`.",
    ),
    Setting("BACKUP_KEY", read.backup_keys, (), "Public half of the key of backups; several with commas."),
    Setting("BACKUP_FOLDER", partial(read.folder, root=ROOT), "", "Folder for nightly backups; must exist."),
    Setting("BACKUP_KEEP_DAYS", read.days, 30, "For how many days nightly backups are kept."),
    Setting("APP_NAME", read.name, "SmoothHiring", "Name shown in the top bar and in emails."),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def settings_names() -> frozenset[str]:
    """The names of all settings."""
    return frozenset(_BY_NAME)


def load_settings(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """All settings by name, from the environment, `.env` and the defaults; `overrides` win over all.

    An override may be text, which is read like the environment's, or already the value. Besides the
    settings the result holds `EXPLICIT`, the names that were set explicitly. Raises `SettingError`.
    """
    if environ is None:
        environ = {**{k: v for k, v in dotenv_values(ROOT / ".env").items() if v is not None}, **os.environ}
    values: dict[str, Any] = {}
    explicit = set()
    for setting in SETTINGS:
        given: object = _given(setting.name, environ)
        if overrides and setting.name in overrides:
            given = overrides[setting.name]
        if given is None or (isinstance(given, str) and not given.strip()):
            values[setting.name] = setting.default
            continue
        explicit.add(setting.name)
        if isinstance(given, str):
            try:
                values[setting.name] = setting.read(given)
            except ValueError as error:
                raise SettingError(setting.name, str(error)) from None
        else:
            values[setting.name] = given
    _check_together(values)
    unknown = set(overrides or ()) - set(_BY_NAME)
    values.update({name: (overrides or {})[name] for name in unknown})
    values["EXPLICIT"] = frozenset(explicit)
    if not values["MAIL_DEFAULT_SENDER"] and is_public(bare_address(values["MAIL_USERNAME"])):
        # Where the mail server asks for an address to sign in, it is the one that may send.
        values["MAIL_DEFAULT_SENDER"] = values["MAIL_USERNAME"]
    if values["MAIL_OAUTH_TENANT"]:
        # Token and sign-in come from one place, a simulated one too.
        values["MAIL_OAUTH_TOKEN_URL"] = (
            f"{values['MICROSOFT_LOGIN_URL']}/{values['MAIL_OAUTH_TENANT']}/oauth2/v2.0/token"
        )
    values["UPLOADS_FOLDER"] = values["UPLOADS_FOLDER"] or values["INSTANCE_PATH"] / "uploads"
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{values['INSTANCE_PATH'] / 'smoothhiring.sqlite3'}"
    return values


def _given(name: str, environ: Mapping[str, str]) -> str | None:
    """A setting's text: its own variable, or the content of the file that `…_FILE` names. Container systems
    hand out secrets as files, which show up in no list of processes and in no log."""
    text, file = environ.get(name), environ.get(f"{name}_FILE", "").strip()
    if not file:
        return text
    if text and text.strip():
        raise SettingError(name, f"and {name}_FILE are both set: set one of them")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise SettingError(
            f"{name}_FILE", f"names a file that can't be read ({type(error).__name__})"
        ) from None


# Settings that only make sense with another: an id of an app without its secret, a password without a user.
_NEEDS = {
    "ZOOM_API_CLIENT_ID": "ZOOM_API_CLIENT_SECRET",
    "ZOOM_API_CLIENT_SECRET": "ZOOM_API_CLIENT_ID",
    "GOOGLE_CLIENT_ID": "GOOGLE_CLIENT_SECRET",
    "GOOGLE_CLIENT_SECRET": "GOOGLE_CLIENT_ID",
    "MICROSOFT_CLIENT_ID": "MICROSOFT_CLIENT_SECRET",
    "MICROSOFT_CLIENT_SECRET": "MICROSOFT_CLIENT_ID",
    "OIDC_ISSUER": "OIDC_CLIENT_ID",
    "OIDC_CLIENT_ID": "OIDC_CLIENT_SECRET",
    "OIDC_CLIENT_SECRET": "OIDC_ISSUER",
    "OIDC_LABEL": "OIDC_ISSUER",
    "MAIL_PASSWORD": "MAIL_USERNAME",
}


def _check_together(values: Mapping[str, Any]) -> None:
    """Raise `SettingError` for settings that contradict each other."""
    for name, other in _NEEDS.items():
        if values[name] and not values[other]:
            raise SettingError(name, f"is set, and {other} is not: set both or neither")
    if values["MAIL_USE_TLS"] and values["MAIL_USE_SSL"]:
        raise SettingError(
            "MAIL_USE_TLS",
            "and MAIL_USE_SSL are both on: a connection begins with one of them, SSL on port 465",
        )
    if values["BACKUP_FOLDER"] and not values["BACKUP_KEY"]:
        raise SettingError(
            "BACKUP_FOLDER", f"is set, and BACKUP_KEY is not: {read.TAKE_OUT_UNTIL_THERE_IS_A_KEY}"
        )
    if values["MAIL_AUTH"] == "oauth":
        _check_oauth(values)
    else:
        for name in _FOR_OAUTH:
            if values[name] != _BY_NAME[name].default:
                raise SettingError(name, "is set, and MAIL_AUTH is not oauth")


_FOR_OAUTH = (
    "MAIL_OAUTH_TENANT",
    "MAIL_OAUTH_TOKEN_URL",
    "MAIL_OAUTH_CLIENT_ID",
    "MAIL_OAUTH_CLIENT_SECRET",
    "MAIL_OAUTH_SCOPE",
)


def _check_oauth(values: Mapping[str, Any]) -> None:
    """Raise `SettingError` for settings that are missing for, or contradict, signing in to the mail server
    with a token."""
    for name, what in (
        ("MAIL_SERVER", "the mail server"),
        ("MAIL_USERNAME", "the mailbox that emails are sent from"),
        ("MAIL_OAUTH_CLIENT_ID", "the app that may send"),
        ("MAIL_OAUTH_CLIENT_SECRET", "the app's secret"),
    ):
        if not values[name]:
            raise SettingError("MAIL_AUTH", f"is oauth, which needs {name}, {what}")
    if values["MAIL_PASSWORD"]:
        raise SettingError("MAIL_PASSWORD", "is set, and MAIL_AUTH is oauth, which needs none: leave it out")
    if bool(values["MAIL_OAUTH_TENANT"]) == bool(values["MAIL_OAUTH_TOKEN_URL"]):
        raise SettingError(
            "MAIL_AUTH", "is oauth, which needs one of MAIL_OAUTH_TENANT and MAIL_OAUTH_TOKEN_URL, not both"
        )
    if not (values["MAIL_USE_TLS"] or values["MAIL_USE_SSL"]):
        raise SettingError(
            "MAIL_AUTH", "is oauth, which needs MAIL_USE_TLS or MAIL_USE_SSL: no token is sent unencrypted"
        )


def flask_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of Flask and its extensions, derived from ours."""
    is_https = str(values["BASE_URL"]).startswith("https://")
    database_url = _driver_url(str(values["DATABASE_URL"]))
    return {
        "SQLALCHEMY_DATABASE_URI": database_url,
        # Which network file system the database's file is on; empty for a local one, and for PostgreSQL.
        "NETWORK_FILE_SYSTEM": _network_file_system(database_url),
        # When the database restarts, not every worker should lose one request. A file does not restart, so
        # SQLite is not pinged each time.
        # A failed statement's values stay out of its error and so out of the log: join links, passcodes,
        # hashes, notes.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not database_url.startswith("sqlite"),
            "hide_parameters": True,
        },
        "SESSION_COOKIE_NAME": "__Host-session" if is_https else "session",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        # Strict would drop the session on the way back from a provider and on links in emails.
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        # A form left open over lunch still works; the token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAIL_SUPPRESS_SEND": False,
        # The work of a killed server is taken over after this long: well within the time that an invitation
        # waits for its meeting. A server that is alive renews the leases of what takes longer.
        "TASK_LEASE_SECONDS": 30.0,
        # Longer than the longest row of provider calls that one task can make, and than the largest email
        # may take to be sent.
        "TASK_LONGEST_SECONDS": 240.0,
        # Work that no one waits for, such as a backup of many attachments to a slow disk.
        "UPKEEP_LONGEST_SECONDS": 6 * 3600.0,
        "TICK_SECONDS": 3.0,
    }


def _network_file_system(database_url: str) -> str:
    url = make_url(database_url)
    if not url.drivername.startswith("sqlite") or not url.database:
        return ""
    return network_file_system(Path(url.database).parent)


def _driver_url(url: str) -> str:
    """Most people and platforms write PostgreSQL addresses without a driver; ours is psycopg."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
