"""A plan as answers to the dialog's steps, for an interview that starts from another one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from blueprints.schedule_interview.forms.attendees import answers_for_others
from blueprints.schedule_interview.forms.base import Answers
from models import (
    Application,
    Candidate,
    Interview,
    InterviewTemplate,
    MeetingSoftware,
    PhoneCaller,
    User,
)
from scheduling.plans import Participant, Plan, plan_of
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue
from web.times import instant_as_text

# The answers of the steps, by the key of the step.
StepAnswers = dict[str, Answers]

# Answers that belong to one meeting and are not suggested for the next one.
_OF_ONE_MEETING = ("password", "link_url")


def answers_of(plan: Plan, *, active_user_ids: Collection[int]) -> StepAnswers:
    """What someone would have typed and ticked to make this plan. People who have left the team since are
    left out, even the hiring manager; date and time are left for the person to choose.
    """
    when = {"duration_minutes": str(plan.when.duration_minutes), "timezone": plan.when.timezone}
    manager_id = plan.hiring_manager_id
    manager = {"hiring_manager": [str(manager_id)]} if manager_id in active_user_ids else {}
    people = [p for p in plan.attendees if p.user_id is None or p.user_id in active_user_ids]
    return {
        "setup": _texts(
            {"job": str(plan.application_id), "agenda": plan.agenda, **_venue_answers(plan.venue)}
        ),
        "date-time": _texts(when),
        "attendees": {**manager, **_people_answers(people)},
        "details": _texts(
            {"title": plan.title, "message_to_candidate": plan.message, "internal_notes": plan.notes}
        ),
        "finalize": {"reminders": [str(minutes) for minutes in plan.reminders.minutes]},
    }


def as_last_time(
    last: Interview, actor: User, candidate: Candidate, *, active_user_ids: Collection[int]
) -> StepAnswers:
    """The suggestions for a new interview on the same job. None of them counts before someone has seen and
    sent it.
    """
    plan = plan_of(last)
    answers = answers_of(plan, active_user_ids=active_user_ids)
    setup = {**_for_another_meeting(answers["setup"], last, candidate), "method": [last.method.value]}
    setup.pop("job")
    if candidate.id != last.application.candidate_id:
        setup.update(_number_of(candidate, plan.venue))
    when = answers["date-time"]
    if last.scheduler_id != actor.id:
        # In another person's zone, the time that someone means would be a different one.
        del when["timezone"]
    # No one from outside should be invited to the next candidate's interview just because someone pressed
    # Continue.
    team = {"people": answers["attendees"]["people"]}
    return {"setup": setup, "date-time": when, "attendees": team, "finalize": answers["finalize"]}


def repeated(
    interview: Interview, application: Application, *, active_user_ids: Collection[int]
) -> tuple[StepAnswers, StepAnswers]:
    """What a draft that repeats an interview on the same job has answered already, and what its open steps
    begin with: everything but the time. For another candidate it is another meeting. If that leaves Setup
    incomplete, Setup is asked again and begins with the rest.
    """
    candidate = application.candidate
    plan = _without(candidate.email, plan_of(interview))
    answers = answers_of(plan, active_user_ids=active_user_ids)
    said = {"job": [str(application.id)], "method": [interview.method.value]}
    setup = full_setup = {**answers["setup"], **said}
    details = answers["details"]
    if candidate.id != interview.application.candidate_id:
        full_setup = {**full_setup, **_number_of(candidate, plan.venue)}
        setup = _for_another_meeting(full_setup, interview, candidate)
        # Text written to or about one person must not be shown to another.
        details = {**details, "message_to_candidate": [""], "internal_notes": [""]}
        if _names(plan.title, interview.candidate.name):
            details["title"] = [application.job.usual_interview_title]
    has_lost = any(value != [""] and setup.get(name, [""]) == [""] for name, value in full_setup.items())
    answered: StepAnswers = {"attendees": answers["attendees"], "details": details}
    suggested: StepAnswers = {"date-time": answers["date-time"], "finalize": answers["finalize"]}
    (suggested if has_lost else answered)["setup"] = setup
    return answered, suggested


def _without(address: str, plan: Plan) -> Plan:
    """A guest of the earlier interview may be the candidate now."""
    others = (p for p in plan.attendees if p.user_id is not None or p.email.lower() != address.lower())
    return replace(plan, attendees=tuple(others))


def _for_another_meeting(setup: Answers, interview: Interview, candidate: Candidate) -> Answers:
    """The answers without what belongs to that one meeting, or would name its candidate to another."""
    left = {name: values for name, values in setup.items() if name not in _OF_ONE_MEETING}
    is_another = candidate.id != interview.application.candidate_id
    if is_another and any(_names(text, interview.candidate.name) for text in left["agenda"]):
        left["agenda"] = [""]
    return left


def _names(text: str, candidate_name: str) -> bool:
    """Whether the text names the candidate, in full or by one of their names. A single name counts only with
    a capital letter, because there are people called Will, Mark and Hope.
    """
    words = set(re.findall(r"\w+", text))
    alone = {name for name in re.findall(r"\w+", candidate_name) if len(name) > 1}
    return candidate_name.casefold() in text.casefold() or not words.isdisjoint(alone)


def _number_of(candidate: Candidate, venue: Venue) -> Answers:
    """A number that we dial is the candidate's; a number that candidates dial is ours and stays."""
    match venue:
        case PhoneCall(_, PhoneCaller.TEAM):
            return {"phone_number": [candidate.phone]}
        case _:
            return {}


