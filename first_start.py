"""The work before a server's processes start: keys, tables, static files, templates, a message on the
console."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import jinja2
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import configure_mappers

import instance_folder
from accounts.findings import shared_database_file
from accounts.first_run import organization
from backups.before_upgrades import back_up_before_upgrade
from backups.temporary import remove_left
from extensions import db
from schema import migrate_database
from services import services
from web import assets

# Blocks of this size and more come from the system and go back to it; the number is from malloc.h.
_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 1024 * 1024


def prepare_files(settings: Mapping[str, Any]) -> None:
    """Make the keys and the compressed files, which the application looks for when it is created, and remove
    what a killed restore or rehearsal left decrypted."""
    folder = settings["INSTANCE_PATH"]
    remove_left(folder)
    instance_folder.prepare(
        folder, secret_key=settings["SECRET_KEY"], token_keys=settings["TOKEN_ENCRYPTION_KEYS"]
    )
    assets.prepare(folder)


def prepare(app: Flask) -> None:
    """Bring the database up to date, and say on the console what to do next.

    Raises `NewerDatabaseError` for a database that this version does not know, `NoAnswerError` for one that
    doesn't answer, and `BackupError` where an upgrade can't begin with the backup that it should.
    """
    shared = shared_database_file(app.config["NETWORK_FILE_SYSTEM"])
    if shared is not None:
        # Before the file is opened, which may already hang there.
        _tell(f"\n  {shared.words}\n")
    migrate_database(app, before=partial(back_up_before_upgrade, app))
    with app.app_context():
        is_new = organization() is None
        # The master forks after this; a connection shared by two processes breaks in both.
        db.session.remove()
        db.engine.dispose()
    address = app.config["BASE_URL"]
    if services(app).demo is not None:
        # The demo prints its own welcome.
        return
    if is_new:
        code = instance_folder.setup_code(app.config["INSTANCE_PATH"])
        _tell(f"\n  Open {address}/setup and enter this code: {code}\n")
    else:
        _tell(f"\n  {app.config['APP_NAME']} is at {address}\n")


def warm_up(app: Flask) -> None:
    """Load the templates, so that no worker has to and no first visitor waits; leaves no connection open.

    Compiling them takes longer than everything else before the first answer, so what was compiled is kept in
    the instance folder. A template that has changed is compiled again.

    A connection shared by two processes breaks in both, so any connection that was opened while the
    application was created is closed before the fork.
    """
    environment = app.jinja_env
    # What is compiled depends on these, too.
    made_with = f"{jinja2.__version__}-{environment.trim_blocks:d}{environment.lstrip_blocks:d}"
    folder = app.config["INSTANCE_PATH"] / "templates" / made_with
    folder.mkdir(parents=True, exist_ok=True)
    environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
    for name in environment.list_templates():
        environment.get_template(name)
    configure_mappers()
    # Things that the first request makes, such as the patterns of addresses, are then shared as well.
    app.test_client().get("/login", base_url=app.config["BASE_URL"])
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def return_large_blocks() -> None:
    """Have the memory of each password hash, 19 MB, returned to the system when the hash is done.

    Left alone, the GNU library keeps such blocks once it has seen one, in every thread that ever checked a
    password. Other libraries have nothing to set here.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)
        library.malloc_trim(0)


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
