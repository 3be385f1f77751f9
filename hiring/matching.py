"""Which candidates and jobs a search text means: conditions for statements that are built once for each kind
of text, and the values of their parameters."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, Scope, scope_of
from accounts.row_permissions import Asker, application_is_within, candidate_is_within
from models import Application, Candidate, Job
from paging import literally
from phone_numbers import searched_digits
from searching import Keys, key_contains, keys, searched, words_of

# A part of a telephone number in its two spellings.
_DIGITS = (
    sa.bindparam("searched_digits", type_=sa.String()),
    sa.bindparam("other_digits", type_=sa.String()),
)


class Kind(NamedTuple):
    """What kind of text is searched for. `words`: how many; a part of a telephone number is one, however it
    is grouped."""

    words: int
    is_number: bool


def kind_of(text: str) -> Kind | None:
    """The kind of a search text; None if it is empty, and nothing is searched for."""
    words = _words(text)
    return Kind(len(words), searched_digits(text) is not None) if words else None


def parameters(text: str) -> dict[str, str]:
    """The values of the parameters of the conditions below."""
    words = _words(text)
    addresses = {f"searched_address_{place}": _in_address(word) for place, word in enumerate(words)}
    digits, other_digits = searched_digits(text) or ("", "")
    return {**searched(words), **addresses, "searched_digits": digits, "other_digits": other_digits}


def _in_address(word: str) -> str:
    """What a search looks for in an address, as a part of a pattern. What has neither an @ nor a dot is
    looked for before the @ only: "am" would find everyone with an account at example.com."""
    part = literally(word.lower())
    return part if "@" in word or "." in word else f"{part}%@"


def _words(text: str) -> tuple[str, ...]:
    return (text,) if searched_digits(text) is not None else words_of(text)


def job_matches(kind: Kind) -> ColumnElement[bool]:
    """The condition on `Job`: each word is in the title, department, or location."""
    columns = (Job.title_key, Job.department_key, Job.location_key)
    return sa.and_(*(sa.or_(*(key_contains(each, word) for each in columns)) for word in keys(kind.words)))


def candidate_matches(asker: Asker, kind: Kind) -> ColumnElement[bool]:
    """The condition on `Candidate`: each word is in the name, or in the address or telephone number where the
    reader may see them; otherwise, someone could find one out digit by digit. "Dina backend" finds Dina on
    the job Backend Engineer: words beside one of the candidate's own may be in the title of such a job."""
    words = keys(kind.words)
    own = [_is_own(asker, kind, place, word) for place, word in enumerate(words)]
    if len(own) == 1:
        return own[0]
    either = (sa.or_(is_own, _is_of_job(asker, word)) for is_own, word in zip(own, words, strict=True))
    return sa.and_(sa.or_(*own), *either)


def application_matches(asker: Asker, kind: Kind) -> ColumnElement[bool]:
    """The condition on `Application` beside its `Candidate` and `Job`: each word is one of the candidate's
    own or in the title of the job."""
    words = keys(kind.words)
    return sa.and_(
        *(
            sa.or_(_is_own(asker, kind, place, word), key_contains(Job.title_key, word))
            for place, word in enumerate(words)
        )
    )


def _is_own(asker: Asker, kind: Kind, place: int, word: Keys) -> ColumnElement[bool]:
    by_name = key_contains(Candidate.name_key, word)
    address = sa.bindparam(f"searched_address_{place}", type_=sa.String())
    by_contact: ColumnElement[bool] = Candidate.email.contains(address, escape="/")
    if kind.is_number:
        by_number = key_contains(Candidate.phone_digits, _DIGITS)
        by_contact = sa.or_(by_contact, by_number)
    match scope_of(asker.role, Action.SEE_CONTACT):
        case Scope.NONE:
            return by_name
        case Scope.ALL:
            return sa.or_(by_name, by_contact)
        case _:
            within = candidate_is_within(asker, Action.SEE_CONTACT)
            return sa.or_(by_name, sa.and_(by_contact, within))


def _is_of_job(asker: Asker, word: Keys) -> ColumnElement[bool]:
    on_it = (
        sa.select(Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(key_contains(Job.title_key, word), application_is_within(asker, Action.SEE))
    )
    return Candidate.id.in_(on_it)
