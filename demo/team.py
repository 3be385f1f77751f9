"""The demo's people, jobs and candidates, made through the product's own commands, all at `.example`."""

from __future__ import annotations

from accounts.first_run import FirstRun, organization, set_up
from demo.interviews import schedule_all
from extensions import db
from hiring.commands import NewCandidate, NewJob, add_candidate, add_job
from models import JobMember, Role, User
from scheduling.rules import Rules
from security import hash_password

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
)

_CANDIDATES = (
    ("Dina Kaur", "dina.kaur@mail.example", "+44 20 7946 0018", "Europe/London", "Backend Engineer"),
    ("Juan Pérez", "juan.perez@mail.example", "+34 910 000 123", "Europe/Madrid", "Backend Engineer"),
    ("Amara Okafor", "amara.okafor@mail.example", "", "Africa/Lagos", "Backend Engineer"),
    ("Sven Lindqvist", "sven.lindqvist@mail.example", "", None, "Product Designer"),
    ("Mei Tanaka", "mei.tanaka@mail.example", "+81 3 0000 1234", "Asia/Tokyo", "Product Designer"),
    (
        "Caleb Wright",
        "caleb.wright@mail.example",
        "+1 212 555 0147",
        "America/New_York",
        "Customer Success Lead",
    ),
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
    candidates = {}
    for candidate_name, address, phone, candidate_zone, job in _CANDIDATES:
        candidates[candidate_name] = add_candidate(
            NewCandidate(candidate_name, address, phone, candidate_zone, jobs[job].id)
        )
    db.session.flush()
    schedule_all(owner, candidates, rules)
    db.session.commit()
    return True


def _address(name: str) -> str:
    return name.lower().replace(" ", ".") + "@northlight.example"
