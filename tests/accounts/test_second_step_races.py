"""One code sent several times at once. Locking is the subject, so both databases are asked."""

from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from tests.accounts.phones import Phone, first_step
from tests.factories import Team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.clock import Clock
from tests.pages.visitor import Visitor


@pytest.fixture
def web(clock: Clock, database_url: str, instance_path: Path, lend_app: LendApp) -> Flask:
    """The app on each kind of database in turn."""
    return lend_app(settings_for(database_url, instance_path))


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["code", "recovery-code"])
def test_only_one_of_several_who_send_one_code_at_once_gets_in(
    web: Flask, team: Team, phone: Phone, kind: str
) -> None:
    visitors = [first_step(web, team.ben, f"198.51.100.{number}")[0] for number in range(4)]
    code = phone.next_code() if kind == "code" else phone.codes[0]
    answers: list[int] = []

    def send(visitor: Visitor) -> None:
        data = {"csrf_token": visitor.token(), "code": code}
        answer = visitor.client.post(f"/login/{kind}", base_url=visitor.base_url, data=data)
        answers.append(answer.status_code)

    threads = [Thread(target=send, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422, 422, 422]
