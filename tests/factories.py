"""Rows with obvious defaults, made through the product's own commands.

The world of the tests: Ada owns the installation, Ben is the hiring manager of the job, Cleo of another job,
and Dina is the candidate on Ben's job. Everything here needs an application context, commits, and returns
ids and plain values, so that no test holds a transaction open while a server or a runner wants to write.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import requests
from flask import current_app

from accounts.first_run import FirstRun, set_up
from accounts.sessions import begin_session
from connections import round_trip
from connections.app_spec import AppClients
from connections.catalogue import spec_of as spec_of_app
from connections.notices import TELL_OF_CONNECTION
from connections.round_trip import RoundTrip
from connections.service import Connections
from extensions import db
from hiring.commands import NewCandidate, NewJob, add_candidate, add_job
from models import (
    Application,
    Candidate,
    Connection,
    ConnectionState,
    Draft,
    Job,
    JobMember,
    MeetingSoftware,
    PhoneCaller,
    Role,
    Task,
    User,
    UserSession,
)
from scheduling.calendars.connecting import settle
from scheduling.clashes import clashes_of
from scheduling.commands import time_slots
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.drafts import starting
from scheduling.entries.disconnecting import take_up_again
from scheduling.meetings.on_account import settle_on_account
from scheduling.meetings.wanting import try_again_for_host
from scheduling.plans import Participant, Plan, Reminders, When
from scheduling.slots import Offer
from scheduling.venues import OnlineMeeting, PhoneCall, Venue
from security import hash_password, hash_token
from services import services
from tests.machines.simulators import Simulators
from timezones import in_zone, utc_now

PASSWORD = "correct horse battery"
ORGANIZATION = "Northlight"
TIMEZONE = "Europe/Zurich"

# The keys of the apps in the catalogue.
ZOOM, GOOGLE_CALENDAR, OUTLOOK_CALENDAR = "zoom", "google-calendar", "outlook-calendar"
# Accounts of the simulated Zoom and of the simulated Google.
LENA = "lena.vogel@northlight.example"
PRIYA = "priya.raman@northlight.example"


@dataclass(frozen=True)
class Member:
    """Someone who can sign in with ``PASSWORD``."""

    id: int
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class CreatedCandidate:
    id: int
    name: str
    email: str
    application_id: int


@dataclass(frozen=True)
class Team:
    """The four people, Ben's job with Dina on it, and Cleo's job."""

    ada: Member
    ben: Member
    cleo: Member
    dina: CreatedCandidate
    job_id: int
    other_job_id: int


def create_team() -> Team:
    """The organization, as after ``/setup``, with its people and two open jobs."""
    owner = set_up(
        FirstRun(
            organization_name=ORGANIZATION,
            timezone=TIMEZONE,
            owner_name="Ada Berg",
            owner_email="ada@northlight.example",
            password=PASSWORD,
            connecting_is_open=True,
        ),
        installation_id=current_app.config["INSTALLATION_ID"],
    )
    db.session.commit()
    ben = create_user("Ben Frei", Role.HIRING_MANAGER)
    cleo = create_user("Cleo Marin", Role.HIRING_MANAGER)
    job_id = create_job("Backend Engineer", ben)
    other_job_id = create_job("Product Designer", cleo)
    return Team(
        ada=Member(owner.id, owner.name, owner.email, owner.role),
        ben=ben,
        cleo=cleo,
        dina=create_candidate("Dina Kaur", "dina.kaur@mail.example", job_id),
        job_id=job_id,
        other_job_id=other_job_id,
    )


def turn_on_two_step(member: Member) -> str:
    """Give someone an authenticator app, and return its secret."""
    user, two_step = db.session.get_one(User, member.id), services().two_step
    sealed = two_step.new_offer(user)
    secret = two_step.offer(user, sealed).secret
    code = pyotp.TOTP(secret).generate_otp(int(utc_now().timestamp()) // 30)
    two_step.turn_on(user, sealed, code, services().mail_domain)
    db.session.commit()
    return secret


def create_user(name: str, role: Role, *, is_active: bool = True, timezone: str = TIMEZONE) -> Member:
    """Someone on the team, with an address made from the first name."""
    user = User(
        name=name,
        email=f"{name.split()[0].lower()}@northlight.example",
        password_hash=_password_hash(),
        role=role,
        timezone=timezone,
        is_active=is_active,
    )
    db.session.add(user)
    db.session.commit()
    return Member(user.id, user.name, user.email, user.role)


@cache
def _password_hash() -> str:
    # Hashing is slow on purpose, and the password is the same for everyone here.
    return hash_password(PASSWORD)


def create_job(title: str, manager: Member, *, team: tuple[Member, ...] = (), is_open: bool = True) -> int:
    """A job and its id."""
    job = add_job(NewJob(title, "Engineering", "Zurich", manager.id))
    job.is_open = is_open
    db.session.add_all(JobMember(job_id=job.id, user_id=member.id) for member in team)
    db.session.commit()
    return job.id


def create_candidate(
    name: str, email: str, job_id: int, *, phone: str = "+44 20 7946 0018", timezone: str | None = None
) -> CreatedCandidate:
    """A candidate on an open job."""
    candidate = add_candidate(NewCandidate(name, email, phone, timezone, job_id))
    db.session.commit()
    [application_id] = db.session.scalars(
        db.select(Application.id).where(Application.candidate_id == candidate.id)
    )
    return CreatedCandidate(candidate.id, candidate.name, candidate.email, application_id)


def in_three_days() -> datetime:
    """Nine o'clock UTC, far enough ahead for every reminder."""
    return (utc_now() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


def schedule(
    actor: Member,
    candidate: CreatedCandidate,
    *,
    starts_at: datetime | None = None,
    timezone: str = TIMEZONE,
    duration_minutes: int = 45,
    **plan: Any,
) -> int:
    """Schedule an interview as the last of the six steps does, and return its id. `plan` is what `planned`
    takes. Clashes are allowed, reminders are off."""
    when = when_at(starts_at or in_three_days(), duration_minutes, timezone)
    user, draft = db.session.get_one(User, actor.id), _draft(actor, candidate)
    wanted = planned(candidate, when, **plan)
    person = db.session.get_one(Candidate, candidate.id)
    manager = db.session.get_one(User, wanted.hiring_manager_id)
    accepted = frozenset(clash.key for clash in clashes_of(wanted, person, manager, user))
    ticket = Ticket(draft.id, draft.version, accepted)
    interview = schedule_interview(user, wanted, ticket, services().rules)
    db.session.commit()
    return interview.id


def request_slots(
    actor: Member,
    candidate: CreatedCandidate,
    *starts: datetime,
    timezone: str = TIMEZONE,
    duration_minutes: int = 45,
    at_once: bool = True,
    **plan: Any,
) -> int:
    """Ask the candidate to choose one of these times (aware UTC), as the last of the six steps does, and
    return the interview's id. `plan` is what `planned` takes; reminders are off."""
    slots = tuple(when_at(start, duration_minutes, timezone) for start in starts or _in_the_next_days())
    user, draft = db.session.get_one(User, actor.id), _draft(actor, candidate)
    ticket = Ticket(draft.id, draft.version)
    interview = time_slots.request_slots(
        user, planned(candidate, slots[0], **plan), Offer(slots, at_once), ticket, services().rules
    )
    db.session.commit()
    return interview.id


def when_at(starts_at: datetime, duration_minutes: int = 45, timezone: str = TIMEZONE) -> When:
    """An instant as the time in a plan."""
    return When(starts_at, f"{in_zone(starts_at, timezone):%Y-%m-%dT%H:%M}", timezone, duration_minutes)


def planned(
    candidate: CreatedCandidate,
    when: When,
    *,
    software: MeetingSoftware | None = MeetingSoftware.ZOOM,
    venue: Venue | None = None,
    agenda: str = "Introduction, experience, questions",
    passcode: str | None = None,
    hiring_manager: Member | None = None,
    attendees: tuple[Participant, ...] = (),
    title: str | None = None,
    message_to_candidate: str = "",
    internal_notes: str = "",
    reminder_minutes: tuple[int, ...] = (),
) -> Plan:
    """A plan for this candidate. The hiring manager is the job's unless said otherwise."""
    job = db.session.get_one(Application, candidate.application_id).job
    return Plan(
        application_id=candidate.application_id,
        venue=venue or (OnlineMeeting(software, passcode) if software else _ON_THE_PHONE),
        agenda=agenda,
        when=when,
        hiring_manager_id=hiring_manager.id if hiring_manager else job.hiring_manager_id,
        attendees=attendees,
        title=title or _title(job),
        message=message_to_candidate,
        notes=internal_notes,
        reminders=Reminders(reminder_minutes),
    )


def _draft(actor: Member, candidate: CreatedCandidate) -> Draft:
    return starting.start(db.session.get_one(User, actor.id), candidate.id)


def _in_the_next_days() -> tuple[datetime, ...]:
    return tuple(in_three_days() + timedelta(days=days) for days in range(3))


_ON_THE_PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)


