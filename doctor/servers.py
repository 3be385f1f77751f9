"""The servers on this database: whether they agree on keys and settings, and share the uploaded files."""

from __future__ import annotations

from doctor.results import Result, broken, look, ok
from models import Server
from services import services
from timezones import utc_now
from work import servers

# What is in files of the instance folder, unless a setting holds it, and what follows if it differs.
_KEYS = {
    "link_key": "Links in emails open at one server and not at the other.",
    "SECRET_KEY": "People who go from one server to the other are signed out.",
    "TOKEN_ENCRYPTION_KEYS": "One server can't use the accounts that people connected at the other.",
}
_SAME = "Stop that server, give it the same {}, and start it again: docs/scaling.md says how."


def check(_seconds: float) -> list[Result]:
    """Who is there, and what each has that differs from here."""
    if not servers.are_listed():
        return [_uploads(), ok("Servers", "There is one. Several need PostgreSQL.")]
    here, now = services().this_server, utc_now()
    others = servers.besides(here, now)
    if not others:
        return [_uploads(), ok("Servers", "No other one is running on this database.")]
    names = ", ".join(dict.fromkeys(server.name for server in others))
    results = [_uploads(), ok("Servers", f"Besides this one: {names}.")]
    if any(server.name == here.name for server in others):
        results.append(_same_name(here.name))
    for server in others:
        results += _differences(server)
    return results


def _uploads() -> Result:
    name, files = "Uploaded files", services().attachment_files
    if files.is_away():
        return broken(
            name,
            f"{files.folder} isn't there.",
            "Files can't be uploaded or opened, and invitations with files wait.",
            "Mount its disk on this server: UPLOADS_FOLDER names a folder on it.",
        )
    return ok(name, f"They are in {files.folder}.")


def _same_name(name: str) -> Result:
    return look(
        f"{name}: name",
        "Another server has this name, too.",
        "What is said of one can't be told from what is said of the other.",
        "Give each machine a name of its own (hostnamectl set-hostname), and restart its server.",
    )


def _differences(server: Server) -> list[Result]:
    here, files = services().this_server, services().attachment_files
    found = []
    differing = {name for name, value in here.settings.items() if server.settings.get(name) != value}
    # With another link key, everything looks different.
    wrong_keys = ["link_key"] if "link_key" in differing else [key for key in _KEYS if key in differing]
    found += [
        broken(f"{server.name}: {key}", "It differs from the one here.", _KEYS[key], _SAME.format(key))
        for key in wrong_keys
    ]
    if "link_key" not in differing:
        settings = sorted(differing - set(_KEYS))
        if settings:
            found.append(
                look(
                    f"{server.name}: settings",
                    f"These differ from those here: {', '.join(settings)}.",
                    "What happens depends on which server does it.",
                    "Give all servers the same .env, except HOST, and restart them.",
                )
            )
    if not files.is_away() and not files.has_sign(server.sign):
        found.append(
            broken(
                f"{server.name}: uploaded files",
                f"It keeps them elsewhere: it has left no sign in {files.folder}.",
                "Files open only sometimes, and some emails leave without theirs.",
                "Set UPLOADS_FOLDER to a folder that all servers share: docs/scaling.md says how.",
            )
        )
    if server.version != here.version:
        found.append(
            look(
                f"{server.name}: version",
                f"It runs {server.version}, and this is {here.version}.",
                "An older server does not know new tables.",
                "Stop it, and start it again with the version here.",
            )
        )
    return found
