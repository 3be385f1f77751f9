"""A value that makes no sense is refused at the start, with an explanation, for every setting there is."""

from pathlib import Path

import pytest

from config import ROOT, SETTINGS, SettingError, load_settings, settings_names
from own_commands import command_line

KEY = "A" * 43 + "="
SPACED, QUOTED, PLACEHOLDER = "an id", '"an-id"', "<your id>"
ISSUED = (SPACED, "an\nid", QUOTED, PLACEHOLDER, "'an-id'")
SECONDS = ("soon", "0", "-1", "86401", "nan", "inf", "1e3", "15s", "1,5", "٣", "1_0")
SWITCHES = ("maybe", "2", "truee", "-1", "enabled?")
ENDPOINTS = (
    "zoom.us",
    "ftp://zoom.us",
    "https://",
    "https:///oauth",
    "https://zoom.us:99999",
    "https://zoom.us:0",
    "https://zoom.us:port",
    "https://user:pass@zoom.us",
    "https://zoom.us?a=b",
    "https://zoom.us#here",
    "https://zoom us",
    "https://zoom..us",
    "https://-zoom.us",
    '"https://zoom.us"',
    "https://[::1",
)

NONSENSE: dict[str, tuple[str, ...]] = {
    "BASE_URL": (
        *ENDPOINTS,
        "https://hire.example/app",
        "https://a.example,https://b.example",
        "https://hire.example;",
        "https://*.example",
        "https://256.1.1.1",
        "https://8000",
        "http://0.0.0.0:8000",
        "http://[::]:8000",
        "http://[fe80::1%25eth0]",
        "localhost:8000",
        "https://" + "a" * 64 + ".example",
    ),
    "HOST": ("http://127.0.0.1", "127.0.0.1:8000", "127.0.0.256", "a host", "*", "[::1]:8000", "1.2.3", "-a"),
    "PORT": ("0", "65536", "-1", "80a", "8_000", "eighty", "8000.0", "８０００", "0x50"),
    "TRUSTED_PROXIES": ("-1", "11", "one", "127.0.0.1", "*", "1.0", "true"),
    "DATABASE_URL": (
        "mysql://host/base",
        "postgresql://",
        "postgresql://host",
        "postgresql+asyncpg://host/base",
        "postgresql://user:p@ss:word@host:port/base",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite://data/base.sqlite3",
        "sqlite+aiosqlite:////data/base.sqlite3",
        "/data/base.sqlite3",
        "host=localhost dbname=base",
        "oracle",
    ),
    "INSTANCE_PATH": (str(ROOT / "app.py"), "one\ntwo", "a\0b", "~nobody-of-that-name/here"),
    "SECRET_KEY": ("short", "x" * 15, "one\ntwo but long enough"),
    "TOKEN_ENCRYPTION_KEYS": ("not-one", ",", KEY[:-1], f"{KEY},not-one", f"{KEY};{KEY}", "x" * 44 + "="),
    "ZOOM_API_CLIENT_ID": ISSUED,
    "ZOOM_API_CLIENT_SECRET": ISSUED,
    "ZOOM_OAUTH_URL": ENDPOINTS,
    "ZOOM_API_URL": ENDPOINTS,
    "ZOOM_WEBHOOK_SECRET_TOKEN": ISSUED,
    "GOOGLE_CLIENT_ID": ISSUED,
    "GOOGLE_CLIENT_SECRET": ISSUED,
    "GOOGLE_AUTH_URL": ENDPOINTS,
    "GOOGLE_TOKEN_URL": ENDPOINTS,
    "GOOGLE_REVOKE_URL": ENDPOINTS,
    "GOOGLE_USERINFO_URL": ENDPOINTS,
    "GOOGLE_CALENDAR_URL": ENDPOINTS,
    "GOOGLE_GMAIL_URL": ENDPOINTS,
    "MICROSOFT_CLIENT_ID": ISSUED,
    "MICROSOFT_CLIENT_SECRET": ISSUED,
    "MICROSOFT_TENANT": (
        "our tenant",
        "https://login.microsoftonline.com/x",
        "everyone",
        "1234",
        "a..example",
    ),
    "MICROSOFT_LOGIN_URL": ENDPOINTS,
    "MICROSOFT_GRAPH_URL": ENDPOINTS,
    "OIDC_ISSUER": (*ENDPOINTS, "https://issuer.example"),
    "OIDC_CLIENT_ID": (*ISSUED, "an-id"),
    "OIDC_CLIENT_SECRET": (*ISSUED, "a-secret"),
    "OIDC_LABEL": ("x" * 61, "Our\nissuer", "Our issuer"),
    "MAIL_SERVER": (
        "smtp://mail.example",
        "https://mail.example",
        "mail.example:587",
        "mail example",
        "anna@mail.example",
        "mail..example",
        "1.2.3.456",
        '"mail.example"',
        "mail.example/",
    ),
    "MAIL_PORT": ("0", "65536", "-1", "smtp", "587 or 465", "25.0"),
    "MAIL_USE_TLS": (*SWITCHES, "starttls"),
    "MAIL_USE_SSL": (*SWITCHES, "465"),
    "MAIL_USERNAME": ("anna\nbert", "anna\tbert\x00"),
    "MAIL_PASSWORD": ("one\ntwo",),
    "MAIL_AUTH": ("oauth2", "xoauth2", "true", "oauth"),
    "MAIL_OAUTH_TENANT": ("common", "Organizations", "our tenant", "1234", "northlight.example"),
    "MAIL_OAUTH_TOKEN_URL": (*ENDPOINTS, "https://login.example/token"),
    "MAIL_OAUTH_CLIENT_ID": (*ISSUED, "an-id"),
    "MAIL_OAUTH_CLIENT_SECRET": (*ISSUED, "a-secret"),
    "MAIL_OAUTH_SCOPE": ('"https://mail.example/.default"', "one\\two", "mäil", "https://mail.example/send"),
    "MAIL_DEFAULT_SENDER": (
        "Interviews",
        "interviews@",
        "@example.com",
        "a@b.example, c@d.example",
        "Hire <hr@x.example>\nBcc: all@x.example",
        "interviews at example.com",
    ),
    "MAIL_TIMEOUT": SECONDS,
    "MEETING_GRACE_SECONDS": SECONDS,
    "PROVIDER_TIMEOUT_SECONDS": SECONDS,
    "REMINDER_HOURS": ("a day", "0", "-1", "337", "24;1", "24 1", "nan", "1h", "1,2,3,4,5,6"),
    "WEBHOOK_PRIVATE_ADDRESSES": SWITCHES,
    "SCHEDULER_ENABLED": SWITCHES,
    "UPLOADS_FOLDER": (str(ROOT / "app.py"), "one\ntwo"),
    "METRICS_TOKEN": (*ISSUED, "too-short", "ein-schlüssel-mit-umlaut"),
    "BACKUP_KEY": (
        ",",
        "age1",
        "age1qqqq",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
        "a passphrase",
        "ssh-ed25519 AAAA",
    ),
    "BACKUP_FOLDER": (str(ROOT / "app.py"), "one\ntwo", str(ROOT)),
    "BACKUP_KEEP_DAYS": ("0", "-1", "3651", "a month", "1.5"),
    "APP_NAME": ("x" * 61, "Smooth\nHiring", "Smooth\x1bHiring"),
}
# What must never be repeated on a console or in a log.
SECRET = {
    "SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "MAIL_PASSWORD", "ZOOM_API_CLIENT_SECRET", "GOOGLE_CLIENT_SECRET",
    "MICROSOFT_CLIENT_SECRET", "ZOOM_WEBHOOK_SECRET_TOKEN", "MAIL_OAUTH_CLIENT_SECRET", "OIDC_CLIENT_SECRET",
    "METRICS_TOKEN",
}  # fmt: skip


