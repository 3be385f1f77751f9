"""The address of the candidate's own page about an interview."""

from __future__ import annotations

from dataclasses import dataclass

from extensions import db
from models import Interview
from security import LinkSigner


@dataclass(frozen=True)
class CandidateLinks:
    """Signs and checks these addresses. They allow more than the join address, which people pass on, so the
    two are different."""

    signer: LinkSigner
    base_url: str

    def page(self, interview: Interview) -> str:
        """The address of the page. It is only ever written to the candidate, and shown to those who may
        schedule the interview, so that they can send it another way."""
        return f"{self.base_url}/s/{self.signer.token('candidate', interview, interview.link_generation)}"

    def opened_by(self, token: str) -> Interview | None:
        """The interview that a token leads to; None for any other text, and for an address that was replaced
        because the candidate's email address was corrected."""
        opened = self.signer.opened("candidate", token, lambda number: db.session.get(Interview, number))
        if opened is None:
            return None
        interview, (generation,) = opened
        return interview if int(generation) == interview.link_generation else None
