"""How a round trip ends without a grant, from what the provider sent the person back with."""

from __future__ import annotations

from dataclasses import dataclass

from connections import approvals
from connections.attempts import Result
from connections.consent_words import approval_needed, declined, sent_back_without
from connections.service import connections


@dataclass(frozen=True)
class ProvidersError:
    """Why a provider sent someone back without a code, in its own words. Anyone can make them up, so they are
    read but never repeated as ours."""

    code: str
    description: str = ""
    subcode: str = ""


class NothingStoredError(Exception):
    """The round trip ends here: what happened, and what the person can do now."""

    def __init__(
        self,
        words: str,
        advice: str = "",
        *,
        result: Result = "error",
        credentials_refused_by: str | None = None,
        refused_because: str = "",
        may_have_exchanged: bool = False,
        needs_approval: bool = False,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.advice = advice
        self.result = result
        self.credentials_refused_by = credentials_refused_by
        self.refused_because = refused_because
        # The answer was lost on its way, so the provider may have issued a grant for the code.
        self.may_have_exchanged = may_have_exchanged
        # An administrator of the person's organization has to allow the app first.
        self.needs_approval = needs_approval


def sent_back(app: str, error: ProvidersError | None) -> NothingStoredError:
    """The provider's answer holds no code, but perhaps a reason."""
    clients = connections().clients.get(app)
    if error is None or clients is None or clients.approvals is None:
        code = error.code if error is not None else None
        if code == "access_denied":
            return NothingStoredError(*declined(app), result="denied")
        return NothingStoredError(*sent_back_without(app, code))
    problem = clients.approvals.redirect_error(error.code, error.description, error.subcode)
    if problem.code == approvals.NEEDED:
        return needs_approval(app)
    if problem.code == approvals.DECLINED:
        return NothingStoredError(*declined(app), result="denied")
    return NothingStoredError(*sent_back_without(app, error.code, problem.words))


def needs_approval(app: str) -> NothingStoredError:
    """An administrator of the person's organization has to allow the app first."""
    return NothingStoredError(*approval_needed(app), result="approval", needs_approval=True)
