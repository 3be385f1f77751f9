"""The demo's people, jobs and candidates, made through the product's own commands, all at `.example`."""

from __future__ import annotations

from datetime import timedelta

from accounts.first_run import FirstRun, organization, set_up
from demo.answers import answer_some
from demo.interviews import at, schedule_all
from demo.requests import ask_some
from demo.today import schedule_today
from extensions import db
from hiring.commands import NewCandidate, NewJob, add_candidate, add_job, add_note, set_stage
from hiring.first_plan import add_first_plan
from models import Application, Job, JobMember, Role, Stage, User, search_key
from scheduling.rules import Rules
from security import hash_password
from timezones import utc_now

ORGANIZATION = "Northlight"

_PEOPLE = (
    ("Grace Kim", Role.ADMIN, "America/Los_Angeles"),
    ("Marco Bianchi", Role.RECRUITER, "Europe/Rome"),
    ("Priya Raman", Role.HIRING_MANAGER, "Europe/London"),
    ("Tom Adeyemi", Role.HIRING_MANAGER, "America/New_York"),
    ("Noah Clarke", Role.INTERVIEWER, "Europe/London"),
    ("Ingrid Solberg", Role.OBSERVER, "Europe/Oslo"),
)

_JOBS = (
    ("Backend Engineer", "Engineering", "Berlin or remote", "Priya Raman", ("Noah Clarke",)),
    ("Product Designer", "Design", "London", "Priya Raman", ()),
    ("Customer Success Lead", "Customer Success", "New York", "Tom Adeyemi", ("Noah Clarke",)),
    ("Data Analyst", "Operations", "New York or remote", "Tom Adeyemi", ("Noah Clarke",)),
)

# Name, phone, time zone, job, how many days ago they applied, and the stage they have reached.
_CANDIDATES = (
    ("Dina Kaur", "+44 20 7946 0018", "Europe/London", "Backend Engineer", 1, Stage.NEW),
    ("Juan Pérez", "+34 910 000 123", "Europe/Madrid", "Backend Engineer", 2, Stage.SCREENING),
    ("Amara Okafor", "", "Africa/Lagos", "Backend Engineer", 6, Stage.SCREENING),
    ("Sven Lindqvist", "", None, "Product Designer", 8, Stage.INTERVIEW),
    ("Mei Tanaka", "+81 3 0000 1234", "Asia/Tokyo", "Product Designer", 14, Stage.INTERVIEW),
    ("Caleb Wright", "+1 212 555 0147", "America/New_York", "Customer Success Lead", 5, Stage.INTERVIEW),
    ("Lucía Gómez", "+34 910 000 188", "Europe/Madrid", "Data Analyst", 7, Stage.INTERVIEW),
    ("Elif Demir", "+90 212 000 0144", "Europe/Istanbul", "Data Analyst", 15, Stage.OFFER),
    ("Hannah Weiss", "+49 30 5550 1738", "Europe/Berlin", "Customer Success Lead", 9, Stage.SCREENING),
    ("Omar Haddad", "", "Europe/London", "Product Designer", 10, Stage.INTERVIEW),
    ("Ruth Abara", "+1 718 555 0129", "America/New_York", "Data Analyst", 12, Stage.INTERVIEW),
    ("Peter Novak", "+1 646 555 0162", "America/New_York", "Data Analyst", 13, Stage.REJECTED),
    ("Isla Moreau", "", "Europe/Paris", "Product Designer", 6, Stage.SCREENING),
    ("Kofi Mensah", "", "Africa/Accra", "Customer Success Lead", 5, Stage.SCREENING),
    ("Yara Nassar", "+1 917 555 0136", "America/New_York", "Data Analyst", 8, Stage.SCREENING),
)

# Who wrote the note, about whom, and how many days ago.
_NOTES = (
    (
        "Noah Clarke",
        "Elif Demir",
        2,
        "Clear thinker, and she asked the best questions. Let's be quick.",
    ),
    ("Marco Bianchi", "Amara Okafor", 4, "Prefers mornings. Available from February."),
    ("Tom Adeyemi", "Peter Novak", 1, "Did not pick up, twice. I left a message."),
)


class ForeignDatabaseError(Exception):
    """The database in the demo's folder is a real one."""


def seed(installation_id: str, rules: Rules, password: str) -> bool:
    """Fill an empty database and commit; returns False when the demo's team was there already. `password` is
    everyone's.

    Raises `ForeignDatabaseError` rather than touch a database that is not the demo's.
    """
    existing = organization()
    if existing is not None:
        if not existing.is_demo:
            raise ForeignDatabaseError
        return False
    owner = set_up(
        FirstRun(
            organization_name=ORGANIZATION,
            timezone="Europe/Berlin",
            owner_name="Lena Vogel",
            owner_email=_address("Lena Vogel"),
            password=password,
            connecting_is_open=True,
        ),
        installation_id=installation_id,
        is_demo=True,
    )
    add_first_plan()
    people = {owner.name: owner}
    for name, role, zone in _PEOPLE:
        people[name] = User(
            name=name, email=_address(name), password_hash=hash_password(password), role=role, timezone=zone
        )
    db.session.add_all(people.values())
    db.session.flush()
    jobs = {}
    for title, department, location, manager, team in _JOBS:
        jobs[title] = add_job(NewJob(title, department, location, people[manager].id))
        db.session.add_all(JobMember(job_id=jobs[title].id, user_id=people[name].id) for name in team)
    applications = _apply(jobs, owner)
    for author, candidate_name, days, words in _NOTES:
        with at(utc_now() - timedelta(days=days)):
            add_note(people[author], applications[candidate_name], words)
            db.session.flush()
    schedule_all(owner, applications, people, rules)
    schedule_today(owner, applications, people, rules)
    ask_some(owner, applications, people, rules)
    answer_some(applications, rules)
    db.session.commit()
    return True


def _apply(jobs: dict[str, Job], owner: User) -> dict[str, Application]:
    """Add the candidates and have the owner move them to their stages; return their applications by name."""
    applications = {}
    for name, phone, zone, job, days, stage in _CANDIDATES:
        with at(utc_now() - timedelta(days=days)):
            made = add_candidate(
                NewCandidate(name, _address(name, "mail.example"), phone, zone, jobs[job].id)
            )
            db.session.flush()
        [applications[name]] = made.applications
        with at(utc_now() - timedelta(days=max(days - 1, 0))):
            set_stage(owner, applications[name], stage)
    return applications


def _address(name: str, domain: str = "northlight.example") -> str:
    return f"{search_key(name).replace(' ', '.')}@{domain}"
