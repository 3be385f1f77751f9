"""A backup as a stream: members are packed into a tar archive, compressed, and encrypted while they are read,
and nothing is ever held as a whole."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage

from backups.errors import DamagedFileError, ForeignFileError, WrongKeyError
from backups.keys import recipients_of

_MAGIC = b"age-encryption.org/v1\n"
_GZIP = zlib.MAX_WBITS | 16
# Higher levels take twice the time for a few percent.
_COMPRESSION = 4


class Sink(Protocol):
    """The sink for a backup's bytes: an open file."""

    def write(self, content: bytes, /) -> object: ...

    def flush(self) -> object: ...


def write_archive(members: Iterable[tuple[str, bytes]], into: Sink, keys: Iterable[str]) -> None:
    """Write the members (name and content) encrypted for these public keys.

    Raises what `members` and `into` raise.
    """
    source = _Source(_packed(members))
    sink = _Sink(into)
    try:
        pyrage.encrypt_io(source, sink, recipients_of(keys))
    except pyrage.EncryptError:
        # Their own error is only a text in this one.
        if (error := source.error or sink.error) is not None:
            raise error from None
        raise


def decrypt(path: Path, identity: pyrage.x25519.Identity, into: BinaryIO) -> None:
    """Decrypt a backup, the archive still compressed. All of `into` is worthless unless this returns.

    Raises `ForeignFileError`, `WrongKeyError`, `DamagedFileError`, and OSError for a file that cannot be
    read.
    """
    sink = _Sink(into)
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ForeignFileError("This file isn't a backup of SmoothHiring.")
        file.seek(0)
        source = _Source(iter(lambda: file.read(1 << 16), b""))
        try:
            pyrage.decrypt_io(source, sink, [identity])
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise WrongKeyError(
                    "This key doesn't open this backup: it was made for another one. Was BACKUP_KEY changed "
                    "since?"
                ) from None
            raise DamagedFileError(_DAMAGED) from None
        except OSError:
            # The library's own, for a part that has changed or is missing at the end.
            if (own := source.error or sink.error) is not None:
                raise own from None
            raise DamagedFileError(_DAMAGED) from None


def read_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """The members of a decrypted archive, in their order. Raises `DamagedFileError`."""
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    raise ForeignFileError(f"This backup holds something unexpected: {member.name!r}.")
                yield member.name, content.read()
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError):
        raise DamagedFileError(_DAMAGED) from None


_DAMAGED = "This backup is damaged: a part of it is missing or has changed. Use another one."


def _packed(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    press = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, _GZIP)
    for name, content in members:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        yield press.compress(info.tobuf(tarfile.PAX_FORMAT))
        yield press.compress(content)
        yield press.compress(bytes(-len(content) % tarfile.BLOCKSIZE))
    yield press.compress(bytes(2 * tarfile.BLOCKSIZE))
    yield press.flush()


class _Source:
    """Pieces of any length as something to read from. `error` is what ended it early."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


class _Sink:
    def __init__(self, file: Sink) -> None:
        self._file = file
        self.error: Exception | None = None

    def write(self, content: bytes) -> int:
        try:
            self._file.write(content)
        except Exception as error:
            self.error = error
            raise
        return len(content)

    def flush(self) -> None:
        self._file.flush()
