"""Email addresses in the form that mail servers take."""

from __future__ import annotations

import re
from email.utils import parseaddr
from functools import lru_cache

import idna

# Quoted local parts and address literals are legal, but no one uses them. Without them, every address that
# passes can be put into a header, an SMTP command and a `mailto:` without quoting.
_LOCAL_PART = re.compile(r"[^\s\x00-\x20\x7f-\x9f()<>\[\]:;@\\,\"]{1,64}")
_ASCII_DOMAIN = re.compile(r"[A-Za-z0-9_.-]{1,253}")


def wire_address(address: str) -> str:
    """`address` with its domain in ASCII, as SMTP servers know it; the local part stays as it is.

    Raises `ValueError` for anything that is not one plain address. IDNA 2008 is used because the
    codec of the standard library follows the older rules, which lead `straße.example` to another
    owner's domain.
    """
    local, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local):
        raise ValueError("not a mail address")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode("ascii")
    if not _ASCII_DOMAIN.fullmatch(domain):
        raise ValueError("not a mail address")
    return f"{local}@{domain}"


# Every email asks for the address of the same settings several times.
@lru_cache(maxsize=16)
def bare_address(configured: object) -> str:
    """The address in a setting that Flask-Mail allows as text, `Name <address>` or a pair; "" if none."""
    if isinstance(configured, tuple):
        found = [str(configured[1])]
    else:
        text = str(configured or "")
        # The second attempt is for names that would need quotes, such as `Acme, Inc. <hr@acme.example>`.
        found = [parseaddr(text)[1], text.rpartition("<")[2].rstrip("> ")]
    for address in found:
        try:
            return wire_address(address)
        except ValueError:
            continue
    return ""


def is_public(address: str) -> bool:
    """Whether a bare address is in a domain that others can find: a dotted name, not an IP address."""
    domain = address.rpartition("@")[2].rstrip(".")
    return "." in domain and not domain.rpartition(".")[2].isdigit()


def needs_smtputf8(address: str) -> bool:
    """Whether the local part needs a server with the SMTPUTF8 extension (RFC 6531)."""
    return not address.rpartition("@")[0].isascii()
