"""The databases that releases left, and how one is made from this version.

Each is a backup, so it contains rows in a form that depends on no kind of database, with the tables of its
release, the keys and the uploaded files. Two for each release, in the folder `kept`:

- `0.1.0-demo.age`: the team of the demo, with whom the pages can be looked at
- `0.1.0-every-table.age`: rows in every table, with the values that are easiest to lose

All of it is made up, and the key that opens it is no secret.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from flask import Flask

from backups.keys import KeyPair
from demo.team import seed
from product_version import product_version
from services import services
from tests.architecture.repository import ROOT
from tests.backups.every_table import fill_every_table
from tests.backups.places import back_up
from tests.machines.application import build_app, close_app, migrate_database, settings_for
from tests.machines.rows import in_rows

KEPT = Path(__file__).parent / "kept"
# The migrations of every release so far, by their names, with the hashes of their files.
MIGRATIONS = KEPT / "migrations.json"
PASSWORD = "the-password-of-a-release"
KINDS = ("demo", "every-table")
_KEY = Path(__file__).parent / "key.txt"


def pair() -> KeyPair:
    """The key that encrypts and opens them."""
    secret, public = _KEY.read_text().split()
    return KeyPair(secret=secret, public=public)


def releases() -> list[str]:
    """The versions that were released, the newest first, as the changelog says."""
    headings = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text())
    versions = [re.search(r"\d+\.\d+\.\d+", each) for each in headings if "Unreleased" not in each]
    return [version[0] for version in versions if version]


def made(folder: Path, version: str, scratch: Path) -> list[Path]:
    """Make the databases of this version in `folder`, from installations in `scratch`."""
    return [made_of(filled(scratch / kind, kind), folder / f"{version}-{kind}.age") for kind in KINDS]


def filled(folder: Path, kind: str) -> Flask:
    """An installation in a new folder, with the rows of that kind."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'smoothhiring.sqlite3'}"
    migrate_database(url, folder)
    app = build_app(settings_for(url, folder))
    if kind == "every-table":
        fill_every_table(app)
    else:
        with in_rows(app):
            seed(app.config["INSTALLATION_ID"], services(app).rules, PASSWORD)
    return app


def made_of(app: Flask, path: Path) -> Path:
    """The database of an installation as a file, and the end of that application."""
    back_up(app, path, pair())
    close_app(app)
    return path


def migrations() -> dict[str, str]:
    """The migrations of this version, as `MIGRATIONS` holds them."""
    folder = ROOT / "migrations" / "versions"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.py"))}


def keep(scratch: Path) -> list[Path]:
    """Keep the databases of this version, and its migrations, which must not change from now on."""
    KEPT.mkdir(exist_ok=True)
    paths = made(KEPT, product_version(), scratch)
    MIGRATIONS.write_text(json.dumps(migrations(), indent=1) + "\n")
    return [*paths, MIGRATIONS]
