"""The list of interviews: tabs by status, filters, days, as a table or as cards."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

import htmx
from blueprints.interviews.asked import TABS, AskedInterviews, asked_interviews, how_options
from hiring.choices import jobs_and_people_to_choose_from
from hiring.misspelled import Among, candidate_names_meant, others_meant
from models import InterviewStatus
from scheduling.reading import lists
from scheduling.reading.days import by_day, day_in
from scheduling.reading.lists import When
from scheduling.reading.matching import words_about_interviews
from scheduling.reading.meant import asked_for
from scheduling.reading.time_requests import time_requests_of
from timezones import utc_now
from web.lists import asked_turn, job_options, options_of
from web.signed_in import SignedInPerson, person


def index() -> ResponseReturnValue:
    user = person()
    asked = asked_interviews(user.timezone)
    page = lists.interviews(user, asked.filter, asked_turn())
    # Their rows say what the team or the candidate still has to do, instead of the day.
    waits_for_time = asked.filter.status.is_being_arranged
    text = " ".join(words_about_interviews(asked.filter.text))
    offer = asked_for(asked.filter.text, day_in(utc_now(), user.timezone))
    choices = jobs_and_people_to_choose_from(user, asked.filter.job_id)
    people = ((each.id, each.name) for each in choices.people if each.id != user.id)
    html = render_template(
        "interviews/list.html",
        **_counted(user, asked),
        page=page,
        offer=offer,
        meant=[] if page.rows or offer else candidate_names_meant(user, text, Among.INTERVIEWED),
        also=[]
        if offer
        else others_meant(user, text, (row.candidate_name for row in page.rows), Among.INTERVIEWED),
        time_requests=time_requests_of(row.id for row in page.rows) if waits_for_time else {},
        days=by_day(page.rows, utc_now(), user.timezone),
        how_options=how_options(),
        job_options=job_options(choices.jobs),
        person_options=options_of("Anyone", ((user.id, "Me"), *people)),
    )
    return htmx.at_address(make_response(html), asked.address.with_())


def counts() -> ResponseReturnValue:
    """The tabs' numbers, which update on their own. `version` is what the page already shows."""
    user = person()
    asked = asked_interviews(user.timezone)
    counted = _counted(user, asked)
    if not htmx.is_htmx():
        return htmx.go_to(asked.address.with_())
    if request.args.get("version") == counted["version"]:
        return htmx.nothing_new()
    return htmx.varies(make_response(render_template("interviews/_new_counts.html", **counted)))


def _counted(user: SignedInPerson, asked: AskedInterviews) -> dict[str, object]:
    """What the tabs and the line about interviews to complete show."""
    counted = lists.counts(user, TABS, asked.filter)
    numbers = [*(number for _, number in counted.by_status), counted.over]
    asks_to_complete = asked.filter.status is InterviewStatus.SCHEDULED and asked.when is not When.OVER
    return {
        "asked": asked,
        "address": asked.address,
        "tabs": counted.by_status,
        "over": counted.over if asks_to_complete and asked.on is None else (0, False),
        "version": "-".join(f"{number}{'+' if is_more else ''}" for number, is_more in numbers),
    }


def register(blueprint: Blueprint) -> None:
    """Add the list to the blueprint of interviews."""
    blueprint.get("")(index)
    blueprint.get("/counts")(counts)
