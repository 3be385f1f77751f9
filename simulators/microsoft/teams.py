"""The online meeting of an event, from the request for one to its link.

Sources: "Create Outlook events as online meetings", and public issue threads: where Teams can't be used, the
request is granted without a meeting, or with one of another product; the link may come later; overwriting the
body removes the meeting too. An event that has a meeting keeps it, whatever a later request says.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft

TEAMS = "teamsForBusiness"

Status = Literal["pending", "ready", "never"]


@dataclass(frozen=True)
class Online:
    """An online meeting. `code` is what its link is made from. `reads_left` is how many more reads its link
    takes to be there; None: until someone settles it."""

    provider: str
    code: str
    number: str
    passcode: str
    tenant: str
    organizer: str
    status: Status = "ready"
    reads_left: int | None = None

    @property
    def is_teams(self) -> bool:
        return self.provider == TEAMS

    def link(self, origin: str) -> str | None:
        if self.status != "ready":
            return None
        if not self.is_teams:
            return f"{origin}/skype/{self.code}"
        thread = quote(f"19:meeting_{self.code}@thread.v2", safe="")
        context = quote(f'{{"Tid":"{self.tenant}","Oid":"{self.organizer}"}}', safe="")
        return f"{origin}/l/meetup-join/{thread}/0?context={context}"

    def read(self) -> Online:
        """The meeting after one more read."""
        if self.status != "pending" or self.reads_left is None:
            return self
        if self.reads_left <= 1:
            return replace(self, status="ready", reads_left=None)
        return replace(self, reads_left=self.reads_left - 1)

    def shown(self, origin: str) -> dict[str, Any] | None:
        """The meeting as it appears in answers: nothing while there is no link."""
        link = self.link(origin)
        if link is None:
            return None
        if not self.is_teams:
            return {"joinUrl": link}
        return {"joinUrl": link, "conferenceId": self.number.replace(" ", "")}


def allowed(microsoft: Microsoft, account: Account) -> list[str]:
    """The kinds of online meeting that the account's calendar says it can make."""
    if account.tenant.is_personal:
        return ["skypeForConsumer"]
    if account.meetings == "none" or account.email in microsoft.board["no_teams"]:
        return []
    return [account.meetings]


def asked_for(
    microsoft: Microsoft, account: Account, body: Mapping[str, Any], present: Online | None
) -> Online | None:
    """The online meeting of an event after a write with `body`."""
    if present is not None or body.get("isOnlineMeeting") is not True:
        return present
    how = microsoft.board.take_answer("teams_creation", "teams_creation_calls")
    provider: str = account.meetings
    if how == "skype":
        provider = "skypeForConsumer" if account.tenant.is_personal else "skypeForBusiness"
    elif how == "without" or account.email in microsoft.board["no_teams"]:
        provider = "none"
    if provider == "none":
        return None
    made = new(account, provider)
    if how == "pending":
        return replace(made, status="pending", reads_left=microsoft.board["teams_pending_reads"] or None)
    return replace(made, status="never") if how == "never" else made


def new(account: Account, provider: str = TEAMS) -> Online:
    digits = "".join(secrets.choice("0123456789") for _ in range(12))
    return Online(
        provider=provider,
        code=secrets.token_hex(20),
        number=" ".join(digits[at : at + 3] for at in range(0, 12, 3)),
        passcode=secrets.token_hex(3),
        tenant=account.tenant.id,
        organizer=account.oid,
    )
