"""The links that are emailed to people on the team: invitations, password resets, and pages to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from extensions import db
from models import CalendarFeed, Interview, Invitation, PasswordReset
from security import LinkSigner
from timezones import utc_now

InvitationState = Literal["open", "accepted", "withdrawn", "expired", "replaced"]
ResetState = Literal["open", "used", "expired"]


@dataclass(frozen=True)
class AccountLinks:
    """Signs and checks the addresses of this installation. They are derived, not stored, so a later email or
    page can show the same link again, and a copy of the database opens nothing."""

    signer: LinkSigner
    base_url: str

    def invitation(self, invitation: Invitation) -> str:
        """The address at which someone accepts."""
        token = self.signer.token("invitation", invitation, invitation.generation)
        return f"{self.base_url}/invitations/{token}"

    def reset(self, reset: PasswordReset) -> str:
        """The address at which someone chooses a new password."""
        return f"{self.base_url}/password-reset/{self.signer.token('password-reset', reset)}"

    def sign_in(self) -> str:
        return f"{self.base_url}/login"

    def ask_for_reset(self) -> str:
        return f"{self.base_url}/password-reset"

    def connected_apps(self) -> str:
        return f"{self.base_url}/settings/account/connected-apps"

    def automation(self) -> str:
        return f"{self.base_url}/settings/organization/api"

    def system_log(self) -> str:
        return f"{self.base_url}/settings/system-log"

    def interview_page(self, interview: Interview) -> str:
        """The interview's own page. Needs the row's id."""
        return f"{self.base_url}/interviews/{interview.id}"

    def repair_page(self, interview: Interview) -> str:
        """Where someone on the team can do something about an interview without a meeting."""
        return f"{self.base_url}/repair/{self.signer.token('repair', interview)}"

    def calendar_feed(self, feed: CalendarFeed) -> str:
        """The address that a calendar program reads. Needs the row's id."""
        return f"{self.base_url}/calendar/feeds/{self.signer.token('calendar-feed', feed)}.ics"

    def opened_feed(self, token: str) -> CalendarFeed | None:
        """The feed that a token proves; None for any other text, and for a person who was deactivated."""
        opened = self.signer.opened(
            "calendar-feed", token, lambda number: db.session.get(CalendarFeed, number)
        )
        return opened[0] if opened is not None and opened[0].user.is_active else None

    def opened_repair(self, token: str) -> Interview | None:
        """The interview that a token proves; None for any other text."""
        opened = self.signer.opened("repair", token, lambda number: db.session.get(Interview, number))
        return opened[0] if opened is not None else None

    def opened_invitation(
        self, token: str, *, lock: bool = False
    ) -> tuple[Invitation, InvitationState] | None:
        """The invitation that a token proves, and its state; None for any other text.

        With `lock` the row is locked until the end of the transaction: if two people accept at once, the
        second one finds it already accepted.
        """
        opened = self.signer.opened("invitation", token, lambda number: db.session.get(Invitation, number))
        if opened is None:
            return None
        found, generation = opened[0], int(opened[1][0])
        if lock:
            db.session.refresh(found, with_for_update=True)
        if generation > found.generation:
            return None
        # An older email of the same invitation deserves a better message than "nothing here".
        return found, invitation_state(found) if generation == found.generation else "replaced"

    def opened_reset(self, token: str, *, lock: bool = False) -> tuple[PasswordReset, ResetState] | None:
        """The reset that a token proves, and whether it can still be used; None for any other text, and for
        a person who was deactivated in the meantime. `lock` works as it does for invitations."""
        opened = self.signer.opened(
            "password-reset", token, lambda number: db.session.get(PasswordReset, number)
        )
        if opened is None:
            return None
        found = opened[0]
        if lock:
            db.session.refresh(found, with_for_update=True)
        return (found, reset_state(found)) if found.user.is_active else None


def invitation_state(invitation: Invitation) -> InvitationState:
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "open" if invitation.expires_at > utc_now() else "expired"


def reset_state(reset: PasswordReset) -> ResetState:
    if reset.used_at is not None:
        return "used"
    return "open" if reset.expires_at > utc_now() else "expired"
