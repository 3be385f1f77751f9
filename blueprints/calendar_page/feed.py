"""People's own interviews in their calendar app: the page with the feed's address, and the feed."""

from __future__ import annotations

import hashlib

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import feeds
from extensions import db
from messaging.feeds import FeedEvent, build_feed
from scheduling.reading.own_interviews import AHEAD, BACK, OwnInterview, own_interviews
from services import services
from timezones import utc_now
from web.notices import say
from web.signed_in import actor, current_organization
from wording import listed


def subscribe() -> ResponseReturnValue:
    own = feeds.feed_of(actor())
    return render_template(
        "calendar_page/subscribe.html",
        address=services().account_links.calendar_feed(own) if own is not None else None,
        since=own.created_at if own is not None else None,
        weeks_back=BACK.days // 7,
        months_ahead=AHEAD.days // 30,
    )


def renew_feed() -> ResponseReturnValue:
    had_one = feeds.feed_of(actor()) is not None
    feeds.renew(actor())
    db.session.commit()
    if had_one:
        say("This is the new address. The old one doesn't work anymore.")
    else:
        say("Your feed is on. Copy its address into your calendar app.")
    return redirect(url_for("calendar_page.subscribe"), 303)


def turn_off_feed() -> ResponseReturnValue:
    was_on = feeds.turn_off(actor())
    db.session.commit()
    if was_on:
        say("Your feed is off. Calendar apps that still ask for it get nothing.")
    else:
        say("Your feed was off already.", "info")
    return redirect(url_for("calendar_page.subscribe"), 303)


def feed(token: str) -> ResponseReturnValue:
    """What a calendar app reads; if nothing has changed since its last visit, the answer is empty."""
    opened, here = services().account_links.opened_feed(token), current_organization()
    if opened is None or here is None:
        abort(404)
    own = own_interviews(opened.user, utc_now())
    # The current time in it would make every answer different.
    content = build_feed(f"Interviews at {here.name}", map(_event, own), made_at=opened.created_at)
    response = make_response(content)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="interviews.ics"'
    # The address is a key.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return response.make_conditional(request)


def _event(own: OwnInterview) -> FeedEvent:
    row = own.row
    return FeedEvent(
        uid=own.uid,
        revision=own.revision,
        title=f"{row.title} with {row.candidate_name}",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        where=row.how,
        words=f"{row.about}\n{listed(row.interviewers)}",
        page_url=f"{services().account_links.base_url}/interviews/{row.id}",
    )


def register(blueprint: Blueprint) -> None:
    """Add these pages to the calendar's blueprint."""
    blueprint.get("/calendar/subscribe")(subscribe)
    blueprint.post("/calendar/subscribe")(renew_feed)
    blueprint.post("/calendar/subscribe/off")(turn_off_feed)
    blueprint.get("/calendar/feeds/<token>.ics")(feed)
