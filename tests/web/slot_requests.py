"""Interviews for which a candidate is asked to choose a time, and the page for that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from extensions import db
from models import AnswerKind, CandidateAnswer, Interview, InterviewStatus, Mail, MailState, RequestState
from scheduling.slots import offered
from services import services
from tests.factories import Team, request_slots
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

CHOOSE, NONE_WORK = "Choose this time", "None of these work"


class Asked:
    """An interview for which the candidate is asked to choose a time, with what tests want to know about
    it."""

    def __init__(self, app: Flask, interview_id: int) -> None:
        self.app, self.id = app, interview_id

    @property
    def address(self) -> str:
        with in_rows(self.app):
            link: str = services(self.app).candidate_links.page(db.session.get_one(Interview, self.id))
        return link.removeprefix("http://localhost")

    def status(self) -> InterviewStatus:
        with in_rows(self.app):
            return db.session.get_one(Interview, self.id).status

    @property
    def starts_at(self) -> datetime:
        with in_rows(self.app):
            return db.session.get_one(Interview, self.id).starts_at

    def slot(self, number: int) -> int:
        """The id of one of the times, counting from one."""
        with in_rows(self.app):
            return offered(db.session.get_one(Interview, self.id))[number - 1].id

    def said(self) -> list[tuple[AnswerKind, str, RequestState | None]]:
        with in_rows(self.app):
            rows = db.session.scalars(db.select(CandidateAnswer).order_by(CandidateAnswer.id))
            return [(row.kind, row.words, row.state) for row in rows]

    def told(self, kind: str) -> list[str]:
        with in_rows(self.app):
            names = db.session.scalars(db.select(Mail.name).where(Mail.kind == kind).order_by(Mail.id))
            return list(names)


def new_request(app: Flask, team: Team, *starts: datetime, **how: Any) -> Asked:
    with in_rows(app):
        made = request_slots(team.ada, team.dina, *starts, **how)
        for mail in db.session.scalars(db.select(Mail)):
            mail.state = MailState.SENT
        db.session.commit()
    return Asked(app, made)


def times_on(page: Page) -> dict[str, list[str]]:
    """The times that can be chosen, by day."""
    return {
        day.all("legend")[0].text: [label.text for label in day.all("label")]
        for day in page.tree.all("fieldset")
    }


def links(page: Page, *words: str) -> list[str]:
    """The addresses of the links with one of these texts."""
    return [link["href"] for link in page.tree.all("a", lambda e: e.text in words)]


def choose(visitor: Visitor, asked: Asked, number: int) -> Page:
    page = visitor.get(asked.address)
    return visitor.follow(visitor.submit(page, CHOOSE, slot=asked.slot(number), leads_to=asked.address))
