"""The list of candidates, each candidate's page, and its actions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.hiring.added_files import FIELD, WHAT_FITS, add_received
from blueprints.hiring.candidate_page import candidate_page, note_form_for
from blueprints.hiring.forms import ApplicationForm, CandidateForm, EditCandidateForm, StageForm
from blueprints.schedule_interview.chosen_time import chosen_time
from database import row_id
from extensions import db
from hiring import commands, lists, queries
from hiring.calling_off import coming_on
from hiring.choices import jobs_to_choose_from
from hiring.files import MOST_FILES
from hiring.lists import CandidateFilter, InterviewState, NameSort
from hiring.misspelled import candidate_names_meant, others_meant
from models import Application, Candidate, Stage
from scheduling.reading.days import day_in
from services import services
from timezones import utc_now
from web.lists import (
    ListAddress,
    asked_choice,
    asked_id,
    asked_text,
    asked_turn,
    job_options,
    options_of,
)
from web.notices import Link, say
from web.received_files import NOTHING, Received, drop_all, receive, sent_files
from web.signed_in import actor, person
from web.still_planned import say_with_planned

_STAGE_OPTIONS = options_of("All stages", ((stage.value, stage.label) for stage in Stage))
_INTERVIEW_OPTIONS = options_of(
    "Any interview",
    (
        (InterviewState.NONE.value, "No interview scheduled"),
        (InterviewState.SCHEDULED.value, "Interview scheduled"),
    ),
)


def asked_candidates() -> CandidateFilter:
    """Which candidates the address asks for; the list and its export both read it."""
    return CandidateFilter(
        text=asked_text(),
        job_id=asked_id("job"),
        stage=asked_choice("stage", Stage),
        interview=asked_choice("interview", InterviewState),
        sort=asked_choice("sort", NameSort) or NameSort.NAME,
    )


def candidates() -> ResponseReturnValue:
    user, wanted = person(), asked_candidates()
    address, page = candidates_address(wanted), lists.candidates(user, wanted, asked_turn())
    html = render_template(
        "hiring/candidates.html",
        page=page,
        meant=[] if page.rows else candidate_names_meant(user, wanted.text),
        also=others_meant(user, wanted.text, (row.name for row in page.rows)),
        today=day_in(utc_now(), user.timezone),
        wanted=wanted,
        address=address,
        job_options=job_options(jobs_to_choose_from(user, wanted.job_id)),
        stage_options=_STAGE_OPTIONS,
        interview_options=_INTERVIEW_OPTIONS,
    )
    return htmx.at_address(make_response(html), address.with_())


def candidates_address(wanted: CandidateFilter) -> ListAddress:
    """The address of the list of these candidates."""
    return ListAddress(
        "hiring.candidates",
        {
            "q": wanted.text,
            "job": str(wanted.job_id or ""),
            "stage": wanted.stage.value if wanted.stage else "",
            "interview": wanted.interview.value if wanted.interview else "",
            "sort": wanted.sort.value if wanted.sort is not NameSort.NAME else "",
        },
    )


def candidate(candidate_id: int) -> ResponseReturnValue:
    return candidate_page(candidate_id)


def new_candidate() -> ResponseReturnValue:
    """Add a candidate, with the files that came along. Nothing is added while anything is wrong. A time that
    was clicked in the calendar (`chosen_time.py`) goes on to their page and its Schedule Interview."""
    form = CandidateForm()
    form.job.offer(queries.open_jobs_to_choose(actor(), Action.MANAGE_CANDIDATES))
    if not form.is_submitted():
        # Reached from a job's page, it is clear which one is meant, and so it is if there is only one.
        form.job.data = request.args.get("job", type=row_id) or form.job.only_one
        # Reached from the picker, what was typed there and found no one.
        form.name.data, form.email.data = asked_text("name"), asked_text("email")
        form.phone.data = asked_text("phone")
        return _new_candidate_page(form)
    known = None
    if form.validate():
        received = _received_between_transactions()
        try:
            made = commands.add_candidate(
                commands.NewCandidate(
                    name=form.name.data,
                    email=form.email.data,
                    phone=form.phone.data or "",
                    timezone=form.timezone.data or None,
                    job_id=form.job.data,
                    links=form.links.links,
                    source=form.source.data or "",
                )
            )
            _, form.files.errors = add_received(actor(), made, received)
            if not form.files.errors:
                db.session.commit()
                _say_who_is_alike(made)
                chosen = chosen_time()
                at = chosen.at if chosen is not None else None
                return redirect(url_for("hiring.candidate", candidate_id=made.id, at=at), 303)
            db.session.rollback()
        except commands.HiringError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
            known = _known(form, error)
        drop_all(received)
    if sent_files():
        # A browser puts no file into a form on its own.
        form.files.errors = [*form.files.errors, "Choose the files again; they aren't kept."]
    return _new_candidate_page(form, known), 422


def _received_between_transactions() -> Received:
    """The files that came along. The disk may be slow, and no one else can write to SQLite while a
    transaction is open."""
    if not sent_files():
        return NOTHING
    db.session.rollback()
    return receive(MOST_FILES)


def _known(form: EditCandidateForm, error: commands.HiringError) -> Candidate | None:
    """Who has the address that was refused, if that is why, and they may be seen by who typed it."""
    return queries.candidate_at(actor(), form.email.data) if error.field == "email" else None


def _say_who_is_alike(made: Candidate) -> None:
    """Name the candidates who may be the same person, only with another address."""
    others = queries.candidates_like(actor(), made)
    if not others:
        return
    is_by_name = [each.name_key == made.name_key for each in others]
    what = "name" if all(is_by_name) else "name or phone number" if any(is_by_name) else "phone number"
    links = [
        Link(f"{each.name}, {each.email}", url_for("hiring.candidate", candidate_id=each.id))
        for each in others
    ]
    say(f"{made.name} was added. You already had a candidate with the same {what}.", "warning", links=links)


def _new_candidate_page(form: CandidateForm, known: Candidate | None = None) -> str:
    return render_template(
        "hiring/candidate_form.html",
        form=form,
        candidate=None,
        known=known,
        chosen=chosen_time(),
        file_field=FIELD,
        what_fits=WHAT_FITS,
    )


def edit_candidate(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    if found.erased_at is not None:
        abort(404)
    form = EditCandidateForm()
    if not form.is_submitted():
        form.name.data, form.email.data = found.name, found.email
        form.phone.data, form.timezone.data = found.phone, found.timezone or ""
        form.links.process_data(found.links)
        form.source.data = found.source
        return _edit_candidate_page(form, found)
    known = None
    if form.validate():
        details = commands.CandidateDetails(
            name=form.name.data,
            email=form.email.data,
            phone=form.phone.data or "",
            timezone=form.timezone.data or None,
            links=form.links.links,
            source=form.source.data or "",
        )
        try:
            invited = commands.edit_candidate(user, found, details, services().rules)
            db.session.commit()
            say(_saved(invited))
            return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)
        except commands.HiringError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
            known = _known(form, error)
    return _edit_candidate_page(form, found, known), 422


def _edit_candidate_page(form: EditCandidateForm, found: Candidate, known: Candidate | None = None) -> str:
    return render_template("hiring/candidate_form.html", form=form, candidate=found, known=known)


def _saved(invited: int) -> str:
    if not invited:
        return "Saved."
    interviews = "the upcoming interview" if invited == 1 else f"{invited} upcoming interviews"
    return f"Saved. The invitations to {interviews} are being sent again with new links."


def add_application(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    form = ApplicationForm()
    form.job.offer(queries.open_jobs_to_choose(user, Action.MANAGE_CANDIDATES))
    if form.validate():
        try:
            commands.add_application(found, form.job.data)
            db.session.commit()
            return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)
        except commands.HiringError as error:
            form.refuse(error.field, error.words)
    return candidate_page(candidate_id, application_form=form), 422


def set_stage(candidate_id: int, application_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.application(user, candidate_id, application_id, Action.MANAGE_CANDIDATES) or abort(404)
    form = StageForm()
    if not form.validate():
        say("Choose a stage.", "danger")
    else:
        try:
            move = commands.set_stage(user, found, Stage(form.stage.data))
            db.session.commit()
            _say_stage(found, undo=None if move is None else _undo_address(found, move.id))
        except commands.HiringError as error:
            say(error.words, "danger")
    return _back_from_stages(found)


def undo_stage(candidate_id: int, application_id: int, move_id: int) -> ResponseReturnValue:
    """Take back a move that was just made by hand."""
    user = actor()
    found = queries.application(user, candidate_id, application_id, Action.MANAGE_CANDIDATES) or abort(404)
    try:
        commands.take_back_move(user, found, move_id)
        db.session.commit()
        _say_stage(found, word="back ")
    except commands.HiringError as error:
        say(error.words, "warning")
    return _back_from_stages(found)


def _say_stage(application: Application, *, word: str = "", undo: str | None = None) -> None:
    whose, title, stage = application.candidate.name, application.job.title, application.stage
    said = f"{whose} is {word}in {stage.label} for {title}."
    planned = coming_on(application) if stage.is_decided else ()
    if len(planned) == 1:
        said += " 1 interview with them is still on. Open it to cancel it."
    elif planned:
        said += f" {len(planned)} interviews with them are still on. Open each to cancel it."
    all_at = url_for("interviews.index", q=whose)
    say_with_planned(said, planned, person().timezone, all_at, undo=undo)


def _undo_address(application: Application, move_id: int) -> str:
    back: dict[str, Any] = {"from": "job"} if _came_from_job() else {}
    return url_for(
        "hiring.undo_stage",
        candidate_id=application.candidate_id,
        application_id=application.id,
        move_id=move_id,
        **back,
    )


def _back_from_stages(application: Application) -> ResponseReturnValue:
    """To the page on which the stage was set. htmx follows, too, and takes the part that it asked for."""
    if _came_from_job():
        return redirect(url_for("hiring.job", job_id=application.job_id), 303)
    return redirect(url_for("hiring.candidate", candidate_id=application.candidate_id), 303)


def _came_from_job() -> bool:
    return request.args.get("from") == "job"


def remove_application(candidate_id: int, application_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.application(user, candidate_id, application_id, Action.MANAGE_CANDIDATES) or abort(404)
    name, title = found.candidate.name, found.job.title
    try:
        commands.remove_application(found)
        db.session.commit()
        say(f"{name} is no longer on {title}.")
    except commands.HiringError as error:
        say(error.words, "danger")
    if queries.candidate(user, candidate_id) is None:
        # Someone who sees only their own jobs can no longer see the candidate.
        return redirect(url_for("hiring.candidates"), 303)
    return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)


def add_note(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    noted = {each.id: each for each in queries.applications_of(user, candidate_id, Action.SEE_NOTES)}
    if not noted:
        abort(404)
    form = note_form_for(noted.values())
    if not form.validate():
        return candidate_page(candidate_id, note_form=form), 422
    try:
        commands.add_note(user, noted[form.application.data], form.text.data)
        db.session.commit()
    except commands.HiringError as error:
        say(error.words, "danger")
    return redirect(url_for("hiring.candidate", candidate_id=candidate_id, _anchor="notes"), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.get("/candidates")(candidates)
    blueprint.get("/candidates/<int:candidate_id>")(candidate)
    blueprint.route("/candidates/new", methods=["GET", "POST"])(new_candidate)
    blueprint.route("/candidates/<int:candidate_id>/edit", methods=["GET", "POST"])(edit_candidate)
    blueprint.post("/candidates/<int:candidate_id>/applications")(add_application)
    blueprint.post("/candidates/<int:candidate_id>/applications/<int:application_id>/stage")(set_stage)
    blueprint.post(
        "/candidates/<int:candidate_id>/applications/<int:application_id>/stage/<int:move_id>/undo"
    )(undo_stage)
    blueprint.post("/candidates/<int:candidate_id>/applications/<int:application_id>/remove")(
        remove_application
    )
    blueprint.post("/candidates/<int:candidate_id>/notes")(add_note)
