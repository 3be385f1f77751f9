"""What all kinds of mail have in common: what keeps one from leaving, and how it is written.

`interviews.InterviewKind` and `team.TeamKind` are the two families; each file in `kinds/` declares one kind
of either.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.links import AccountLinks
from attachment_files import AttachmentFiles
from connections.mailboxes import Mailbox, OutOfAction
from messaging.copies import MailCopies
from messaging.letters import Letter
from messaging.mime import Envelope, FilePart
from models import Mail
from scheduling.candidate_links import CandidateLinks
from scheduling.join_links import JoinLinks
from services import Services
from work.mail import MailKind
from work.protocol import Again


@dataclass(frozen=True)
class Workshop:
    """The parts of this installation that making a mail needs."""

    join_links: JoinLinks
    candidate_links: CandidateLinks
    account_links: AccountLinks
    attachment_files: AttachmentFiles
    mail_copies: MailCopies


def workshop_of(services: Services) -> Workshop:
    """The parts of the installation whose services these are."""
    return Workshop(
        services.join_links,
        services.candidate_links,
        services.account_links,
        services.attachment_files,
        services.mail_copies,
    )


@dataclass(frozen=True)
class Drop:
    """The mail has become useless."""

    why: str


@dataclass(frozen=True)
class Wait:
    """The mail must not leave yet, for a reason that is not a fault. `is_for_address`: its address refuses
    everything, and waking it is up to whatever corrects that."""

    next: Again
    is_for_address: bool = False


@dataclass(frozen=True)
class FromMailbox:
    """How a mail leaves from the mailbox of the person in whose name it is sent: the letter is the same, the
    headers are not. What has to wait until `latest` (aware UTC) would come too late."""

    mailbox: Mailbox
    envelope: Envelope
    latest: datetime


@dataclass(frozen=True)
class Ready:
    """A mail ready to leave. `lost_files`: how many files should be attached but cannot be read.
    `lacks_link`: a meeting is wanted, but its link was not known when the letter was made.

    It leaves as `from_mailbox` says, or through the server with `envelope`; `passed_over`: half a sentence
    that says why the latter, where the former was wanted.
    """

    letter: Letter
    envelope: Envelope
    files: tuple[FilePart, ...] = ()
    lost_files: int = 0
    lacks_link: bool = False
    from_mailbox: FromMailbox | None = None
    passed_over: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind(MailKind, ABC):
    """One kind of mail. `waits_for_meeting`: it does not leave while the meeting is being made, for as long
    as the grace time lasts."""

    waits_for_meeting: bool = False

    @abstractmethod
    def thing_of(self, mail: Mail) -> Any:
        """What the mail is about, looked up once for both of these."""

    @abstractmethod
    def hindrance(self, mail: Mail, thing: Any) -> Drop | Wait | None:
        """Why the mail can't leave now, looked up in the current transaction."""

    def mailbox(self, thing: Any) -> Mailbox | OutOfAction | None:
        """The mailbox of a person that mails of this kind leave from; None for the server's own address."""
        return None

    @abstractmethod
    def written(self, mail: Mail, thing: Any, workshop: Workshop, said: Mapping[str, str]) -> Ready:
        """The mail, written from what is true now and from what was `said` when it was queued."""
