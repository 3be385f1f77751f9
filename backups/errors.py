"""What can go wrong when making, opening, or restoring a backup, in words for the person at the terminal."""

from __future__ import annotations


class BackupError(Exception):
    """A backup could not be made, opened, or restored. `words` say what is wrong and what to do about it;
    `status` is the exit status of the command."""

    status = 1

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class ForeignFileError(BackupError):
    """The file is no backup of this product."""

    status = 3


class DamagedFileError(BackupError):
    """The file is a backup, and a part of it is missing or has changed."""

    status = 4


class WrongKeyError(BackupError):
    """The key does not open the file."""

    status = 5


class NewerBackupError(BackupError):
    """The file was made by a newer version of the product than this one."""

    status = 6


class OccupiedPlaceError(BackupError):
    """The place where the backup would be restored is not empty."""

    status = 7
