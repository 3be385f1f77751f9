"""Whom a finished message goes to, for providers that have no envelope and read it from the headers."""

from email import message_from_string
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses


def require_named(message: bytes, recipients: tuple[str, ...]) -> None:
    """Raise ValueError unless To, Cc and Bcc of a message (with CRLF line ends) name exactly `recipients`.

    One that names anyone else, or not all of them, would reach the wrong people: it has to be written for
    this route.
    """
    if _named(message) != {address.lower() for address in recipients} or not recipients:
        raise ValueError("To, Cc and Bcc of the message must name exactly its recipients")


def header_of(message: bytes, name: str) -> str:
    """Return the text of a header on one line, "" if the message has none of this name."""
    return " ".join(str(_headers(message).get(name) or "").split())


def _headers(message: bytes) -> Message:
    head, _, _ = message.partition(b"\r\n\r\n")
    return message_from_string(head.decode("utf-8", "replace") + "\r\n\r\n", policy=compat32)


def _named(message: bytes) -> set[str]:
    """Return every address that the headers name as one that gets the message, in lower case."""
    headers = _headers(message)
    values = [value for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])]
    # A part that holds no address counts as one too: what the provider would make of it is not known.
    return {(address or name).lower() for name, address in getaddresses(values)}
