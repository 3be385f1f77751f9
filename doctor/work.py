"""Background work: whether it is running, and whether any was given up."""

from __future__ import annotations

from flask import current_app

from accounts import copies, restored
from doctor.results import Result, broken, look, ok
from own_commands import command_line
from tasks.attention import work_needing_attention
from timezones import utc_now
from wording import counted, duration
from work.findings import OVERDUE_FOR, background_state

_WHY = "No meetings are made, and no emails are sent."


def check(_seconds: float) -> list[Result]:
    """The heartbeat, overdue work, and work that someone has to look at."""
    if restored.is_held_back():
        return [
            broken(
                "Background work",
                "It is paused, because this server was restored from a backup.",
                _WHY,
                f"Open this address as an owner or admin and decide, or run: {command_line('tasks resume')}",
                f"{current_app.config['BASE_URL']}/settings/restored",
            )
        ]
    if copies.is_paused(current_app.config["INSTALLATION_ID"]):
        return [
            broken(
                "Background work",
                "It is paused, because this looks like a copy of another installation.",
                _WHY,
                f"If the original no longer runs: {command_line('tasks resume')}. If this is to be another "
                "server of the same installation, give it the same keys, as docs/scaling.md says.",
            )
        ]
    return [_heartbeat(), _attention()]


def _heartbeat() -> Result:
    name, is_expected = "Heartbeat", current_app.config["SCHEDULER_ENABLED"]
    state = background_state(utc_now(), is_expected=is_expected)
    if any(finding.level == "danger" for finding in state.findings):
        return broken(name, "Background work has stopped.", _WHY, "Restart the server.")
    if state.overdue > OVERDUE_FOR:
        late = duration(int(state.overdue.total_seconds()) // 60)
        return look(
            name,
            f"The oldest work that is due has waited for {late}.",
            "Meetings and emails come late.",
            "Restart the server; if it stays late, look into its log.",
        )
    if not is_expected:
        return ok(name, "This server leaves background work to others (SCHEDULER_ENABLED).")
    return ok(name, "Background work goes on, and nothing is overdue.")


def _attention() -> Result:
    name, pieces = "Given up or failing", work_needing_attention()
    if not pieces:
        return ok(name, "Nothing needs attention.")
    needs = "needs" if len(pieces) == 1 else "need"
    return look(
        name,
        f"{counted(len(pieces), 'piece of work', 'pieces of work')} {needs} attention.",
        "Someone may wait for an email or a link.",
        f"Look at the System log, or run: {command_line('tasks list --attention')}",
    )
