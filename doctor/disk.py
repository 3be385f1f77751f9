"""How much room is left where this server writes."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import current_app
from sqlalchemy.engine import make_url

from doctor.results import Result, broken, look, ok
from services import services

_MEGABYTE = 1024 * 1024
_ENOUGH, _TOO_LITTLE = 1024 * _MEGABYTE, 100 * _MEGABYTE


def check(_seconds: float) -> list[Result]:
    """The free space of the instance folder, and of the SQLite file and the uploaded files where those are
    elsewhere."""
    places: dict[str, Path] = {"Instance folder": current_app.config["INSTANCE_PATH"]}
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database:
        file = Path(url.database).absolute()
        if file.parent != places["Instance folder"].absolute():
            places["Database file"] = file.parent
    uploads = services().attachment_files.folder.absolute()
    # That a folder isn't there is said among the servers.
    if not uploads.is_relative_to(places["Instance folder"].absolute()) and uploads.is_dir():
        places["Uploaded files"] = uploads
    why = "On a full disk nothing can be saved, and no email leaves."
    whys = {"Uploaded files": "On a full disk no file can be uploaded."}
    return [room(name, place, why=whys.get(name, why)) for name, place in places.items()]


def room(name: str, place: Path, *, why: str, least: int = 0) -> Result:
    """Whether enough is free on the disk of `place`, for which at least `least` bytes are needed. Raises
    OSError."""
    free = shutil.disk_usage(place).free
    words = (
        f"{free / 1024 / _MEGABYTE:.1f} GB are free."
        if free >= _ENOUGH
        else f"{free // _MEGABYTE} MB are free."
    )
    cure = "Make room, or give the machine a larger disk."
    if free < max(_TOO_LITTLE, least):
        return broken(name, words, why, cure)
    return look(name, words, why, cure) if free < _ENOUGH else ok(name, words)
