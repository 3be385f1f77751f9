"""The System log: what needs someone's attention, and who did what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts import audit
from accounts.audit import Event
from connections.catalogue import label_of
from connections.findings import connections_to_renew, grants_that_end_early
from extensions import db
from models import AuditEntry
from scheduling.meetings import comparing
from scheduling.meetings.wanting import SYNC_MEETING
from scheduling.reading.troubles import Trouble, email_troubles, meeting_troubles
from tasks.attention import WaitingWork, try_again_now, work_needing_attention
from timezones import in_zone, local_moment, utc_now, zone_data_version
from web.banners import banners
from web.lists import options_of
from web.notices import say
from web.signed_in import actor
from work.findings import background_state

# Signing in happens all day long and would hide the one line that matters.
_ROUTINE = frozenset({Event.SIGNED_IN, Event.SIGNED_OUT})
_EVERYTHING = "all"
_SHOWN = 50


def system_log() -> ResponseReturnValue:
    user, wanted = actor(), request.args.get("event", "")
    event = next((known for known in Event if known.value == wanted), None)
    chosen = event.value if event is not None else _EVERYTHING if wanted == _EVERYTHING else ""
    page = audit.entries(
        event,
        request.args.get("page", 1, type=int),
        without=frozenset() if chosen else _ROUTINE,
    )
    background = background_state(utc_now(), is_expected=current_app.config["SCHEDULER_ENABLED"])
    findings = [*background.findings, *grants_that_end_early()]
    options = [(_EVERYTHING, "Everything"), *((known.value, known.label) for known in Event)]
    meetings, work = meeting_troubles(user, limit=_SHOWN), work_needing_attention()
    # An email whose work was given up is told with the work, which brings both back.
    given_up = {piece.mail_id for piece in work}
    emails = [each for each in email_troubles(user, limit=_SHOWN) if each.mail_id not in given_up]
    html = render_template(
        "settings/system_log.html",
        findings=findings,
        # What is above the list needs attention as much as what is on it.
        has_notices=bool(findings) or any(banner.level != "info" for banner in banners()),
        troubles=[*meetings, *emails],
        to_renew=[(row.user.name, label_of(row.app), row.problem_since) for row in connections_to_renew()],
        work=_not_told_already(work, meetings),
        orphans=comparing.listed_orphans(),
        zone_data=zone_data_version(),
        page=page,
        days=_by_day(page.entries, user.timezone),
        event=chosen,
        event_options=options_of("Without sign-ins", options),
    )
    return htmx.at_address(make_response(html), url_for("settings.system_log", event=chosen or None))


def _not_told_already(work: list[WaitingWork], meetings: list[Trouble]) -> list[WaitingWork]:
    """Without work that keeps failing for a meeting, which is told with the meeting. What was given up stays,
    because it has to be brought back."""
    told = {trouble.interview_id for trouble in meetings}
    return [
        piece
        for piece in work
        if not (piece.kind == SYNC_MEETING.name and piece.state != "given_up" and piece.interview_id in told)
    ]


def _by_day(entries: Iterable[AuditEntry], zone: str) -> list[tuple[str, list[AuditEntry]]]:
    """The entries in their order, with the day in the reader's zone on which they were made."""
    today = in_zone(utc_now(), zone).date()
    named = {today: "Today", today - timedelta(days=1): "Yesterday"}
    days = []
    for on, of_day in groupby(entries, lambda entry: in_zone(entry.at, zone).date()):
        these = list(of_day)
        days.append((named.get(on, local_moment(these[0].at, zone).date), these))
    return days


def retry_work(task_id: int) -> ResponseReturnValue:
    words = try_again_now(task_id)
    if words is None:
        say("Nothing to try again: it's already done or in progress.", "info")
    else:
        audit.record(Event.WORK_RETRIED, f"Tried again: {words}.", actor())
        say("Trying again now.")
    db.session.commit()
    return redirect(url_for("settings.system_log"), 303)


def remove_orphan(orphan_id: int) -> ResponseReturnValue:
    if comparing.remove(actor(), orphan_id):
        say("Removing it now.")
    else:
        say("It isn't there anymore.", "info")
    db.session.commit()
    return redirect(url_for("settings.system_log"), 303)


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of the settings."""
    blueprint.get("/system-log")(system_log)
    blueprint.post("/system-log/retry/<int:task_id>")(retry_work)
    blueprint.post("/system-log/orphans/<int:orphan_id>/remove")(remove_orphan)
