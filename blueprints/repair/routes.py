"""An interview without a meeting, and what someone on the team can do about it.

The urgent email leads here. Its link is enough to read what happened; acting needs a sign-in, so that a
forwarded email changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts.permissions import Action
from accounts.team import owner
from blueprints.connected_apps.consent import consent_address
from blueprints.repair.forms import LinkForm
from connections.catalogue import label_of
from connections.round_trip import NotSetUpError
from extensions import db
from models import Interview, Meeting, User
from scheduling.commands import repair as commands
from scheduling.errors import SchedulingError
from scheduling.meetings import failures
from scheduling.meetings.hosts import Host, possible_hosts
from scheduling.reading import lists
from scheduling.software import spec_of
from services import services
from web.notices import say
from web.signed_in import actor, current_organization, may_connect

repair = Blueprint("repair", __name__, url_prefix="/repair/<token>")


@dataclass(frozen=True)
class RepairView:
    """What the page offers its reader. `is_ready_to_host`: their account can be asked at once. `ask_name`:
    who can allow connecting; None if the reader may connect an account.
    """

    interview: Interview
    token: str
    is_open: bool
    what_happened: str
    may_act: bool
    is_ready_to_host: bool = False
    # Why the reader's own account can't host, as the end of a sentence; "" if it can, or there is none.
    cannot: str = ""
    app_label: str = ""
    ask_name: str | None = None


@repair.get("")
def page(token: str) -> ResponseReturnValue:
    return _page(_opened(token), token)


@repair.post("/host")
def host(token: str) -> ResponseReturnValue:
    """Make the meeting on the account of the person, who connects one first if need be."""
    interview, user = _to_act_on(token)
    meeting = interview.meeting
    try:
        commands.offer_account(user, interview)
        address = None
        if meeting is not None and not _can_host(user, meeting):
            if not may_connect(user):
                db.session.rollback()
                abort(403)
            address = consent_address(spec_of(meeting.software).app)
    except NotSetUpError:
        db.session.rollback()
        say("This server isn't set up for that. Paste a link instead.", "warning")
        return redirect(url_for("repair.page", token=token), 303)
    except commands.NothingToFixError:
        return _nothing_to_fix(token)
    db.session.commit()
    if address is not None:
        return redirect(address, 303)
    say("The meeting is being created. Everyone gets the link as soon as it's ready.")
    return redirect(url_for("interviews.detail", interview_id=interview.id), 303)


@repair.post("/link")
def link(token: str) -> ResponseReturnValue:
    """Use a link that someone made elsewhere."""
    interview, user = _to_act_on(token)
    form = LinkForm()
    if not form.validate():
        return _page(interview, token, form, 422)
    return _done(
        token,
        interview,
        lambda: commands.use_link(user, interview, form.link(), services().rules),
        "Everyone gets the link now.",
        form,
    )


@repair.post("/arranged")
def arranged(token: str) -> ResponseReturnValue:
    """The person has given everyone a link already."""
    interview, user = _to_act_on(token)
    return _done(
        token,
        interview,
        lambda: commands.say_it_is_arranged(user, interview),
        "Thanks. We've stopped trying, and reminders say that the link comes from you.",
    )


def _done(
    token: str,
    interview: Interview,
    command: Callable[[], None],
    words: str,
    form: LinkForm | None = None,
) -> ResponseReturnValue:
    try:
        command()
    except commands.NothingToFixError:
        return _nothing_to_fix(token)
    except SchedulingError as error:
        if form is None:
            raise
        form.refuse(error.field, error.words)
        return _page(interview, token, form, 422)
    db.session.commit()
    say(words)
    return redirect(url_for("interviews.detail", interview_id=interview.id), 303)


def _nothing_to_fix(token: str) -> ResponseReturnValue:
    db.session.rollback()
    return redirect(url_for("repair.page", token=token), 303)


def _opened(token: str) -> Interview:
    return services().account_links.opened_repair(token) or abort(404)


def _to_act_on(token: str) -> tuple[Interview, User]:
    interview = _opened(token)
    if not current_user.is_authenticated:
        abort(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    if not _may_act(actor(), interview):
        abort(403)
    return interview, actor()


def _may_act(user: User, interview: Interview) -> bool:
    """The people who may schedule it, and those who get alarms in any role."""
    if user.id in (interview.hiring_manager_id, interview.scheduler_id) or user.id == owner().id:
        return True
    return lists.may(user, Action.SCHEDULE, interview)


def _can_host(user: User, meeting: Meeting) -> bool:
    return _as_host(user, meeting).unusable is None


def _as_host(user: User, meeting: Meeting) -> Host:
    [own] = possible_hosts(meeting.software, user, user)
    return own


def _page(
    interview: Interview, token: str, form: LinkForm | None = None, status: int = 200
) -> ResponseReturnValue:
    meeting = interview.meeting
    is_open = commands.can_be_repaired(interview)
    view = RepairView(
        interview, token, is_open, failures.told_of(meeting) if meeting is not None else "", may_act=False
    )
    if current_user.is_authenticated and meeting is not None and is_open:
        view = _for_reader(view, actor(), meeting)
    page = render_template(
        "repair/page.html",
        view=view,
        meeting=meeting,
        form=form or LinkForm(formdata=None),
        organization_name=organization.name if (organization := current_organization()) else "",
    )
    return page, status


def _for_reader(view: RepairView, user: User, meeting: Meeting) -> RepairView:
    may_host = may_connect(user)
    return RepairView(
        view.interview,
        view.token,
        view.is_open,
        view.what_happened,
        may_act=_may_act(user, view.interview),
        is_ready_to_host=_can_host(user, meeting),
        cannot=_as_host(user, meeting).cannot,
        app_label=label_of(spec_of(meeting.software).app),
        ask_name=None if may_host else owner().name,
    )
