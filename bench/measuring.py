"""What is measured, and how: one interview at a time, alternating with the bare page, then ten at once."""

from __future__ import annotations

import smtplib
import sys
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

import requests

from bench.installation import PASSWORD, BareServer, Installation, TeamMember, address
from tests.machines.person import Click, OpenDialog, Person
from tests.machines.simulators import Simulators

_BARE_MAILS = _BARE_CALLS = 20


@dataclass(frozen=True)
class Scheduled:
    """One interview: the click, and when the mail server accepted the candidate's invitation."""

    click: Click
    candidate: str
    accepted_at: float = 0.0

    @property
    def seconds_to_mail(self) -> float:
        return self.accepted_at - self.click.at


class Team:
    """The ten people, with what each still has to schedule. Each of them gets two interviews a day."""

    def __init__(
        self,
        base_url: str | Sequence[str],
        members: tuple[TeamMember, ...],
        first_day: datetime,
        *,
        already_used: int,
    ) -> None:
        """The first `already_used` candidates of each person are left out, because they have their interview.
        Several servers share the people evenly."""
        self._members = members
        servers = cycle([base_url] if isinstance(base_url, str) else base_url)
        self._people = [
            Person(server, member.email, PASSWORD) for server, member in zip(servers, members, strict=False)
        ]
        self._left = [deque(list(enumerate(m.candidate_ids))[already_used:]) for m in members]
        self._first_day = first_day

    def __len__(self) -> int:
        return len(self._people)

    def sign_in(self) -> None:
        for person in self._people:
            person.sign_in()

    def connect_zoom(self) -> None:
        for person in self._people:
            person.connect_zoom()

    def fill_in(self, member: int) -> tuple[OpenDialog, str]:
        """Open a dialog for this member's next candidate; returns it with the candidate's address."""
        number, candidate_id = self._left[member].popleft()
        starts_at = self._first_day + timedelta(hours=12 * number)
        dialog = self._people[member].fill_in(candidate_id, self._members[member].user_id, starts_at)
        return dialog, address(member, number)

    def click(self, member: int, dialog: OpenDialog) -> Click:
        return self._people[member].schedule(dialog)


def alternating(
    team: Team, installation: Installation, bare: BareServer, count: int
) -> tuple[list[Scheduled], list[float]]:
    """Schedule `count` interviews one at a time, with one POST to the bare page after each.

    Every click waits until the background work of the previous one is done. Returns the interviews and the
    seconds that the bare page took.
    """
    scheduled, bare_seconds = [], []
    http = requests.Session()
    http.trust_env = False
    for number in range(count):
        dialog, candidate = team.fill_in(number % len(team))
        installation.wait_until_quiet()
        scheduled.append(Scheduled(team.click(number % len(team), dialog), candidate))
        installation.wait_until_quiet()
        answer = http.post(bare.base_url, allow_redirects=False, timeout=60)
        assert answer.status_code == 303, answer.status_code
        bare_seconds.append(answer.elapsed.total_seconds())
        say_progress("one at a time", number + 1, count)
    return scheduled, bare_seconds


def all_at_once(team: Team, installation: Installation, count: int) -> tuple[list[Scheduled], float]:
    """Let everyone schedule at the same time, `count` interviews in all.

    Returns them and the seconds from the first page to the last email.
    """
    done: list[Scheduled] = []
    began = time.monotonic()

    def work(member: int) -> None:
        for _ in range(count // len(team)):
            dialog, candidate = team.fill_in(member)
            done.append(Scheduled(team.click(member, dialog), candidate))
            say_progress("ten at once", len(done), count)

    with ThreadPoolExecutor(len(team)) as pool:
        for outcome in [pool.submit(work, member) for member in range(len(team))]:
            outcome.result()
    installation.wait_until_quiet()
    return done, time.monotonic() - began


def with_acceptance(scheduled: list[Scheduled], simulators: Simulators) -> list[Scheduled]:
    """Add when each candidate's invitation was accepted. Raises KeyError for one that never was."""
    listed = requests.get(f"{simulators.mailbox_url}/api/mails", timeout=60).json()
    accepted: dict[str, float] = {}
    for mail in listed:
        at = datetime.fromisoformat(mail["received_at"]).timestamp()
        accepted.setdefault(mail["envelope_to"], at)
    return [Scheduled(each.click, each.candidate, accepted[each.candidate]) for each in scheduled]


def bare_zoom_seconds(simulators: Simulators) -> list[float]:
    """How long Zoom takes to answer, measured alone, on a connection that is kept open.

    Given a token that it does not know, it waits as long as for any call but then only refuses, so making a
    meeting takes a little longer.
    """
    with requests.Session() as http:
        http.trust_env = False
        return [_seconds_to_refuse(http, simulators) for _ in range(_BARE_CALLS)]


def _seconds_to_refuse(http: requests.Session, simulators: Simulators) -> float:
    answer = http.post(
        f"{simulators.zoom_url}/v2/users/me/meetings",
        json={"topic": "Engineer Interview"},
        headers={"Authorization": "Bearer unknown"},
        timeout=60,
    )
    assert answer.status_code == 401, answer.status_code
    return answer.elapsed.total_seconds()


def bare_mail_seconds(simulators: Simulators) -> list[float]:
    """How long the mail server takes to accept an invitation, connecting included, measured alone.

    The invitation is an unchanged copy of one that was sent before, so that only sending it counts.
    """
    first = requests.get(f"{simulators.mailbox_url}/api/mails", timeout=60).json()[0]["id"]
    invitation = requests.get(f"{simulators.mailbox_url}/api/mails/{first}/raw", timeout=60).content
    return [_seconds_to_send(simulators, invitation) for _ in range(_BARE_MAILS)]


def _seconds_to_send(simulators: Simulators, mail: bytes) -> float:
    began = time.perf_counter()
    with smtplib.SMTP(simulators.smtp_host, simulators.smtp_port, local_hostname="bench.example") as server:
        server.sendmail("bench@northlight.example", "bench@mail.example", mail)
        return time.perf_counter() - began


def say_progress(what: str, done: int, count: int) -> None:
    """Print a line now and then, so that people see it is still running."""
    if done == count or done % 50 == 0:
        sys.stderr.write(f"  {what}: {done} of {count}\n")
