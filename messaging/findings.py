"""What keeps this server's mails from leaving, or the links in them from leading anywhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from work.findings import Finding

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def missing_mail_server(mail_server: str, waiting: int) -> Finding | None:
    """`mail_server` is the setting; `waiting` is the number of mails that are due and have not left."""
    if mail_server:
        return None
    words = "No mail server is set: invitations and reminders wait until MAIL_SERVER is."
    if not waiting:
        return Finding("warning", words)
    return Finding("danger", f"{words} Waiting now: {waiting}.")


def unsuitable_address(base_url: str) -> Finding | None:
    """`base_url` is the setting, the address that mails name."""
    base = urlsplit(base_url)
    if base.hostname in _LOOPBACK:
        return Finding(
            "info",
            f"BASE_URL is {base_url}: links in mails lead to this machine only. "
            "Set it to the address that candidates can reach.",
        )
    if base.scheme == "http":
        return Finding(
            "warning", "This server is reached over http: put it behind https before inviting anybody."
        )
    return None
