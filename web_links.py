"""Links that people paste: which ones a browser can open, and how they are shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from text import CONTROLS, INVISIBLE, JOINERS

# Invisible characters that get copied along with a link from a page or a chat.
_NOT_IN_LINKS = re.compile(rf"[\s\\<>\"{CONTROLS}{INVISIBLE}{JOINERS}]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def begins_like_one(url: str) -> bool:
    """Whether this begins as a full link does: with http or https, never with `javascript:` and the like."""
    return url.lower().startswith(("https://", "http://"))


def can_be_opened(url: str) -> bool:
    """Whether a browser finds its way to this link; it has to begin like one."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return begins_like_one(url) and is_address and not _NOT_IN_LINKS.search(url)


def has_user_name(url: str) -> bool:
    """Whether a link that can be opened signs in as someone."""
    parts = urlsplit(url)
    return parts.username is not None or parts.password is not None


def completed(typed: str) -> str:
    """What someone typed as a link, with the `https://` that people leave out."""
    host = re.split(r"[/?#]", typed, maxsplit=1)[0]
    is_short = "." in host and not _SCHEME.match(typed)
    return f"https://{typed}" if is_short else typed


def shortened(url: str) -> str:
    """A link as it is read: without what all of them begin with."""
    return url.partition("://")[2].removeprefix("www.").removesuffix("/")