def of_template(template: InterviewTemplate, application: Application, people: Iterable[User]) -> StepAnswers:
    """What a template says about an interview for this application with these people; nothing about what it
    leaves open. A number that we dial is the candidate's own."""
    setup = {
        "job": str(application.id),
        "interview_type": template.interview_type.value,
        "meeting_software": template.meeting_software.value if template.meeting_software else "",
        "link_label": template.link_label,
        "phone_caller": template.phone_caller.value if template.phone_caller else "",
        "number_to_call": template.number_to_call,
        "address": template.address,
        "directions": template.directions,
        "agenda": template.agenda,
    }
    if template.phone_caller is PhoneCaller.TEAM:
        setup["phone_number"] = application.candidate.phone
    details = {"message_to_candidate": template.message, "internal_notes": template.notes}
    return {
        "setup": _given(setup),
        "date-time": _texts({"duration_minutes": str(template.duration_minutes)}),
        "attendees": {"people": [str(user.id) for user in people]},
        "details": _given(details),
    }


def _given(values: Mapping[str, str]) -> Answers:
    return _texts({name: value for name, value in values.items() if value})


def _venue_answers(venue: Venue) -> dict[str, str]:
    kind = {"interview_type": venue.interview_type.value}
    match venue:
        case OnlineMeeting(software, passcode):
            return {**kind, "meeting_software": software.value, "password": passcode or ""}
        case PastedLink(url, label):
            other = MeetingSoftware.OTHER.value
            return {**kind, "meeting_software": other, "link_label": label, "link_url": url}
        case PhoneCall(number, caller):
            field = "phone_number" if caller is PhoneCaller.TEAM else "number_to_call"
            return {**kind, "phone_caller": caller.value, field: number}
        case OnSite(address, directions):
            return {**kind, "address": address, "directions": directions}


def _people_answers(people: list[Participant]) -> Answers:
    team = [str(person.user_id) for person in people if person.user_id is not None]
    others = ((person.name, person.email) for person in people if person.user_id is None)
    return {"people": team, **answers_for_others(others)}


def _texts(values: Mapping[str, str]) -> Answers:
    return {name: [value] for name, value in values.items()}


def of_change(interview: Interview, *, active_user_ids: Collection[int]) -> StepAnswers:
    """What a draft that changes an interview has answered already: everything, as it is now."""
    return _all_answers(plan_of(interview), interview.candidate, active_user_ids)


def with_changes_of_others(
    payload: Mapping[str, Answers],
    before: Plan,
    interview: Interview,
    *,
    active_user_ids: Collection[int],
) -> StepAnswers:
    """The answers of a draft that began from the plan `before`, on top of what others have made of the
    interview since: answers that this person has not touched follow the interview, and those they have
    changed stay."""
    then = _all_answers(before, interview.candidate, active_user_ids)
    now = of_change(interview, active_user_ids=active_user_ids)
    merged: StepAnswers = {}
    for step in {**now, **payload}:
        mine, old, new = (each.get(step, {}) for each in (payload, then, now))
        untouched = {name for name in {**old, **new} if _same(mine.get(name, []), old.get(name, []))}
        merged[step] = {
            **{name: values for name, values in mine.items() if name not in untouched},
            **{name: values for name, values in new.items() if name in untouched},
        }
    return merged


def _same(some: list[str], others: list[str]) -> bool:
    """Whether two answers mean the same, in any order of their values."""
    return sorted(filter(None, some)) == sorted(filter(None, others))


def _all_answers(plan: Plan, candidate: Candidate, active_user_ids: Collection[int]) -> StepAnswers:
    answers = answers_of(plan, active_user_ids=active_user_ids)
    day, time = plan.when.wall_time.split("T")
    when = {"date": day, "time": time, "occurrence": instant_as_text(plan.when.starts_at)}
    answers["date-time"] = {**answers["date-time"], **_texts(when)}
    answers["finalize"]["no_reminder_for"] = sorted(plan.reminders.addresses_without(candidate.email))
    answers["preview"] = {}
    return answers
