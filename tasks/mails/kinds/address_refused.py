"""The notice that emails to someone who takes part are refused: to the scheduler and the hiring manager."""

from __future__ import annotations

from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from messaging.wording import short_start, title_with
from models import Interview, InterviewStatus, Mail, ReaderRole
from scheduling.mails.outcomes import label_of
from scheduling.mails.queue import ADDRESS_REFUSED
from scheduling.mails.refusals import refusal_told_of
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of
from text import one_line, shortened
from timezones import utc_now
from work.mail import refusal_of

_CORRECTED = "The address has been corrected, or accepts emails again."


def letter(reader: TeamReader, interview: Interview, refused: Mail, *, link: str) -> Letter:
    """`refused` is the email that could not be delivered; `link` leads to the interview's page."""
    zone = reader.person.zone or interview.timezone
    is_candidate, title = refused.role is ReaderRole.CANDIDATE, one_line(interview.title)
    if not is_candidate:
        # Nothing else in the letter would say whose interview it is.
        title = title_with(one_line(interview.candidate.name), title)
    return compose_for_team(
        ADDRESS_REFUSED,
        reader,
        {
            "what": label_of(refused).lower(),
            "whom": one_line(refused.name),
            "subject_whom": shortened(one_line(refused.name), 40),
            "address": one_line(refused.address),
            "is_candidate": is_candidate,
            "title": title,
            "subject_title": shortened(title, 80),
            "when": moment_for(reader, interview.starts_at),
            "short_start": short_start(interview.starts_at, zone),
            "server_words": one_line(refused.words or ""),
            "link": link,
        },
    )


def _compose(copy: TeamCopy[Interview]) -> Letter:
    refused = refusal_told_of(copy.mail)
    assert refused is not None, "a notice about nothing is dropped"
    return letter(copy.reader, copy.about, refused, link=copy.links.interview_page(copy.about))


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if utc_now() >= interview.ends_at:
        return "The interview is over."
    if refusal_told_of(mail) is None:
        return _CORRECTED
    return None if refusal_of(mail.address) is None else f"Emails to {mail.address} are refused as well."


KIND = TeamKind(
    name=ADDRESS_REFUSED,
    label="Notice of a refused address",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_are_not_directed,
)
