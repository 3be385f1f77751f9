"""This installation as something to back up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.engine import Engine

import instance_folder
from backups.making import Installation


def installation_of(config: Mapping[str, Any], engine: Engine) -> Installation:
    """The sources of a backup of the application with this configuration."""
    return Installation(
        engine=engine,
        uploads=config["UPLOADS_FOLDER"],
        keys=partial(
            instance_folder.keys_to_keep,
            config["INSTANCE_PATH"],
            secret_key=config["SECRET_KEY"],
            token_keys=config["TOKEN_ENCRYPTION_KEYS"],
        ),
        settings=tuple(sorted(config["EXPLICIT"])),
    )
