"""Which interviews a search text means: whose, and for which job."""

from __future__ import annotations

import sqlalchemy as sa

from models import Application, Candidate, Interview, Job
from searching import key_contains, keys, searched, words_of

# Every interview is one, so "interview dina" means Dina's; the word may still be on its way.
_WORDS_FOR_ALL, _SHORTEST = ("interview", "interviews"), 3


def words_about_interviews(text: str) -> tuple[str, ...]:
    """The words that tell interviews apart; none if all are meant."""
    return tuple(word for word in words_of(text) if not _means_all(word.casefold()))


def _means_all(word: str) -> bool:
    return len(word) >= _SHORTEST and any(each.startswith(word) for each in _WORDS_FOR_ALL)


def parameters(text: str) -> dict[str, str]:
    """The values of the parameters of the condition below."""
    return searched(words_about_interviews(text))


def application_matches(words: int) -> sa.ColumnElement[bool]:
    """The condition on `Interview` that each of this many words is in the candidate's name or the job's
    title. Erased candidates are never found."""
    meant = (
        sa.select(Application.id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(
            Candidate.erased_at.is_(None),
            *(
                sa.or_(key_contains(Candidate.name_key, word), key_contains(Job.title_key, word))
                for word in keys(words)
            ),
        )
    )
    return Interview.application_id.in_(meant)
