"""The page around every view of the calendar: what it shows, whose, and what is beside it."""

from __future__ import annotations

from datetime import date

from flask import current_app, render_template

from accounts.permissions import Action, may_anywhere
from blueprints.calendar_page import agenda, hours, lists, months, side, sources
from blueprints.calendar_page.asked import Asked, View, asked_whose, may_look_at_others, name_of_everyone
from blueprints.calendar_page.pages import Page
from blueprints.calendar_page.subject import subject_of
from hiring.choices import Choices, jobs_and_people_to_choose_from
from scheduling.reading.calendar import Of, may_see_busy_times
from scheduling.reading.calendar_sources import calendars_of
from timezones import utc_now
from web.calendar_choices import read_choices
from web.signed_in import current_organization, person

_DRAW = {
    View.DAY: hours.draw,
    View.WEEK: hours.draw,
    View.MONTH: months.draw,
    View.AGENDA: agenda.draw,
    View.LIST: lists.draw,
}


def show(view: View, on: date) -> str:
    """The page with this view of that day. At most eight statements, including the one for the sign-in."""
    reader, now, here = person(), utc_now(), current_organization()
    asked = Asked(view, on, asked_whose(reader))
    colleague_id = asked.whose.id if asked.whose.of is Of.PERSON else None
    calendars = calendars_of([reader.id, *([colleague_id] if colleague_id is not None else [])], now)
    choices = Choices((), ())
    if may_look_at_others(reader.role):
        job_id = asked.whose.id if asked.whose.of is Of.JOB else None
        choices = jobs_and_people_to_choose_from(reader, job_id)
    subject = subject_of(asked, reader, choices, calendars)
    hidden = read_choices().hidden
    found = sources.sources_of(current_app.config["APP_NAME"], calendars[reader.id].sources, hidden)
    shown = frozenset(each.key for each in found if each.is_shown)
    if colleague_id is not None and may_see_busy_times(reader, colleague_id):
        # A colleague's calendars may differ from one's own. They have no button here, so they are always
        # shown, even if the browser remembers that one was turned off.
        shown |= frozenset(sources.of_anyone()) - {each.key for each in found}
    page = Page(
        reader=reader,
        asked=asked,
        zone=reader.timezone,
        now=now,
        first_weekday=here.first_weekday if here is not None else 0,
        sources=shown,
        editions={user_id: each.editions for user_id, each in calendars.items()},
        may_add=may_anywhere(reader.role, Action.SCHEDULE),
    )
    drawn = _DRAW[view](page)
    return render_template(
        "calendar_page/page.html",
        page=page,
        asked=asked,
        drawn=drawn,
        views=tuple(View),
        sources=found,
        subject=subject,
        name_of_everyone=name_of_everyone(reader.role),
        is_today_shown=drawn.first <= page.today <= drawn.last,
        upcoming=tuple(
            (item, sources.drawing_of(item.app), item.link_to_join(now))
            for item in side.upcoming_today(page, drawn, [each.key for each in found])
        ),
        small=side.small_month(page, drawn.first, drawn.last),
        jobs=choices.jobs,
        people=choices.people,
        drawing_of=sources.drawing_of,
        of_day=asked.as_view(View.DAY),
        zone_name=reader.timezone,
        **drawn.values,
    )
