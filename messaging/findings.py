"""Problems that keep this server's mails from leaving, or the links in them from working."""

from __future__ import annotations

from urllib.parse import urlsplit

from messaging.addresses import bare_address, is_public
from work.findings import Finding

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def mails_held_back(
    mail_server: str, sender: str, problem: str, waiting: int, mailboxes: str = ""
) -> Finding | None:
    """`mail_server` and `sender` are the settings; `problem` is what kept every mail from leaving at the last
    attempt, or ""; `waiting` is the number of mails that are due and have not left. `mailboxes`: the apps
    with which someone on the team can send emails of their own, "" if no one can.
    """
    if not mail_server and mailboxes:
        words = (
            "No mail server is set up: invitations and reminders of people who haven't connected "
            f"{mailboxes}, and emails about accounts, wait until MAIL_SERVER is set."
        )
    elif not mail_server:
        words = "No mail server is set up: invitations and reminders wait until MAIL_SERVER is set."
    elif not is_public(bare_address(sender)):
        words = (
            "There is no address to send from: invitations and reminders wait until MAIL_DEFAULT_SENDER "
            "is one in your own domain, such as interviews@example.com."
        )
    elif problem:
        words = f"Emails can't be sent. {problem} They go out automatically once that's fixed."
    else:
        return None
    if not waiting:
        return Finding("warning", words)
    return Finding("danger", f"{words} Waiting now: {waiting}.")


def unsuitable_address(base_url: str) -> Finding | None:
    """`base_url` is the setting, the address that mails name."""
    base = urlsplit(base_url)
    if base.hostname in _LOOPBACK:
        return Finding(
            "info",
            f"BASE_URL is {base_url}: links in emails work on this machine only. "
            "Set it to the address that candidates can reach.",
        )
    if base.scheme == "http":
        return Finding(
            "warning", "This server is reached over http: put it behind https before inviting anyone."
        )
    return None
