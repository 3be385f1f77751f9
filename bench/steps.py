"""Measures the pages of Schedule Interview: `python -m bench.steps --help`.

One question: how much longer does a step take, shown and sent, than a bare page that reads and saves a draft
with a form of that size? All are requested in turns over HTTP, one at a time, so that other load on the
machine affects all of them equally. The last click, which schedules, is measured by `python -m bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGTERM
from statistics import median

import requests

from bench import installation
from bench.installation import PASSWORD, THREADS, WORKERS, Installation
from tests.machines.processes import end_group, free_port, start, wait_until
from tests.machines.servers import ServerProcesses

AIM = 3.0
WARM_UP = 10
STEPS = ("setup", "date-time", "attendees", "details", "preview", "finalize")

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.steps", description="Measure the dialog's pages.")
    parser.add_argument("--times", type=int, default=100, help="how often each page is asked (default: 100)")
    times = parser.parse_args().times
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-steps-") as name, ExitStack() as stack:
        place = installation.make(Path(name), candidates_each=1)
        dialog = stack.enter_context(_product(place))
        bare = stack.enter_context(_bare(place))
        dialog.begin(place.team[0].candidate_ids[0])
        shown, sent = _in_turns(dialog, bare, times)
    lines = [f"{'median of server answers':<34}{'shown':>10}{'ratio':>8}{'sent':>11}{'ratio':>8}"]
    bare_shown, bare_sent = median(shown["bare"]), median(sent["bare"])
    lines.append(f"  {'bare page':<32}{bare_shown * 1000:7.1f} ms{'':8}{bare_sent * 1000:8.1f} ms")
    for step in STEPS:
        line = f"  {step:<32}{median(shown[step]) * 1000:7.1f} ms{median(shown[step]) / bare_shown:8.2f}"
        if sent[step]:
            line += f"{median(sent[step]) * 1000:8.1f} ms{median(sent[step]) / bare_sent:8.2f}"
        lines.append(line)
    every_shown = median([seconds for step in STEPS for seconds in shown[step]]) / bare_shown
    every_sent = median([seconds for step in STEPS for seconds in sent[step]]) / bare_sent
    verdict = "reached" if max(every_shown, every_sent) <= AIM else "missed"
    lines.append("")
    lines.append(
        f"  all steps / bare page: shown {every_shown:.2f}, sent {every_sent:.2f}"
        f"   aim: {AIM:.1f} or less, {verdict}"
    )
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    lines.append(f"\n{machine}. Took {time.monotonic() - began:.0f} seconds.")
    sys.stdout.write("\n".join(["", *lines, ""]))


class _Browser:
    """A browser with its cookies that measures how long the server took."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.trust_env = False
        self.page = ""

    def shown(self, address: str) -> float:
        answer = self.http.get(f"{self.base_url}{address}", timeout=60, allow_redirects=False)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        self.page = answer.text
        return answer.elapsed.total_seconds()

    def sent(self, address: str, fields: dict[str, str]) -> float:
        """Send the form of the page that was shown last."""
        data = {**self._hidden(), **fields}
        answer = self.http.post(f"{self.base_url}{address}", data=data, timeout=60, allow_redirects=False)
        assert answer.status_code == 303, f"{address} answered {answer.status_code}"
        self.page = answer.headers["Location"]
        return answer.elapsed.total_seconds()

    def _hidden(self) -> dict[str, str]:
        tags = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(self.page)]
        wanted = ("csrf_token", "version")
        return {tag["name"]: tag.get("value", "") for tag in tags if tag.get("name") in wanted}


class _Dialog(_Browser):
    """One person with one draft, whose steps are opened and sent again and again."""

    def __init__(self, base_url: str, place: Installation) -> None:
        super().__init__(base_url)
        member = place.team[0]
        starts_at = datetime.now(UTC) + timedelta(days=3)
        self.answers: dict[str, dict[str, str]] = {
            "setup": {
                "interview_type": "video",
                "meeting_software": "zoom",
                "agenda": "Introduction, experience discussion, Q&A",
            },
            "date-time": {
                "date": f"{starts_at:%Y-%m-%d}",
                "time": "09:00",
                "duration_minutes": "45",
                "timezone": "Europe/Berlin",
            },
            "attendees": {"hiring_manager": str(member.user_id), "people": str(place.team[1].user_id)},
            "details": {"title": "Engineer Interview", "message_to_candidate": "See you soon."},
            "preview": {},
        }
        self.shown("/login")
        self.sent("/login", {"email": member.email, "password": PASSWORD})

    def begin(self, candidate_id: int) -> None:
        self.shown(f"/candidates/{candidate_id}")
        self.sent(f"/candidates/{candidate_id}/schedule", {})
        self.draft = self.page.rpartition("/")[0].removeprefix(self.base_url)
        for step, fields in self.answers.items():
            self.shown(f"{self.draft}/{step}")
            self.sent(f"{self.draft}/{step}", fields)


def _in_turns(
    dialog: _Dialog, bare: _Browser, times: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The seconds of every answer, by step, and those of the bare page; the first ones are left out."""
    shown: dict[str, list[float]] = {name: [] for name in ("bare", *STEPS)}
    sent: dict[str, list[float]] = {name: [] for name in ("bare", *STEPS)}
    for turn in range(WARM_UP + times):
        if turn == WARM_UP:
            for measured in (*shown.values(), *sent.values()):
                measured.clear()
        shown["bare"].append(bare.shown("/"))
        sent["bare"].append(bare.sent("/", {"kind": "video", "software": "zoom", "agenda": "Introduction"}))
        for step in STEPS:
            shown[step].append(dialog.shown(f"{dialog.draft}/{step}"))
            if step in dialog.answers:
                sent[step].append(dialog.sent(f"{dialog.draft}/{step}", dialog.answers[step]))
    return shown, sent


@contextmanager
def _product(place: Installation) -> Iterator[_Dialog]:
    servers = ServerProcesses(place.folder, place.settings({"SCHEDULER_ENABLED": "false"}))
    try:
        [process] = servers.start(1, workers=WORKERS, threads=THREADS)
        yield _Dialog(process.base_url, place)
        process.terminate()
    finally:
        servers.end_all()


@contextmanager
def _bare(place: Installation) -> Iterator[_Browser]:
    """The bare page on its own server, with a copy of the database and its own draft."""
    database, port = place.folder / "bare.sqlite3", free_port()
    with closing(sqlite3.connect(place.database)) as source, closing(sqlite3.connect(database)) as copy:
        source.backup(copy)
        copy.execute(
            "INSERT INTO drafts"
            " (id, owner_id, candidate_id, subject, payload, typed, version, created_at, updated_at)"
            " VALUES ('bare', 1, 1, 'new_interview', '{\"agenda\": [\"Introduction\"]}', '{}', 1, ?, ?)",
            (datetime.now(UTC).replace(tzinfo=None).isoformat(" "),) * 2,
        )
        copy.commit()
    process: subprocess.Popen[bytes] = start(
        [
            *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
            *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
            "bench.bare_steps:application()",
        ],
        log=place.folder / "bare.log",
        # Not in the product's folder, because gunicorn would read the gunicorn.conf.py there.
        cwd=place.folder,
        settings={"BARE_DATABASE_URL": f"sqlite:///{database}"},
    )
    browser = _Browser(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: _answers(browser), what="the bare page answers", timeout=40, every=0.1)
        yield browser
    finally:
        end_group(process, how=SIGTERM, timeout=20)


def _answers(browser: _Browser) -> bool:
    try:
        return browser.shown("/") > 0
    except requests.RequestException:
        return False


if __name__ == "__main__":
    main()
