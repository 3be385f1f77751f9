"""The task that answers a request for a new password, when there is someone to answer."""

from __future__ import annotations

from accounts.passwords import ResetRequests, answer_reset_request
from work.protocol import ClaimedTask, Done, Handler, Next


def answer_reset_requests(requests: ResetRequests, mail_domain: str) -> Handler:
    """The handler that finds out whose address was typed and queues their email."""

    def record(task: ClaimedTask) -> Next:
        person = requests.person_behind(str(task.payload["who"]))
        if person is not None:
            answer_reset_request(person, mail_domain)
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the person can ask again, and the page told them so."""

    return Handler.deciding(record, gave_up)
