"""A database that is used with another instance folder does no background work until someone decides."""

import pytest
from flask import Flask

from accounts import copies
from accounts.findings import copied_installation
from background import work_once
from extensions import db
from models import Mail, MailState, Organization
from own_commands import command_line
from tests.factories import Team, create_team, schedule
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

PAGE = "/settings/copy"
LOG = "/settings/system-log"
WARNING = "This looks like a copy of another installation"


@pytest.fixture
def people(set_up: Flask, seeded: Seeded) -> Team:
    return seeded(set_up, create_team)


@pytest.fixture
def copied(set_up: Flask, people: Team) -> Flask:
    with in_rows(set_up):
        db.session.get_one(Organization, 1).installation_id = "the original's"
        db.session.commit()
    return set_up


def states_of_mails(app: Flask) -> set[MailState]:
    with in_rows(app):
        return set(db.session.scalars(db.select(Mail.state)))


def work_starts(app: Flask, people: Team) -> int:
    with in_rows(app):
        schedule(people.ben, people.dina, software=None)
    return work_once(app)


def test_copy_does_nothing_in_the_background(copied: Flask, people: Team) -> None:
    assert work_starts(copied, people) == 0
    assert states_of_mails(copied) == {MailState.QUEUED}
    answer = copied.test_client().get("/healthz")
    assert (answer.status_code, answer.json and answer.json["status"]) == (503, "paused")
    # To find what would keep people from the page where they decide.
    answer = copied.test_client().get("/healthz?paused=ok")
    assert (answer.status_code, answer.json and answer.json["status"]) == (200, "paused")


def test_everyone_reads_that_it_is_a_copy_and_owners_and_admins_can_decide(
    copied: Flask, people: Team
) -> None:
    ada = Visitor(copied).enter(people.ada)
    home = ada.get("/")
    assert WARNING in home.text
    assert [link["href"] for link in home.tree.all("a") if link.text == "Decide"] == [PAGE]
    ben = Visitor(copied).enter(people.ben)
    assert f"{WARNING}, so background work is paused" in ben.get("/").text
    assert "An owner or admin has to decide" in ben.get("/").text
    ben.get(PAGE, status=403)
    ben.post(f"{PAGE}/resume", status=403)


def test_copy_resumes_and_does_what_waited(copied: Flask, people: Team) -> None:
    assert work_starts(copied, people) == 0
    ada = Visitor(copied).enter(people.ada)
    done = ada.follow(ada.submit(ada.get(PAGE), "Resume background work", leads_to=LOG))
    assert "Background work has resumed" in done.text
    assert WARNING not in done.text
    assert work_once(copied) > 0
    assert copied.test_client().get("/healthz").json["status"] != "paused"  # type: ignore[index]
    ada.get(PAGE, status=303, leads_to=LOG)


def test_copy_stays_paused_on_purpose_and_can_still_resume(copied: Flask, people: Team) -> None:
    ada = Visitor(copied).enter(people.ada)
    kept = ada.follow(ada.submit(ada.get(PAGE), "Stay paused", leads_to=LOG))
    assert "Background work stays paused." in kept.text
    assert "This is a copy." in kept.text
    assert WARNING not in kept.text
    assert work_starts(copied, people) == 0
    page = ada.get(PAGE)
    assert not page.has_button("Stay paused")
    ada.submit(page, "Resume background work", leads_to=LOG)
    assert work_once(copied) > 0


def test_decision_counts_for_one_folder_only(copied: Flask, people: Team) -> None:
    with in_rows(copied):
        organization = db.session.get_one(Organization, 1)
        organization.stays_paused_as = "a third folder's"
        told = copied_installation(organization, copied.config["INSTALLATION_ID"], may_decide=True)
    assert told is not None
    assert WARNING in told.words


def test_command_lets_a_copy_work_and_refuses_where_nothing_is_paused(copied: Flask, people: Team) -> None:
    run = copied.test_cli_runner().invoke
    refused = run(args=["tasks", "work"])
    assert refused.exit_code == 1
    assert command_line("tasks resume") in refused.output
    assert run(args=["tasks", "resume"]).exit_code == 0
    assert run(args=["tasks", "work"]).exit_code == 0
    assert "not paused" in run(args=["tasks", "resume"]).output


def test_installation_before_its_first_run_is_not_a_copy(app: Flask) -> None:
    with in_rows(app):
        assert not copies.is_paused(app.config["INSTALLATION_ID"])
