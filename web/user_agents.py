"""Browsers in words, for people who check where they are signed in."""

from __future__ import annotations

import re

# The order matters: most browsers also name the ones they imitate.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """`Firefox on Linux`; `Another program` for anything unknown."""
    browser = next((name for token, name in _BROWSERS if re.search(rf"{token}[A-Za-z]*/", user_agent)), None)
    system = next((name for token, name in _SYSTEMS if token in user_agent), None)
    if browser is None:
        return f"Another program on {system}" if system else "Another program"
    return f"{browser} on {system}" if system else browser
