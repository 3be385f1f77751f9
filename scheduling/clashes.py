"""What else is on at a requested time: for the people on the team, for the candidate, on the host account.

A clash is a warning, not a refusal. The scheduler accepts exactly the clashes they were shown, each by its
key; one that appeared since then has to be accepted too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from extensions import db
from models import Candidate, Interview, MeetingSoftware, User
from scheduling.meetings.hosts import Host, first_usable, hosts_of, possible_hosts
from scheduling.occupied import ClashKind, Needs, Occupied, Taken, occupied_between
from scheduling.plans import Plan
from scheduling.software import spec_of
from scheduling.venues import OnlineMeeting, Venue
from wording import in_a_row, listed, possessive


@dataclass(frozen=True)
class Wanted:
    """An interview that would need people, and perhaps an account, at some time."""

    needs: Needs
    starts_at: datetime
    duration_minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)


@dataclass(frozen=True)
class Clash:
    """Someone or something is already occupied, by another interview or by something else that is `on` then.
    `name` says whom it concerns; times are aware UTC. `software` is set for an account. `candidate` and `job`
    are those of the other interview, and None where the person who asked may not see it. `app` is the key of
    the app whose calendar makes someone busy, and `title` is for its owner alone.

    `key` changes as soon as either of the two moves, so that accepting a clash once does not accept it for a
    different time. For a calendar, only the part of the wanted time that it takes counts.
    """

    kind: ClashKind
    subject_id: int
    name: str
    # The `Occupied.key` of what is on then.
    on: str
    starts_at: datetime
    ends_at: datetime
    key: str
    software: MeetingSoftware | None = None
    candidate: str | None = None
    job: str | None = None
    app: str | None = None
    title: str | None = None
    is_whole_days: bool = False

    @property
    def is_interview(self) -> bool:
        """Whether another interview is on, rather than something of which we know only the time."""
        return self.kind not in (ClashKind.CALENDAR, ClashKind.BLOCKED)

    @property
    def is_of_team(self) -> bool:
        """Whether `subject_id` is someone on the team who has something else then."""
        return self.kind is ClashKind.PERSON or not self.is_interview


def host_taken_up(venue: Venue, hosts: Callable[[MeetingSoftware], list[Host]]) -> Host | None:
    """The host whose account would be tried first for a meeting at this venue, if that account cannot host a
    second meeting at the same time. `hosts` finds those who could host with a software, in order."""
    if not isinstance(venue, OnlineMeeting) or not spec_of(venue.software).one_at_a_time:
        return None
    return first_usable(hosts(venue.software))


def software_of(venue: Venue) -> MeetingSoftware | None:
    """The software that makes a meeting for this venue; None if it needs none."""
    return venue.software if isinstance(venue, OnlineMeeting) else None


def find_clashes(wanted: Wanted, *, seen_by: User, lock: bool = False) -> list[Clash]:
    """What occupies the same people, candidate, or host account at that time, soonest first: scheduled
    interviews, events of people's calendars, and blocked time. What `seen_by` may see is named.

    `lock` locks the rows of the people and of the host for the rest of the transaction, in the order of their
    ids, so that two commands for the same person cannot both find the time free. Rows that refer to them can
    still be added: the emails of two commands may go to each other's people. The caller has to lock the
    candidate's row. SQLite has only one writer and needs no lock.
    """
    if lock and db.engine.dialect.name != "sqlite":
        hosting = {wanted.needs.host.user.id} if wanted.needs.host else set()
        db.session.scalars(
            sa.select(User.id)
            .where(User.id.in_(wanted.needs.user_ids | hosting))
            .order_by(User.id)
            .with_for_update(key_share=True)
        ).all()
    occupied = occupied_between(wanted.needs, wanted.starts_at, wanted.ends_at, seen_by=seen_by)
    return clashes_among(occupied, wanted)


def clashes_among(occupied: Iterable[Occupied], wanted: Wanted) -> list[Clash]:
    """The clashes with what is on at the same time."""
    return [
        _clash(each, taken, wanted)
        for each in occupied
        if each.overlaps(wanted.starts_at, wanted.ends_at)
        for taken in each.taken
    ]


def clashes_of(
    plan: Plan, candidate: Candidate, hiring_manager: User, scheduler: User, *, lock: bool = False
) -> list[Clash]:
    """Everything that an interview with this plan would clash with, accepted or not; `lock` as in
    `find_clashes`."""
    needs = needs_of_new(plan, candidate, hiring_manager, scheduler)
    return find_clashes(_wanted(plan, needs), seen_by=scheduler, lock=lock)


def needs_of_new(plan: Plan, candidate: Candidate, hiring_manager: User, scheduler: User) -> Needs:
    """What an interview with this plan would take up, no matter when it is."""
    hosts = partial(possible_hosts, hiring_manager=hiring_manager, scheduler=scheduler)
    return _needs(plan, candidate, hosts)


def clashes_of_change(
    plan: Plan, interview: Interview, hiring_manager: User, actor: User, *, lock: bool = False
) -> list[Clash]:
    """The same for an interview that exists and would have this plan, as `actor` may see them."""
    needs = needs_of_change(plan, interview, hiring_manager)
    return find_clashes(_wanted(plan, needs), seen_by=actor, lock=lock)


def needs_of_change(plan: Plan, interview: Interview, hiring_manager: User) -> Needs:
    """What an interview that exists would take up with this plan. A meeting that has been made stays on its
    account."""
    hosts = partial(possible_hosts, hiring_manager=hiring_manager, scheduler=interview.scheduler)
    needs = _needs(plan, interview.candidate, hosts)
    host = staying_host(needs.host, interview, needs.software)
    return replace(needs, host=host, interview_id=interview.id)


def staying_host(
    host: Host | None, interview: Interview | None, software: MeetingSoftware | None
) -> Host | None:
    """Whose account a changed interview (None for a new one) would take up, if `host` would be asked first
    for a new meeting: a meeting that was made with the same software stays where it is."""
    meeting = interview.meeting if interview is not None else None
    if host is None or meeting is None or meeting.software is not software:
        return host
    return next((each for each in hosts_of(meeting) if each.is_on(meeting)), host)


def _needs(plan: Plan, candidate: Candidate, hosts: Callable[[MeetingSoftware], list[Host]]) -> Needs:
    return Needs(
        plan.user_ids,
        candidate.id,
        host=host_taken_up(plan.venue, hosts),
        software=software_of(plan.venue),
    )


def _wanted(plan: Plan, needs: Needs) -> Wanted:
    return Wanted(needs, plan.when.starts_at, plan.when.duration_minutes)


def in_words(clashes: Collection[Clash]) -> str:
    """Whose time was taken, in a sentence or a few, for someone who had not seen these clashes before."""
    people = [c for c in clashes if c.is_interview and c.kind is not ClashKind.HOST_ACCOUNT]
    names = in_a_row(dict.fromkeys(map(_busy_with, people)))
    hosts = in_a_row(
        dict.fromkeys(f"{possessive(c.name)} {c.software.label}" for c in clashes if c.software is not None)
    )
    busy = list(dict.fromkeys(clash.name for clash in clashes if not clash.is_interview))
    words = [f"{names} just got another interview at this time."] if names else []
    if hosts:
        words.append(f"{hosts} account just got another meeting at this time and can run only one at a time.")
    if busy:
        are = "is" if len(busy) == 1 else "are"
        words.append(f"{listed(busy)} {are} busy with something else at this time.")
    return " ".join(words)


def _busy_with(clash: Clash) -> str:
    is_with = clash.candidate is not None and clash.kind is ClashKind.PERSON
    return f"{clash.name} (with {clash.candidate})" if is_with else clash.name


def _clash(other: Occupied, taken: Taken, wanted: Wanted) -> Clash:
    takes = other.starts_at, other.ends_at
    if taken.kind is ClashKind.CALENDAR:
        # A live look-up says when a calendar is busy, not with how many events or how long each is.
        takes = max(other.starts_at, wanted.starts_at), min(other.ends_at, wanted.ends_at)
    times = (*takes, wanted.starts_at, wanted.ends_at)
    # A calendar that is read again has new rows for the same events; an accepted clash stays accepted.
    on = other.app or "blocked" if other.interview_id is None else other.key
    said = f"{taken.kind} {taken.subject_id} {on} " + " ".join(time.isoformat() for time in times)
    return Clash(
        taken.kind,
        taken.subject_id,
        taken.name,
        other.key,
        other.starts_at,
        other.ends_at,
        key=hashlib.sha256(said.encode()).hexdigest()[:16],
        software=wanted.needs.software if taken.kind is ClashKind.HOST_ACCOUNT else None,
        candidate=other.candidate,
        job=other.job,
        app=other.app,
        title=other.title,
        is_whole_days=other.first_day is not None,
    )
