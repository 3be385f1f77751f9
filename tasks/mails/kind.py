"""What every kind of mail has in common: what keeps it from leaving, and how it is written.

`interviews.InterviewKind` and `team.TeamKind` are the two families; each file in `kinds/` declares one kind
of either.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.links import AccountLinks
from attachment_files import AttachmentFiles
from messaging.letters import Letter
from messaging.mime import Envelope, FilePart
from models import Mail
from scheduling.join_links import JoinLinks
from work.mail import MailKind
from work.protocol import Again


@dataclass(frozen=True)
class Workshop:
    """The parts of this installation that mails are made with."""

    join_links: JoinLinks
    account_links: AccountLinks
    attachment_files: AttachmentFiles


@dataclass(frozen=True)
class Drop:
    """The mail is of no use any more."""

    why: str


@dataclass(frozen=True)
class Wait:
    """The mail may not leave yet, for a reason that is not a fault."""

    next: Again


@dataclass(frozen=True)
class Ready:
    """A mail as it leaves. `lost_files`: how many should go along and cannot be read. `lacks_link`: there is
    to be a meeting, and its link was not known when the letter was made."""

    letter: Letter
    envelope: Envelope
    files: tuple[FilePart, ...] = ()
    lost_files: int = 0
    lacks_link: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind(MailKind, ABC):
    """One kind of mail, declared once. `waits_for_meeting`: it does not leave while the meeting is being
    made, for as long as the grace time lasts. `brings_files`: the interview's attachments go along."""

    waits_for_meeting: bool = False
    brings_files: bool = False

    @abstractmethod
    def hindrance(self, mail: Mail) -> Drop | Wait | None:
        """What keeps the mail from leaving now, looked up in the current transaction."""

    @abstractmethod
    def written(self, mail: Mail, workshop: Workshop, said: Mapping[str, str]) -> Ready:
        """The mail from what is true now, and from what it `said` when it was queued."""
