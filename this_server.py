"""What a server tells the others on its database: its name, and the values that all have to agree on.
Settings are told as keyed hashes, so that a copy of the database reveals none of them.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config import settings_names
from instance_folder import InstanceKeys
from product_version import product_version

# The settings that may differ: each server's own address, folders, and share of the work.
_OF_ITS_OWN = frozenset(
    {
        "HOST",
        "PORT",
        "INSTANCE_PATH",
        "UPLOADS_FOLDER",
        "BACKUP_FOLDER",
        "DATABASE_URL",
        "SCHEDULER_ENABLED",
        "METRICS_TOKEN",
    }
)
_HASH_LENGTH = 16


@dataclass(frozen=True)
class ThisServer:
    """`sign` is a new one at each start, `name` is the machine's with the port. `settings`: by their
    names, what all servers have to agree on, each as a keyed hash."""

    sign: str
    name: str
    version: str
    settings: Mapping[str, str]


def this_server_of(
    config: Mapping[str, Any], keys: InstanceKeys, keyed_hash: Callable[[str], str]
) -> ThisServer:
    """The server with these settings and keys."""
    values: dict[str, object] = {name: config[name] for name in settings_names() - _OF_ITS_OWN}
    # The newest one encrypts. With another link key, every hash is another.
    values |= {"SECRET_KEY": keys.secret_key, "TOKEN_ENCRYPTION_KEYS": keys.token_keys[0], "link_key": ""}
    return ThisServer(
        sign=secrets.token_hex(16),
        name=f"{socket.gethostname()}:{config['PORT']}",
        version=product_version(),
        settings={
            name: keyed_hash(f"{name}={value}")[:_HASH_LENGTH] for name, value in sorted(values.items())
        },
    )
