"""What `INSTANCE_PATH` holds: keys, the installation id, the first run's one-time code, the demo's marker.

Every key is made once, complete, and readable only by its owner. Several processes may start at the
same time; the first one to link its file wins, and the others read what it wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from own_commands import command_line

_DEMO_MARKER = "demo.json"
_RESTORE_MARKER = "restore_unfinished"
# Everything that cannot be made again once it is lost, by the names of the files.
KEY_FILES = ("secret_key", "token_encryption_keys", "link_key", "installation_id")


class UnfinishedRestoreError(OSError):
    """A backup was being restored into this folder when the process ended."""


@dataclass(frozen=True)
class InstanceKeys:
    secret_key: str
    token_keys: tuple[str, ...]
    link_key: str
    installation_id: str


@dataclass(frozen=True)
class UnfinishedRestore:
    """A restore that is under way in a folder, or was interrupted there: its word, which the database has,
    too, and the folder that its uploads go to."""

    restored_as: str
    uploads: Path


def prepare(folder: Path, *, secret_key: str = "", token_keys: str = "") -> InstanceKeys:
    """Create the folder and everything that is missing in it, and return the keys.

    `secret_key` and `token_keys` (comma-separated, newest first) are what the settings say; empty
    means "the one in the folder". Raises OSError when the folder cannot be written, or is open to other
    users and cannot be closed; `UnfinishedRestoreError`, which is one, for a folder that is half restored.
    """
    if restore_under_way(folder) is not None:
        raise UnfinishedRestoreError(
            f"A backup was being restored into {folder}, and that was interrupted. Run "
            f"{command_line('restore')} again: it starts from the beginning."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep_private(folder)
    keys = token_keys or _once(folder / "token_encryption_keys", lambda: Fernet.generate_key().decode())
    return InstanceKeys(
        secret_key=secret_key or _once(folder / "secret_key", lambda: secrets.token_hex(32)),
        token_keys=_listed(keys),
        link_key=_once(folder / "link_key", lambda: secrets.token_hex(32)),
        installation_id=_once(folder / "installation_id", lambda: secrets.token_hex(16)),
    )


def of_no_folder(*, secret_key: str = "", token_keys: str = "") -> InstanceKeys:
    """Keys that are never written down, for a process that is about to restore the real ones. Files that it
    makes are closed to other users, as `prepare` has it."""
    os.umask(0o077)
    return InstanceKeys(
        secret_key=secret_key or secrets.token_hex(32),
        token_keys=_listed(token_keys or Fernet.generate_key().decode()),
        link_key=secrets.token_hex(32),
        installation_id=secrets.token_hex(16),
    )


def keys_to_keep(folder: Path, *, secret_key: str = "", token_keys: str = "") -> dict[str, str]:
    """What a backup holds of the keys, by the names of `KEY_FILES`: those that are in use. Parameters are as
    those of `prepare`, which must have been called."""
    from_settings = {"secret_key": secret_key, "token_encryption_keys": token_keys}
    return {
        name: from_settings.get(name) or (folder / name).read_text(encoding="utf-8").strip()
        for name in KEY_FILES
    }


def write_keys(folder: Path, keys: Mapping[str, str]) -> None:
    """Put the keys of a backup into a folder that has none."""
    for name in KEY_FILES:
        _replace(folder / name, keys[name])


def keys_there(folder: Path) -> list[str]:
    """The names of the keys that are in the folder, which need not exist."""
    return [name for name in KEY_FILES if (folder / name).exists()]


def remove_keys(folder: Path) -> None:
    """Remove the keys that an unfinished restore has left."""
    for name in KEY_FILES:
        (folder / name).unlink(missing_ok=True)


def restore_under_way(folder: Path) -> UnfinishedRestore | None:
    """What `begin_restore` wrote into this folder, and `end_restore` has not removed; None for a whole
    one."""
    try:
        text = (folder / _RESTORE_MARKER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    restored_as, _, uploads = text.removesuffix("\n").partition("\n")
    return UnfinishedRestore(restored_as, folder / uploads)


def begin_restore(folder: Path, restore: UnfinishedRestore) -> None:
    """Mark the folder, which is made if necessary: until `end_restore`, nothing but a restore may use it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    uploads = restore.uploads
    if uploads.is_relative_to(folder):
        # The folder may be moved before the next try.
        uploads = uploads.relative_to(folder)
    _replace(folder / _RESTORE_MARKER, f"{restore.restored_as}\n{uploads}")


