"""The six steps: what each asks, what it refuses and where it says so, and what happens out of order."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Draft, Interview, Job, Mail, MailKind, Task, User
from tests.factories import Team, create_candidate, create_job, create_user, schedule
from tests.machines.clock import Clock
from tests.web.conftest import SignIn
from tests.web.dialog_steps import STEPS, begin, schedule_by_hand, send, walk_to
from tests.web.page import Visitor, path_of
from tests.web.rows import in_rows

pytestmark = pytest.mark.usefixtures("clock")


def interviews(app: Flask) -> int:
    with in_rows(app):
        return db.session.scalar(db.select(db.func.count(Interview.id))) or 0


def test_six_full_pages_schedule_an_interview_without_script(web: Flask, team: Team, ada: Visitor) -> None:
    interview_id = schedule_by_hand(
        ada,
        team.dina.id,
        {
            "setup": {"agenda": "Talk about the past\r\nand the future", "password": "s3cret-1"},
            "date-time": {"duration_minutes": 50},
            "attendees": {"people": [str(team.cleo.id)], "others": "Sam Ortiz <Sam@Partner.example>"},
            "details": {"message_to_candidate": "Bring a drawing.", "internal_notes": "Likes tea."},
        },
    )
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.title == "Backend Engineer Interview"
        assert interview.agenda == "Talk about the past\nand the future"
        assert interview.requested_passcode == "s3cret-1"
        assert f"{interview.starts_at:%Y-%m-%d %H:%M}" == "2027-02-10 08:00"
        assert (interview.wall_time, interview.timezone) == ("2027-02-10T09:00", "Europe/Zurich")
        assert interview.duration_minutes == 50
        assert interview.hiring_manager_id == team.ben.id
        assert [(a.name, a.email, a.user_id) for a in interview.attendees] == [
            ("Cleo Marin", team.cleo.email, team.cleo.id),
            ("Sam Ortiz", "sam@partner.example", None),
        ]
        reminders = {m.minutes_before for m in interview.mails if m.kind is MailKind.REMINDER}
        assert reminders == {1440, 60}
    page = ada.get(f"/interviews/{interview_id}")
    assert "Zoom meeting is being created" in page.text
    assert "Likes tea." in page.text


def test_first_page_says_what_is_asked(team: Team, ada: Visitor) -> None:
    page = ada.get(f"{begin(ada, team.dina.id)}/setup")
    assert page.heading == "Setup"
    assert page.title.startswith("Setup: interview with Dina Kaur")
    fields = page.fields("Continue")
    assert fields["interview_type"] == ["video"]
    assert fields["meeting_software"] == ["zoom"]
    assert {"Interview type", "Meeting Software", "Agenda", "Password"} <= {
        e.text for e in page.tree.all(where=lambda e: e.tag in ("label", "legend"))
    }


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("setup", {"agenda": ""}, "agenda", "Enter an agenda"),
    ("setup", {"agenda": " \n\t "}, "agenda", "Enter an agenda"),
    ("setup", {"agenda": "x" * 2001}, "agenda", "at most 2000"),
    ("setup", {"password": "elevenchars"}, "password", "at most 10"),
    ("setup", {"password": "with space"}, "password", "without spaces"),
    ("setup", {"password": "ümlaut"}, "password", "letters, digits"),
    ("setup", {"password": "semi;colon"}, "password", "letters, digits"),
    ("date-time", {"date": ""}, "date", "Choose a date"),
    ("date-time", {"date": "10.02.2027"}, "date", "valid date"),
    ("date-time", {"date": "2027-02-30"}, "date", "valid date"),
    ("date-time", {"time": ""}, "time", "Choose a time"),
    ("date-time", {"time": "25:00"}, "time", "valid time"),
    ("date-time", {"date": "2027-02-01", "time": "12:59"}, "time", "has passed"),
    ("date-time", {"date": "0001-01-01", "time": "00:00"}, "time", "cannot be used"),
    ("date-time", {"date": "9999-12-31", "time": "23:59"}, "time", "ahead"),
    ("date-time", {"duration_minutes": "4"}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"duration_minutes": "1441"}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"duration_minutes": "soon"}, "duration_minutes", "integer"),
    ("date-time", {"duration_minutes": "9" * 30}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"timezone": "Mars/Olympus"}, "timezone", "Choose one of these"),
    ("date-time", {"timezone": ""}, "timezone", "Choose a time zone"),
    ("attendees", {"hiring_manager": "99999"}, "hiring_manager", "Choose one of these"),
    ("attendees", {"people": ["99999"]}, "people", "Choose among these"),
    ("attendees", {"others": "somebody"}, "others", "is not a person"),
    ("attendees", {"others": "a@b.example, c@d.example"}, "others", "is not a person"),
    ("attendees", {"others": "Dina <DINA.kaur@mail.example>"}, "others", "candidate is invited anyway"),
    ("attendees", {"others": "n" * 121 + " <a@b.example>"}, "others", "too long"),
    ("attendees", {"others": "\n".join(f"p{n}@b.example" for n in range(31))}, "others", "At most 30"),
    ("details", {"title": ""}, "title", "Enter a title"),
    ("details", {"title": "x" * 201}, "title", "At most 200"),
    ("details", {"message_to_candidate": "x" * 4001}, "message_to_candidate", "4000"),
    ("details", {"internal_notes": "x" * 8001}, "internal_notes", "8000"),
]


def test_what_cannot_be_is_refused_beside_its_field_and_stays_as_typed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    drafts = {step: walk_to(ada, team.dina.id, step) for step in STEPS[:4]}
    for step, typed, field, words in REFUSED:
        page = send(ada, drafts[step], step, status=422, **typed)
        assert words in page.error_at(field), f"{step} {typed}: {page.error_at(field)}"
        assert page.title.startswith("Error: ")
        for name, value in typed.items():
            if name not in ("timezone", "hiring_manager", "people"):
                shown = page.value_of("Continue", name)
                assert " ".join(shown.split()) == " ".join(str(value).split()), f"{step} {typed}"
        # Nothing was kept, and the step can be sent right.
        assert visible_version(ada, drafts[step], step) == STEPS.index(step) + 1
    assert interviews(web) == 0


def visible_version(visitor: Visitor, draft: str, step: str) -> int:
    return int(visitor.get(f"{draft}/{step}").value_of("Continue", "version"))


def test_passcodes_that_zoom_takes_are_taken(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    for password in ("", "a", "1234567890", "aZ09@_*-", "  trimmed  "):
        send(ada, draft, "setup", password=password)
        assert ada.get(f"{draft}/setup").value_of("Continue", "password") == password.strip()


OTHERS = [
    ("", []),
    ("sam@partner.example", ["sam <sam@partner.example>"]),
    ("Sam Ortiz <sam@partner.example>", ["Sam Ortiz <sam@partner.example>"]),
    ('"Ortiz, Sam" <SAM@Partner.Example>', ["Ortiz, Sam <sam@partner.example>"]),
    ("a@b.example\r\n\r\nA@B.example\r\n c@d.example ", ["a <a@b.example>", "c <c@d.example>"]),
    ("Ben <ben@northlight.example>", []),
    ("Zoë Ångström <zoe@bücher.example>", ["Zoë Ångström <zoe@bücher.example>"]),
]


def test_other_people_are_read_one_a_line(team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "preview")
    for typed, people in OTHERS:
        send(ada, draft, "attendees", others=typed)
        letters = ada.get(f"{draft}/preview").tree.all("iframe")
        titles = [frame["title"].removeprefix("Mail to ") for frame in letters]
        assert titles[:2] == ["Dina Kaur <dina.kaur@mail.example>", "Ben Frei <ben@northlight.example>"]
        assert titles[2:] == people, typed


def test_step_opened_too_early_leads_to_the_first_that_is_missing(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    for step in STEPS[1:]:
        ada.get(f"{draft}/{step}", leads_to=f"{draft}/setup")
        ada.post(f"{draft}/{step}", {"version": "1"}, leads_to=f"{draft}/setup")
    send(ada, draft, "setup")
    ada.get(f"{draft}/finalize", leads_to=f"{draft}/date-time")
    ada.get(draft, leads_to=f"{draft}/date-time")
    ada.get(f"{draft}/setup")
    ada.get(f"{draft}/letters/0", status=404)
    ada.get(f"{draft}/no-such-step", status=404)


def test_going_back_shows_what_was_typed_and_can_be_sent_again(web: Flask, team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "details", {"attendees": {"people": [str(team.cleo.id)]}})
    page = ada.get(f"{draft}/details")
    [back] = page.tree.all("a", lambda e: e.text == "Back")
    page = ada.get(back["href"])
    assert page.heading == "Attendees"
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    ada.submit(page, "Continue", leads_to=f"{draft}/details", people=None)
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "date") == "2027-02-10"
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", date="2027-02-11")
    for step in ("details", "preview"):
        send(ada, draft, step)
    page = ada.get(f"{draft}/finalize")
    assert "Thursday, 11 February 2027" in page.text
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    with in_rows(web):
        assert db.session.get_one(Interview, 1).attendees == []


def test_half_finished_interview_waits_on_the_dashboard(clock: Clock, team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "attendees")
    [go_on] = ada.get("/").tree.all("a", lambda e: e.get("href") == draft)
    ada.get(go_on["href"], leads_to=f"{draft}/attendees")
    clock.move(timedelta(days=14, minutes=1))
    fresh = Visitor(ada.app).sign_in(team.ada.email, "correct horse battery")
    assert fresh.get(f"{draft}/attendees", status=404).heading == "Not there any more"
    assert draft not in fresh.get("/").html


def test_draft_of_somebody_else_is_not_there(team: Team, ada: Visitor, ben: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "preview")
    for step in ("setup", "preview", "finalize"):
        assert ben.get(f"{draft}/{step}", status=404).heading == "Not there any more"
        ben.post(f"{draft}/{step}", {"version": "5"}, status=404)
    ben.get(f"{draft}/letters/0", status=404)


def test_draft_about_somebody_out_of_sight_by_now_is_not_there(web: Flask, team: Team, ben: Visitor) -> None:
    draft = walk_to(ben, team.dina.id, "preview")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).hiring_manager_id = team.cleo.id
        db.session.commit()
    for step in ("setup", "preview", "finalize"):
        assert "Dina" not in ben.get(f"{draft}/{step}", status=404).text


def test_form_from_an_older_tab_overwrites_nothing_and_shows_both(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    old_tab = ada.get(f"{draft}/setup")
    send(ada, draft, "setup", agenda="What the newer tab says")
    page = ada.submit(old_tab, "Continue", status=409, agenda="What the older tab says")
    assert page.heading == "This was changed in another tab"
    assert "What the newer tab says" in page.text
    assert "What the older tab says" in page.text
    [go_on] = page.tree.all("a", lambda e: e.text == "Go on with the saved one")
    assert ada.get(go_on["href"]).value_of("Continue", "agenda") == "What the newer tab says"


def test_same_form_sent_twice_goes_on_as_if_sent_once(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    for _ in range(2):
        ada.submit(page, "Continue", leads_to=f"{draft}/date-time", agenda="The same")


def test_made_up_version_is_an_old_one(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    for version in ("", "0", "-1", "x", "9" * 30, "\u0663"):
        ada.submit(page, "Continue", status=409, agenda="x", version=version)


def test_used_draft_leads_to_its_interview(web: Flask, team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "finalize")
    page = ada.get(f"{draft}/finalize")
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    ada.post(f"{draft}/setup", {"agenda": "x", "version": "1"}, leads_to="/interviews/1")
    back = ada.get(f"{draft}/finalize")
    assert back.heading == "Already scheduled"
    assert back.tree.all("a", lambda e: e.get("href") == "/interviews/1")
    assert interviews(web) == 1


def test_no_reminders_means_no_reminders(web: Flask, team: Team, ada: Visitor) -> None:
    interview_id = schedule_by_hand(ada, team.dina.id, {"finalize": {"reminders": None}})
    with in_rows(web):
        kinds = set(db.session.scalars(db.select(Mail.kind).where(Mail.interview_id == interview_id)))
    assert kinds == {MailKind.INVITATION}


# What changed in the world between the steps and the last click.


def finalize_after(app: Flask, visitor: Visitor, draft: str, change: object) -> Visitor:
    page = visitor.get(f"{draft}/finalize")
    with in_rows(app):
        change()  # type: ignore[operator]
        db.session.commit()
        tasks = db.session.scalar(db.select(db.func.count(Task.id)))
    answer = visitor.submit(page, "Schedule Interview", status=303)
    with in_rows(app):
        assert db.session.scalar(db.select(db.func.count(Interview.id))) == 0
        assert db.session.scalar(db.select(db.func.count(Task.id))) == tasks
        assert db.session.scalar(db.select(Draft.used_at).where(Draft.id == draft.rpartition("/")[2])) is None
    visitor.app.extensions["landed"] = path_of(answer.headers["Location"]).rpartition("/")[2]
    landed = visitor.follow(answer)
    assert "no longer" in landed.messages
    return visitor


def test_job_closed_meanwhile_is_asked_about_again(web: Flask, team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "finalize")

    def close() -> None:
        db.session.get_one(Job, team.job_id).is_open = False

    finalize_after(web, ada, draft, close)
    assert web.extensions["landed"] == "setup"


def test_interview_never_moves_to_another_job_by_itself(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get(f"/candidates/{team.dina.id}")
    ada.submit(page, "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    options = {
        o.text: o["value"] for o in page.tree.all("option") if o.parent and o.parent.get("name") == "job"
    }
    assert set(options) == {"Backend Engineer", "Product Designer"}
    ada.submit(
        page, "Continue", leads_to=f"{draft}/date-time", agenda="Talk", job=options["Backend Engineer"]
    )
    for step in ("date-time", "attendees", "details", "preview"):
        send(ada, draft, step)
    assert ada.get(f"{draft}/finalize").text.count("Backend Engineer Interview") == 1

    def close() -> None:
        db.session.get_one(Job, team.job_id).is_open = False

    finalize_after(web, ada, draft, close)
    assert web.extensions["landed"] == "setup"
    send(ada, draft, "setup", job=options["Product Designer"])


def test_candidate_on_several_jobs_needs_one_chosen(web: Flask, team: Team, ada: Visitor) -> None:
    ada.submit(ada.get(f"/candidates/{team.dina.id}"), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    page = send(ada, draft, "setup", status=422, job=None)
    assert page.error_at("job")
    page = send(ada, draft, "setup", status=422, job="99999")
    assert page.error_at("job")


def test_hiring_manager_who_left_meanwhile_is_asked_about_again(web: Flask, team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "finalize")

    def leave() -> None:
        db.session.get_one(User, team.ben.id).is_active = False

    finalize_after(web, ada, draft, leave)
    assert web.extensions["landed"] == "attendees"


def test_time_that_passed_meanwhile_is_asked_about_again(
    clock: Clock, web: Flask, team: Team, ada: Visitor
) -> None:
    soon = {"date": "2027-02-01", "time": "13:10"}
    draft = walk_to(ada, team.dina.id, "finalize", {"date-time": soon})
    finalize_after(web, ada, draft, lambda: clock.move(timedelta(minutes=11)))
    assert web.extensions["landed"] == "date-time"
    send(ada, draft, "date-time", status=422, **soon)


# Clashes


def test_clash_needs_the_tick(web: Flask, team: Team, ada: Visitor) -> None:
    schedule_by_hand(ada, team.dina.id)
    with in_rows(web):
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    draft = walk_to(ada, other.id, "date-time")
    page = send(ada, draft, "date-time", status=422, time="09:30")
    assert "Ben Frei has another interview" in page.text
    assert "tick that it is all right" in page.error_at("clash_ok")
    send(ada, draft, "date-time", time="09:45")
    send(ada, draft, "date-time", time="08:15")
    page = send(ada, draft, "date-time", status=422, time="09:30")
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", clash_ok="y")
    page = ada.get(f"{draft}/date-time")
    assert page.fields("Continue")["clash_ok"] == ["y"]
    for step in ("attendees", "details", "preview", "finalize"):
        send(ada, draft, step)
    assert interviews(web) == 2


def test_clash_of_somebody_added_later_is_found_at_the_end(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
    schedule_by_hand(ada, omar.id)
    draft = walk_to(ada, team.dina.id, "finalize", {"attendees": {"people": [str(team.cleo.id)]}})
    page = send(ada, draft, "finalize", status=422)
    assert page.heading == "Date & Time"
    assert "Cleo Marin got another interview" in page.error_at("clash_ok")
    assert "Cleo Marin has another interview from" in page.text
    assert interviews(web) == 1
    ada.submit(page, "Continue", status=303, clash_ok="y")
    send(ada, draft, "finalize")
    assert interviews(web) == 2


def test_clash_that_arose_between_the_last_two_clicks_is_found(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    draft = walk_to(ada, team.dina.id, "finalize")
    page = ada.get(f"{draft}/finalize")
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=clock.now.replace(day=10, hour=8, minute=30))
    answer = ada.submit(page, "Schedule Interview", status=422)
    assert "Ben Frei got another interview" in answer.error_at("clash_ok")
    assert interviews(web) == 1


def test_only_busy_people_clash(web: Flask, team: Team, ada: Visitor, sign_in: SignIn) -> None:
    schedule_by_hand(ada, team.dina.id)
    with in_rows(web):
        eva = create_user("Eva Lang", team.cleo.role)
        job_id = create_job("Data Analyst", eva)
        nora = create_candidate("Nora Lund", "nora@mail.example", job_id)
    schedule_by_hand(sign_in(eva), nora.id)
    assert interviews(web) == 2
