"""The software for video interviews: what is offered, what is preselected, and how each differs."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import ConnectionState, Draft, Interview, MeetingSoftware
from tests.factories import (
    GOOGLE_CALENDAR,
    OUTLOOK_CALENDAR,
    ZOOM,
    Team,
    create_candidate,
    create_connection,
    create_team,
    schedule,
)
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, draft_at, send

pytestmark = pytest.mark.usefixtures("clock")

MEET: dict[str, Any] = {"interview_type": "video", "meeting_software": "google_meet"}
_ZOOM_SET_UP = {"ZOOM_API_CLIENT_ID": "an-id", "ZOOM_API_CLIENT_SECRET": "a-secret"}
_GOOGLE_SET_UP = {"GOOGLE_CLIENT_ID": "an-id", "GOOGLE_CLIENT_SECRET": "a-secret"}
_MICROSOFT_SET_UP = {"MICROSOFT_CLIENT_ID": "an-id", "MICROSOFT_CLIENT_SECRET": "a-secret"}
TEAMS: dict[str, Any] = {"interview_type": "video", "meeting_software": "teams"}


def connect(web: Flask, user_id: int, *apps: str, **values: Any) -> None:
    with in_rows(web):
        for app in apps:
            create_connection(user_id, app=app, **values)


def choices(page: Page, name: str) -> list[str]:
    [field] = page.tree.all("select", lambda e: e.get("name") == name)
    return [option["value"] for option in field.all("option")]


def setup_of(visitor: Visitor, team: Team) -> Page:
    return visitor.get(f"{begin(visitor, team.dina.id)}/setup")


def test_software_whose_app_can_be_connected_is_offered_everywhere(team: Team, ada: Visitor) -> None:
    offered = ["zoom", "google_meet", "teams", "other"]
    assert choices(setup_of(ada, team), "meeting_software") == offered
    assert choices(ada.get("/settings/organization/interview-plan/new"), "meeting_software") == offered
    assert choices(ada.get("/interviews"), "how") == ["", "video", *offered, "phone", "in_person"]


def test_software_that_a_host_has_connected_begins_chosen(web: Flask, team: Team, ada: Visitor) -> None:
    def chosen() -> str | None:
        return setup_of(ada, team).value_of("Continue", "meeting_software")

    assert chosen() == "zoom"
    connect(web, team.ada.id, OUTLOOK_CALENDAR)
    assert chosen() == "teams"
    connect(web, team.ada.id, GOOGLE_CALENDAR)
    assert chosen() == "google_meet"
    # The hiring manager's account comes first, and Zoom for someone who has both.
    connect(web, team.ben.id, ZOOM)
    assert chosen() == "zoom"
    connect(web, team.ben.id, GOOGLE_CALENDAR)
    assert chosen() == "zoom"


def test_connection_that_has_ended_chooses_nothing(web: Flask, team: Team, ada: Visitor) -> None:
    connect(web, team.ben.id, GOOGLE_CALENDAR, state=ConnectionState.RECONNECT_NEEDED)
    assert setup_of(ada, team).value_of("Continue", "meeting_software") == "zoom"


@pytest.mark.parametrize(
    ("settings", "chosen", "next_step"),
    [
        (_GOOGLE_SET_UP, "google_meet", "Google Meet"),
        (_ZOOM_SET_UP, "zoom", "Zoom"),
        (_MICROSOFT_SET_UP, "teams", "Microsoft Teams Meeting"),
        ({**_ZOOM_SET_UP, **_GOOGLE_SET_UP}, "zoom", "Zoom"),
    ],
)
def test_software_that_this_server_is_set_up_for_begins_chosen(
    make_app: MakeApp, seeded: Seeded, settings: dict[str, str], chosen: str, next_step: str
) -> None:
    app = make_app(settings)
    team = seeded(app, create_team)
    visitor = Visitor(app).enter(team.ada)
    assert setup_of(visitor, team).value_of("Continue", "meeting_software") == chosen
    plan = visitor.get("/settings/organization/interview-plan/new")
    assert plan.value_of("Add template", "meeting_software") == chosen
    example = visitor.get("/settings/organization/invitation-example")
    assert f"Join {next_step}" in example.text


def test_last_interview_on_the_job_decides_before_any_connection(
    web: Flask, team: Team, ada: Visitor
) -> None:
    connect(web, team.ben.id, ZOOM)
    with in_rows(web):
        schedule(team.ada, team.dina, software=MeetingSoftware.GOOGLE_MEET)
    assert setup_of(ada, team).value_of("Continue", "meeting_software") == "google_meet"


@pytest.mark.parametrize("label", ["Zoom", "Google Calendar", "Outlook Calendar"])
def test_missing_connection_is_named_after_the_app(make_app: MakeApp, seeded: Seeded, label: str) -> None:
    app = make_app({**_ZOOM_SET_UP, **_GOOGLE_SET_UP, **_MICROSOFT_SET_UP})
    team = seeded(app, create_team)
    ada, ben = Visitor(app).enter(team.ada), Visitor(app).enter(team.ben)
    assert f"Neither you nor Ben (hiring manager) has connected {label}." in setup_of(ada, team).text
    assert f"{label} isn't connected. You can still schedule." in setup_of(ben, team).text


def test_software_that_this_server_is_not_set_up_for_says_so(make_app: MakeApp, seeded: Seeded) -> None:
    app = make_app(_ZOOM_SET_UP)
    team = seeded(app, create_team)
    page = setup_of(Visitor(app).enter(team.ada), team)
    for app_label in ("Google Calendar", "Outlook Calendar"):
        assert f"{app_label} isn't set up on this server yet. You can still schedule." in page.text
    assert "Zoom isn't set up" not in page.text


@pytest.mark.parametrize(
    ("app", "label", "provider"),
    [(GOOGLE_CALENDAR, "Google Calendar", "Google"), (OUTLOOK_CALENDAR, "Outlook Calendar", "Microsoft")],
)
def test_account_that_hosts_is_named_by_its_provider(
    app: str, label: str, provider: str, web: Flask, team: Team, ada: Visitor
) -> None:
    connect(web, team.ada.id, app)
    words = f"Ben hasn't connected {label}, so your {provider} account will host."
    assert words in setup_of(ada, team).text
    connect(web, team.ben.id, app)
    words = f"Ben is the hiring manager, so Ben's {provider} account will host."
    assert words in setup_of(ada, team).text


def test_personal_microsoft_account_is_not_offered_as_a_host(web: Flask, team: Team, ada: Visitor) -> None:
    cannot = "a personal Microsoft account can't make Teams meetings."
    connect(web, team.ben.id, OUTLOOK_CALENDAR, plan="basic")
    page = setup_of(ada, team)
    assert page.value_of("Continue", "meeting_software") == "zoom"
    assert f"Ben's account can't host: {cannot} You can still schedule." in page.text
    assert (
        f"Your account can't host: {cannot} You can still"
        in setup_of(Visitor(web).enter(team.ben), team).text
    )
    connect(web, team.ada.id, OUTLOOK_CALENDAR)
    page = setup_of(ada, team)
    assert page.value_of("Continue", "meeting_software") == "teams"
    assert f"Ben's account can't host: {cannot} So your Microsoft account will." in page.text


@pytest.mark.parametrize("software", [MEET, TEAMS], ids=["meet", "teams"])
def test_host_who_does_not_take_part_learns_that_guests_may_wait(
    software: dict[str, Any], web: Flask, team: Team, ada: Visitor
) -> None:
    """Their organization decides who has to be let in, and doesn't tell us."""
    connect(web, team.ada.id, GOOGLE_CALENDAR, OUTLOOK_CALENDAR)
    draft = draft_at(ada, team.dina.id, "finalize", {"setup": software})
    label = MeetingSoftware(software["meeting_software"]).label
    page = ada.get(f"{draft}/finalize")
    assert (
        f"You're the {label} host but not attending. Guests may have to wait until someone from your "
        "organization lets them in." in page.text
    )