def test_every_setting_has_values_that_it_cannot_mean() -> None:
    assert set(NONSENSE) == settings_names()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NONSENSE.items() for value in values]
)
def test_nonsense_is_refused_in_words_that_name_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({name: value})
    words = str(refused.value)
    assert words.startswith(f"{name} ")
    assert len(words) > len(name) + 10
    if name in SECRET and len(value) > 3:
        assert value not in words


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("BASE_URL", " HTTPS://Hire.Example:443/ ", "https://hire.example"),
        ("BASE_URL", "http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("HOST", "::", "[::]"),
        ("HOST", "[::1]", "[::1]"),
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("HOST", "localhost", "localhost"),
        ("PORT", " 8080 ", 8080),
        ("DATABASE_URL", "postgres://user:p%40ss@host:5432/base", "postgres://user:p%40ss@host:5432/base"),
        ("DATABASE_URL", "postgresql:///base", "postgresql:///base"),
        ("DATABASE_URL", "sqlite:////data/base.sqlite3", "sqlite:////data/base.sqlite3"),
        ("TOKEN_ENCRYPTION_KEYS", f" {KEY} , {KEY},", f"{KEY},{KEY}"),
        ("ZOOM_API_URL", "https://api.zoom.us/v2/", "https://api.zoom.us/v2"),
        ("MICROSOFT_TENANT", "Organizations", "organizations"),
        ("MICROSOFT_TENANT", "contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        (
            "MICROSOFT_TENANT",
            "{8B1A9953-C461-4C5A-9F2E-1B7B1E9A7C11}",
            "8b1a9953-c461-4c5a-9f2e-1b7b1e9a7c11",
        ),
        ("MAIL_SERVER", "Mail.Example", "mail.example"),
        ("MAIL_SERVER", "bücher.example", "xn--bcher-kva.example"),
        ("MAIL_SERVER", "[::1]", "::1"),
        ("MAIL_TIMEOUT", "2.5", 2.5),
        ("REMINDER_HOURS", "1, 24, 0.5,", (24.0, 1.0, 0.5)),
        ("REMINDER_HOURS", ",", ()),
        ("SCHEDULER_ENABLED", "No", False),
        ("APP_NAME", "  ", "SmoothHiring"),
    ],
)
def test_what_was_meant_is_understood(name: str, value: str, meant: object) -> None:
    assert load_settings({name: value})[name] == meant


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ZOOM_API_CLIENT_ID": "an-id"}, "ZOOM_API_CLIENT_ID is set, and ZOOM_API_CLIENT_SECRET is not"),
        ({"MICROSOFT_CLIENT_SECRET": "x"}, "MICROSOFT_CLIENT_SECRET is set, and MICROSOFT_CLIENT_ID is not"),
        (
            {"BACKUP_FOLDER": str(ROOT)},
            f"BACKUP_FOLDER is set, and BACKUP_KEY is not: take it out until {command_line('backup-key')}",
        ),
        ({"MAIL_PASSWORD": "x"}, "MAIL_PASSWORD is set, and MAIL_USERNAME is not"),
        ({"MAIL_USE_TLS": "yes", "MAIL_USE_SSL": "yes"}, "MAIL_USE_TLS and MAIL_USE_SSL are both on"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        load_settings(settings)


SIGNED_IN_WITH_A_TOKEN = {
    "MAIL_SERVER": "smtp.example",
    "MAIL_USE_TLS": "true",
    "MAIL_USERNAME": "interviews@northlight.example",
    "MAIL_AUTH": "OAuth",
    "MAIL_OAUTH_TENANT": "Northlight.example",
    "MAIL_OAUTH_CLIENT_ID": "an-id",
    "MAIL_OAUTH_CLIENT_SECRET": "hush-hush",
}
NO_TENANT = {"MAIL_OAUTH_TENANT": ""}


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "https://login.microsoftonline.com/northlight.example/oauth2/v2.0/token"),
        (
            {"MICROSOFT_LOGIN_URL": "https://login.example"},
            "https://login.example/northlight.example/oauth2/v2.0/token",
        ),
        ({**NO_TENANT, "MAIL_OAUTH_TOKEN_URL": "https://id.example/token"}, "https://id.example/token"),
        ({"MAIL_USE_TLS": "", "MAIL_USE_SSL": "true"}, None),
    ],
)
def test_tokens_come_from_the_directory_or_from_the_address_that_is_set(
    changes: dict[str, str], address: str | None
) -> None:
    values = load_settings({**SIGNED_IN_WITH_A_TOKEN, **changes})
    assert values["MAIL_AUTH"] == "oauth"
    assert values["MAIL_OAUTH_SCOPE"] == "https://outlook.office365.com/.default"
    assert values["MAIL_DEFAULT_SENDER"] == "interviews@northlight.example"
    if address is not None:
        assert values["MAIL_OAUTH_TOKEN_URL"] == address


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MAIL_SERVER": ""}, "MAIL_AUTH is oauth, which needs MAIL_SERVER"),
        ({"MAIL_USERNAME": ""}, "MAIL_AUTH is oauth, which needs MAIL_USERNAME"),
        ({"MAIL_OAUTH_CLIENT_ID": ""}, "MAIL_AUTH is oauth, which needs MAIL_OAUTH_CLIENT_ID"),
        ({"MAIL_OAUTH_CLIENT_SECRET": ""}, "MAIL_AUTH is oauth, which needs MAIL_OAUTH_CLIENT_SECRET"),
        (NO_TENANT, "MAIL_AUTH is oauth, which needs one of MAIL_OAUTH_TENANT and MAIL_OAUTH_TOKEN_URL"),
        (
            {"MAIL_OAUTH_TOKEN_URL": "https://id.example"},
            "MAIL_OAUTH_TENANT and MAIL_OAUTH_TOKEN_URL, not both",
        ),
        ({"MAIL_USE_TLS": "false"}, "MAIL_AUTH is oauth, which needs MAIL_USE_TLS or MAIL_USE_SSL"),
        ({"MAIL_PASSWORD": "hunter2"}, "MAIL_PASSWORD is set, and MAIL_AUTH is oauth"),
        ({"MAIL_AUTH": "password"}, "MAIL_OAUTH_TENANT is set, and MAIL_AUTH is not oauth"),
        ({"MAIL_AUTH": "", **NO_TENANT}, "MAIL_OAUTH_CLIENT_ID is set, and MAIL_AUTH is not oauth"),
    ],
)
def test_token_without_what_it_takes_is_refused_at_the_start(changes: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({**SIGNED_IN_WITH_A_TOKEN, **changes})
    assert words in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_all_defaults_are_understood() -> None:
    assert load_settings({}).keys() >= {setting.name for setting in SETTINGS}


def test_password_of_the_database_is_never_repeated() -> None:
    for address in (
        "postgresql://user:hunter2@host",
        "postgresql://user:hunter2@host:x/base",
        "mysql://u:hunter2@h/b",
    ):
        with pytest.raises(SettingError) as refused:
            load_settings({"DATABASE_URL": address})
        assert "hunter2" not in str(refused.value)


def test_value_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mail_password"
    file.write_text("hunter two\n")
    read = load_settings({"MAIL_USERNAME": "ada", "MAIL_PASSWORD_FILE": str(file)})
    assert read["MAIL_PASSWORD"] == "hunter two"
    with pytest.raises(SettingError, match="MAIL_PASSWORD and MAIL_PASSWORD_FILE are both set") as refused:
        load_settings({"MAIL_PASSWORD": "one", "MAIL_PASSWORD_FILE": str(file)})
    assert "hunter" not in str(refused.value)
    with pytest.raises(SettingError, match="MAIL_PASSWORD_FILE names a file that can't be read"):
        load_settings({"MAIL_PASSWORD_FILE": str(tmp_path / "missing")})
