"""The task that answers a request for a new password, when there is somebody to answer."""

from __future__ import annotations

from accounts.passwords import ResetRequests, answer_reset_request
from extensions import db
from models import User
from scheduling.rules import Rules
from work.runner import ClaimedTask, Done, Handler, Next


def answer_reset_requests(requests: ResetRequests, rules: Rules) -> Handler:
    """The handler that finds out whose address was typed and queues their mail."""

    def load(task: ClaimedTask) -> int | None:
        person = requests.person_behind(str(task.payload["who"]))
        return person.id if person is not None else None

    def call(user_id: int) -> None:
        """Nothing outside is needed: the mail is a task of its own."""

    def record(user_id: int, outcome: None) -> Next:
        answer_reset_request(db.session.get_one(User, user_id), rules)
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: whoever asked may ask again, and is told so on the page."""

    return Handler(load, call, record, gave_up)