def in_words(error: OSError) -> str:
    """What keeps a folder from being prepared, as a sentence for the console."""
    if error.filename is None:
        # Ours, which are sentences already.
        return str(error)
    return (
        f"{error.filename} can't be used ({error.strerror}). INSTANCE_PATH has to be a folder that this user "
        "may write to."
    )


def end_restore(folder: Path) -> None:
    """Let the folder be used: what was restored is whole, or gone. So is what a process that was killed left
    of writing the mark or a key."""
    for name in (_RESTORE_MARKER, *KEY_FILES):
        for unfinished in folder.glob(f".{name}.*"):
            unfinished.unlink(missing_ok=True)
    (folder / _RESTORE_MARKER).unlink(missing_ok=True)


def _keep_private(folder: Path) -> None:
    """Close the folder and its files to other users of the machine, from now on too.

    SQLite makes its files as the process's mask says, and its side files like the database itself, so the
    mask is set for the whole process and what was left open earlier is closed. Raises OSError when the folder
    is open and belongs to another user.
    """
    os.umask(0o077)
    for path in (folder, *(each for each in folder.iterdir() if each.is_file() and not each.is_symlink())):
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & 0o077:
            continue
        try:
            path.chmod(mode & ~0o077)
        except PermissionError:
            raise PermissionError(
                f"{path} can be read by other users of this machine and belongs to another user, so it "
                "cannot be closed. Set INSTANCE_PATH to a folder that belongs to the server's user, for "
                "example one inside it."
            ) from None


def setup_code(folder: Path) -> str:
    """The one-time code that `/setup` asks for; made at the first call."""
    return _once(folder / "setup_code", lambda: "-".join(secrets.token_hex(2) for _ in range(4)))


def fingerprint(installation_id: str) -> str:
    """What anyone may know of the installation's id: enough to recognize it, not to take its place."""
    return hashlib.sha256(f"fingerprint:{installation_id}".encode()).hexdigest()[:16]


def forget_setup_code(folder: Path) -> None:
    """Remove the code once it has been used."""
    (folder / "setup_code").unlink(missing_ok=True)


def read_token_keys(folder: Path) -> tuple[str, ...]:
    """The token keys that are in the folder now, newest first. Raises OSError when there are none."""
    return _listed((folder / "token_encryption_keys").read_text(encoding="utf-8"))


def write_token_keys(folder: Path, keys: tuple[str, ...]) -> None:
    """Replace the token keys in the folder, newest first, in one step."""
    _replace(folder / "token_encryption_keys", ",".join(keys))


@dataclass(frozen=True)
class DemoMarker:
    """How a server knows that it is the demo: a file in its instance folder that only `make demo` writes.
    It says where the simulated mailbox and the simulated providers are, for the links in the demo's banner:
    `provider_urls` by the providers' names."""

    mailbox_url: str
    provider_urls: dict[str, str]


def read_demo_marker(folder: Path) -> DemoMarker | None:
    """The demo's marker in this folder, or None for a real server."""
    path = folder / _DEMO_MARKER
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return DemoMarker(mailbox_url=content["mailbox_url"], provider_urls=content["provider_urls"])


def write_demo_marker(folder: Path, marker: DemoMarker) -> None:
    """Mark this folder, which need not exist yet, as the demo's."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"mailbox_url": marker.mailbox_url, "provider_urls": marker.provider_urls}
    (folder / _DEMO_MARKER).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def demo_password(folder: Path) -> str:
    """The password of everyone in this demo; made at the first call. A password that all demos shared would
    open each one that can be reached."""
    return _once(folder / "demo_password", lambda: secrets.token_urlsafe(9))


def _listed(keys: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.split(",") if key.strip())


def _once(path: Path, make: Callable[[], str]) -> str:
    while not path.exists():
        temporary = _write_beside(path, make())
        try:
            # Linking fails if another process was first, and no process ever sees a half-written file.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text(encoding="utf-8").strip()


def _replace(path: Path, text: str) -> None:
    os.replace(_write_beside(path, text), path)


def _write_beside(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    # mkstemp creates the file with mode 600, which is what the keys need.
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
