"""Sending a list of candidates, and confirming what it would do, as a person does it."""

import re
from typing import Any

from extensions import db
from models import Candidate
from tests.factories import Team
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor

LIST = (
    "name,email,phone,timezone\r\n"
    "Omar Haddad,OMAR@mail.example,+41 44 668 1800,Europe/Zurich\r\n"
    '"Lee, Ann",ann@mail.example,,\r\n'
)


def send(visitor: Visitor, team: Team, text: str, **fields: Any) -> str:
    """Send a list, and return the address of the page that shows what it would do."""
    answer = visitor.post("/candidates/import", {"job": team.job_id, "text": text, **fields}, status=303)
    return str(answer.headers["Location"])


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


def confirm(visitor: Visitor, address: str, *, status: int = 303) -> str:
    seen = seen_on(visitor.get(address).html)
    return visitor.post(address, {"seen": seen}, status=status).html


def people(rows: Rows) -> set[str]:
    with rows():
        return set(db.session.scalars(db.select(Candidate.email)))
