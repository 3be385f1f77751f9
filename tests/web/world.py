"""A team with someone in every role, one interview with everything that not everyone may see."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from werkzeug.routing import Rule

from extensions import db
from hiring.copied_plans import copy_to, templates_of
from hiring.files import add as add_file
from hiring.first_plan import add_first_plan
from hiring.imports import start_import
from models import Candidate, Interview, Job, Mail, MailState, MeetingState, Role, User
from scheduling.commands.time_slots import choose
from scheduling.drafts import attachments, starting
from scheduling.files.keeping import Upload, keep
from scheduling.plans import Participant
from scheduling.slots import offered
from services import services
from tests.factories import (
    CreatedCandidate,
    Member,
    Team,
    create_candidate,
    create_team,
    create_user,
    in_three_days,
    request_slots,
    schedule,
)
from tests.files_to_attach import PDF
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event
from tests.pages.visitor import Visitor

LINK = "https://zoom.example/j/83000000001?pwd=the-secret-key"
PASSCODE = "p4ss-marker"
NOTES = "salary expectation 123456"
PHONE = "+44 20 7946 0018"


@dataclass(frozen=True)
class World:
    """`people` are named by their role and by whether the interview is their own. `undecided` are interviews
    without a time: the candidate is asked for one, and has chosen one. `addresses` holds a value for every
    argument that a route can have."""

    team: Team
    people: dict[str, Member]
    interview_id: int
    draft_id: str
    other_candidate: CreatedCandidate
    undecided: tuple[int, int]
    addresses: dict[str, Any] = field(default_factory=dict)


def create_world() -> World:
    """Create the world. Needs an application context that writes."""
    team = create_team()
    people = {
        "owner": team.ada,
        "admin": create_user("Eva Lang", Role.ADMIN),
        "recruiter": create_user("Rita Sand", Role.RECRUITER),
        "own hiring manager": team.ben,
        "other hiring manager": team.cleo,
        # Not on the job, but taking part in the interview.
        "invited hiring manager": create_user("Hugo Lind", Role.HIRING_MANAGER),
        "own interviewer": create_user("Ivan Petrov", Role.INTERVIEWER),
        "other interviewer": create_user("Ines Roth", Role.INTERVIEWER),
        "observer": create_user("Olaf Berg", Role.OBSERVER),
        "deactivated": create_user("Dora Weiss", Role.ADMIN),
    }
    invited = people["own interviewer"], people["invited hiring manager"]
    interview_id = schedule(
        team.ada,
        team.dina,
        attendees=tuple(Participant(each.name, each.email, each.id) for each in invited),
        internal_notes=NOTES,
        passcode="asked-for1",
    )
    interview = db.session.get_one(Interview, interview_id)
    meeting = interview.meeting
    assert meeting is not None
    meeting.state, meeting.host_id = MeetingState.READY, team.ben.id
    meeting.provider_meeting_id, meeting.join_url, meeting.passcode = "83000000001", LINK, PASSCODE
    # A mail server's words about an address that it refuses repeat the address.
    for mail in db.session.scalars(db.select(Mail).where(Mail.address == team.dina.email)):
        mail.state, mail.words = (
            MailState.FAILED,
            f"The mail server refused it: 550 <{team.dina.email}> unknown",
        )
    requested_id, accepted_id = _with_open_times(team)
    draft = starting.start(db.session.get_one(User, team.ada.id), team.dina.id)
    owner, files = db.session.get_one(User, team.ada.id), services().attachment_files
    kept = keep(Upload("plan.pdf", PDF), files)
    attached = attachments.add(owner, draft, kept, is_for_team_only=False)
    attachments.move_to_interview(draft.id, interview_id)
    kept = keep(Upload("cv.pdf", PDF), files)
    of_dina = add_file(owner, db.session.get_one(Candidate, team.dina.id), kept)
    db.session.commit()
    draft_id = draft.id
    sent_in = start_import(
        db.session.get_one(User, team.ada.id), team.job_id, "name,email\nNia,nia@mail.example"
    )
    db.session.commit()
    import_id = sent_in.id
    add_first_plan()
    copy_to(db.session.get_one(Job, team.job_id))
    db.session.commit()
    default_id, template_id = templates_of(None)[0].id, templates_of(team.job_id)[0].id
    other = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id, phone="+41 44 668 1800")
    event_id = create_custom_event(team.ada, in_three_days())
    links = services().join_links
    token = links.join_page(interview, "candidate").rpartition("/")[2]
    return World(
        team,
        people,
        interview_id,
        draft_id,
        other,
        (requested_id, accepted_id),
        {
            "job_id": team.job_id,
            "candidate_id": team.dina.id,
            "interview_id": interview_id,
            "application_id": team.dina.application_id,
            "import_id": import_id,
            "draft_id": draft_id,
            "move_id": 1,
            "step": "setup",
            "attachment_id": attached.id,
            "file_id": of_dina.id,
            "template_id": template_id,
            "default_id": default_id,
            "mail_id": interview.mails[0].id,
            "number": 0,
            "token": token,
            "app": "zoom",
            "provider": "zoom",
            "user_id": team.ada.id,
            "session_id": 1,
            "task_id": 1,
            "orphan_id": 1,
            "entry_id": 1,
            "identity_id": 1,
            "key_id": 1,
            "filename": "style.css",
            "name": "recruiters",
            "first": "2027-02-10",
            "event_id": event_id,
            "view": "day",
            "on": "2027-02-10",
        },
    )


def _with_open_times(team: Team) -> tuple[int, int]:
    rosa = create_candidate("Rosa Blum", "rosa@mail.example", team.job_id)
    theo = create_candidate("Theo Marsh", "theo@mail.example", team.job_id)
    later = in_three_days() + timedelta(days=4)
    requested = request_slots(team.ada, rosa, *(later + timedelta(days=days) for days in range(3)))
    accepted = request_slots(team.ada, theo, later + timedelta(hours=4), at_once=False)
    row = db.session.get_one(Interview, accepted)
    choose(row, offered(row)[0].id, services().rules)
    db.session.commit()
    return requested, accepted


def enter(app: Flask, world: World, who: str) -> Visitor:
    """The browser of someone in the world; `anonymous` has not signed in."""
    visitor = Visitor(app)
    if who == "anonymous":
        return visitor
    visitor.enter(world.people[who])
    if who == "deactivated":
        with in_rows(app):
            db.session.get_one(User, world.people[who].id).is_active = False
            db.session.commit()
    return visitor


def all_addresses(app: Flask, world: World, method: str) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every route that takes `method`, filled in with rows of the world.

    A route with a new kind of argument fails here until `World.addresses` knows a value for it.
    """
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        rules: list[Rule] = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
        for rule in rules:
            values = {name: world.addresses[name] for name in rule.arguments}
            yield rule.endpoint, url_for(rule.endpoint, **values)


def everything_stored() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to compare before and after, except for the trace that many guesses leave."""
    return {
        table.name: sorted(
            (tuple(row) for row in db.session.execute(db.select(table)) if "links_guessed" not in row),
            key=repr,
        )
        for table in db.metadata.sorted_tables
    }