def _title(job: Job) -> str:
    return f"{job.title} Interview"


def create_connection(user_id: int, **values: Any) -> int:
    """A living Zoom connection as a row, for tests that never use its tokens; `values` win."""
    usual = {
        "app": ZOOM,
        "state": ConnectionState.CONNECTED,
        "account_id": f"account-{user_id}",
        "account_email": f"zoom-{user_id}@northlight.example",
        "account_name": "",
        "plan": "licensed",
        "scopes": "meeting:write:meeting",
        "ciphertext": "opens with no key",
        "expires_at": utc_now() + timedelta(hours=1),
    }
    row = Connection(user_id=user_id, **{**usual, **values})
    db.session.add(row)
    db.session.commit()
    return row.id


def connect_zoom(
    member: Member, simulators: Simulators, account: str = LENA, *, with_notice: bool = False
) -> int:
    """Connect an account of the simulated Zoom; see `connect_app`."""
    return connect_app(ZOOM, member, account, with_notice=with_notice)


def connect_on_paper(
    member: Member,
    *,
    app: str = "zoom",
    plan: str = "licensed",
    state: ConnectionState = ConnectionState.CONNECTED,
) -> int:
    """Connect an account without its provider, for pages that never ask the provider; returns the
    connection's id."""
    row = Connection(
        user_id=member.id,
        app=app,
        state=state,
        account_id=member.email,
        account_email=member.email,
        account_name=member.name,
        plan=plan,
        scopes="",
        ciphertext="",
        expires_at=utc_now(),
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def connect_app(app: str, member: Member, account: str, *, with_notice: bool = False) -> int:
    """Connect an account of a simulated provider by a real round trip, and return the connection's id.

    Like the callback's route, it asks again for the work that this person's account could do. The application
    must have the simulators' settings. Without `with_notice` the mail about it is left out, so that a test
    about other mails sees only those.
    """
    user = db.session.get_one(User, member.id)
    token = begin_session(user.id, "tests")
    db.session.flush()
    session = db.session.scalars(
        db.select(UserSession).where(UserSession.token_hash == hash_token(token))
    ).one()
    session_id = session.id
    address = round_trip.begin(user, session, app)
    db.session.commit()
    answer = consent(address, account)
    trip = round_trip.finish(
        member.id,
        session_id,
        spec_of_app(app).provider,
        state=answer.get("state"),
        code=answer.get("code"),
        error=answer.get("error"),
        may_connect=lambda user: True,
    )
    assert isinstance(trip, RoundTrip)
    assert trip.result == "connected", trip.words
    assert trip.connection_id is not None
    connection = db.session.get_one(Connection, trip.connection_id)
    settle_on_account(connection)
    settle(connection)
    take_up_again(connection)
    try_again_for_host(member.id)
    if not with_notice:
        db.session.execute(db.delete(Task).where(Task.kind == TELL_OF_CONNECTION.name))
    db.session.commit()
    return trip.connection_id


def with_provider(alive: Connections, provider: Any) -> Connections:
    """The same connections with another provider instead of Zoom's."""
    clients = AppClients(oauth=provider, accounts=provider, meetings=provider)
    return replace(alive, clients={**alive.clients, ZOOM: clients})


def consent(authorize_url: str, account: str | None) -> dict[str, str]:
    """Answer the consent page as its form does, and return the query of the redirect back.

    If ``account`` is None, decline.
    """
    decision = {"decision": "allow", "account": account} if account else {"decision": "decline"}
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.post(authorize_url, data=decision, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
