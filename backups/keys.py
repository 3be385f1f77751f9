"""The keys of backups: the public half encrypts and is a setting, the secret half restores and is kept
elsewhere.

The server never has the secret half, so a thief of its disk cannot open the backups beside it. It also
means that a server whose secret key was lost can be neither restored nor rehearsed: nothing here can bring it
back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyrage

from backups.errors import WrongKeyError
from own_commands import command_line

_SECRET_PREFIX = "AGE-SECRET-KEY-"


@dataclass(frozen=True)
class KeyPair:
    """`secret` restores; `public` is what BACKUP_KEY holds."""

    secret: str
    public: str


def new_pair() -> KeyPair:
    """A new random pair (X25519)."""
    identity = pyrage.x25519.Identity.generate()
    return KeyPair(str(identity), str(identity.to_public()))


def recipients_of(keys: Iterable[str]) -> list[pyrage.x25519.Recipient]:
    """What encrypts for these public keys. Raises `pyrage.RecipientError` for something else; settings were
    checked when they were read."""
    return [pyrage.x25519.Recipient.from_str(key) for key in keys]


def read_secret(text: str) -> pyrage.x25519.Identity:
    """The secret key in a text: a line of its own, or a file as `flask backup-key` and `age-keygen` write it,
    whose comments begin with #. Raises `WrongKeyError`."""
    lines = [line.strip() for line in text.splitlines()]
    found = [
        line for line in lines if line and not line.startswith("#") and not line.startswith("BACKUP_KEY=")
    ]
    if not found:
        raise WrongKeyError("No key was given.")
    if found[0].lower().startswith("age1"):
        raise WrongKeyError(
            "This is the public half of the key, which only makes backups. Restoring takes the secret half, "
            f"the line that begins with {_SECRET_PREFIX}."
        )
    try:
        return pyrage.x25519.Identity.from_str(found[0])
    except pyrage.IdentityError:
        raise WrongKeyError(
            f"This isn't a key of a backup: it's a line that begins with {_SECRET_PREFIX}, as "
            f"{command_line('backup-key')} showed it."
        ) from None
