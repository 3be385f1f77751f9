"""Which interviews a search text means: whose, for which job, and with which pasted link."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from models import Application, Candidate, Interview, Job, Meeting
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


def interview_matches(words: int) -> sa.ColumnElement[bool]:
    """The condition on `Interview` that each of this many words is in the candidate's name, the job's title,
    or the label of a pasted link, such as `Webex`. Erased candidates are never found."""
    searched_for = keys(words)
    # Under another name, and each way on its own: as one condition on all interviews, no index would help.
    of_application, of_meeting = aliased(Interview), aliased(Interview)
    label = sa.func.lower(Meeting.label)
    by_name = (
        sa.select(of_application.id)
        .join(Application, Application.id == of_application.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(
            Candidate.erased_at.is_(None),
            *(
                sa.or_(key_contains(Candidate.name_key, word), key_contains(Job.title_key, word))
                for word in searched_for
            ),
        )
    )
    by_label = (
        sa.select(of_meeting.id)
        .join(Meeting, sa.and_(Meeting.interview_id == of_meeting.id, Meeting.is_wanted))
        .join(Application, Application.id == of_meeting.application_id)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(
            Candidate.erased_at.is_(None),
            Meeting.label.is_not(None),
            sa.or_(*(key_contains(label, word) for word in searched_for)),
            *(
                sa.or_(*(key_contains(each, word) for each in (Candidate.name_key, Job.title_key, label)))
                for word in searched_for
            ),
        )
    )
    return Interview.id.in_(sa.union(by_name, by_label))