@pytest.mark.parametrize("software", [MEET, TEAMS], ids=["meet", "teams"])
def test_password_is_dropped_for_software_that_makes_its_own(
    software: dict[str, Any], web: Flask, team: Team, ada: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    # Even one that Zoom would refuse: no one sees it while something else is chosen.
    send(ada, draft, "setup", **software, password="spaces are bad")
    with in_rows(web):
        kept = db.session.scalars(db.select(Draft.payload)).one()["setup"]
    assert "password" not in kept
    assert kept["meeting_software"] == [software["meeting_software"]]


def test_password_typed_for_zoom_stays_while_something_else_is_wrong(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = send(ada, draft, "setup", status=422, **MEET, password="s3cret-1", agenda="")
    assert page.value_of("Continue", "password") == "s3cret-1"


@pytest.mark.parametrize(
    ("software", "app", "button", "provider"),
    [
        (MEET, GOOGLE_CALENDAR, "Join Google Meet", "Google"),
        (TEAMS, OUTLOOK_CALENDAR, "Join Microsoft Teams Meeting", "Microsoft"),
    ],
    ids=["meet", "teams"],
)
def test_preview_and_summary_name_the_link_and_no_password(
    software: dict[str, Any], app: str, button: str, provider: str, web: Flask, team: Team, ada: Visitor
) -> None:
    connect(web, team.ben.id, app)
    draft = draft_at(ada, team.dina.id, "finalize", {"setup": software})
    letter = ada.get(f"{draft}/letters/0").text
    assert button in letter
    assert "Password" not in letter
    summary = ada.get(f"{draft}/finalize").text
    assert f"Video, by {MeetingSoftware(software['meeting_software']).label}" in summary
    assert f"Ben's {provider} account will host" in summary
    assert "Password" not in summary


@pytest.mark.parametrize(
    ("software", "words"),
    [
        (MEET, "No Google Meet link yet: no one who can host has connected Google Calendar."),
        (TEAMS, "No Microsoft Teams link yet: no one who can host has connected Outlook Calendar."),
    ],
    ids=["meet", "teams"],
)
def test_preview_says_what_has_to_be_connected_for_a_link(
    software: dict[str, Any], words: str, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "preview", {"setup": software})
    assert words in ada.get(f"{draft}/preview").text


def test_interviews_are_listed_by_their_software(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina, software=MeetingSoftware.GOOGLE_MEET)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, software=MeetingSoftware.TEAMS)
    for how, seen in (("google_meet", (True, False)), ("teams", (False, True)), ("zoom", (False, False))):
        listed = ada.get(f"/interviews?how={how}").text
        assert ("Dina Kaur" in listed, "Omar Haddad" in listed) == seen


def test_change_from_zoom_says_what_changes_and_drops_the_password(
    web: Flask, team: Team, ada: Visitor
) -> None:
    connect(web, team.ben.id, GOOGLE_CALENDAR)
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, passcode="s3cret-1")
    page = ada.follow(ada.post(f"/interviews/{interview_id}/change", status=303))
    # What the interview has is chosen, whatever is connected.
    assert page.value_of("Continue", "meeting_software") == "zoom"
    end = ada.follow(
        ada.submit(
            page,
            "Save and go to Finalize",
            status=303,
            direction="finalize",
            meeting_software="google_meet",
        )
    )
    assert "Video on Zoom" in end.text
    assert "Video on Google Meet" in end.text
    ada.submit(end, "Save changes", reminders=[], status=303)
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.requested_passcode is None
        assert [(each.software.value, each.is_wanted) for each in interview.meetings] == [
            ("zoom", False),
            ("google_meet", True),
        ]
