"""Scheduling an interview moves the application to the stage Interview."""

import pytest
from flask import Flask

from extensions import db
from models import Application, Interview, Stage, User
from scheduling.commands.cancel import Cancellation, cancel_interview
from services import services
from tests.factories import create_team, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send


@pytest.mark.parametrize("before", Stage)
def test_scheduling_moves_new_and_screening_to_interview(sqlite_app: Flask, before: Stage) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        db.session.get_one(Application, team.dina.application_id).stage = before
        db.session.commit()
        interview_id = schedule(team.ada, team.dina)
    with in_rows(sqlite_app):
        interview = db.session.get_one(Interview, interview_id)
        moves = before in (Stage.NEW, Stage.SCREENING)
        assert interview.application.stage is (Stage.INTERVIEW if moves else before)
        told = [(each.words, each.actor_id) for each in interview.timeline if "moved" in each.words]
        assert told == ([(f"Dina Kaur moved from {before.label} to Interview", team.ada.id)] if moves else [])


def test_cancelling_leaves_the_stage(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        ada = db.session.get_one(User, team.ada.id)
        cancel_interview(ada, interview, Cancellation("Ill"), services().rules)
        db.session.commit()
        assert interview.application.stage is Stage.INTERVIEW


def test_scheduler_is_told_only_about_a_move(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
    ada = Visitor(sqlite_app).enter(team.ada)
    for day, moves in (("2027-02-10", True), ("2027-02-11", False)):
        draft = draft_at(ada, team.dina.id, "finalize", {"date-time": {"date": day}})
        page = ada.get(send(ada, draft, "finalize").headers["Location"])
        assert "Interview scheduled." in page.text
        assert ("Dina moved to Interview." in page.text) is moves
