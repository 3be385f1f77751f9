"""Who may do what, as one table. Pure: the queries select the rows that someone may touch."""

from __future__ import annotations

from enum import StrEnum

from models import Role


class Action(StrEnum):
    SEE = "see"
    SEE_CONTACT = "see_contact"
    SEE_JOIN_LINK = "see_join_link"
    SEE_NOTES = "see_notes"
    SCHEDULE = "schedule"
    MANAGE_CANDIDATES = "manage_candidates"
    # Taking out everything about one candidate.
    EXPORT_CANDIDATE = "export_candidate"
    MANAGE_JOBS = "manage_jobs"
    CONNECT_APPS = "connect_apps"
    ADMINISTER = "administer"
    # Deciding whether everyone who schedules or hosts may connect apps.
    OPEN_CONNECTING = "open_connecting"
    # Deciding whether everyone needs two-step verification.
    REQUIRE_TWO_STEP = "require_two_step"
    # Letting programs read what the organization has, and telling them what changes.
    AUTOMATE = "automate"
    # Taking the activity log out as a file, and deciding how long logs are kept.
    MANAGE_LOGS = "manage_logs"
    # Examining the server itself: its settings, its disk, what is registered at the providers.
    SEE_SYSTEM = "see_system"


class Scope(StrEnum):
    ALL = "all"
    # Jobs on which the person is the hiring manager or a team member.
    OWN_JOBS = "own_jobs"
    # Interviews that the person manages, attends, or scheduled.
    OWN_INTERVIEWS = "own_interviews"
    # Both: someone who takes part in an interview on another person's job sees as much as an interviewer
    # does.
    OWN_JOBS_AND_INTERVIEWS = "own_jobs_and_interviews"
    # Only once the owner has let everyone who schedules or hosts connect apps.
    IF_OPENED = "if_opened"
    NONE = "none"


_A, _J, _I, _O, _N = Scope.ALL, Scope.OWN_JOBS, Scope.OWN_INTERVIEWS, Scope.IF_OPENED, Scope.NONE
_JI = Scope.OWN_JOBS_AND_INTERVIEWS
_ROLES = (Role.OWNER, Role.ADMIN, Role.RECRUITER, Role.HIRING_MANAGER, Role.INTERVIEWER, Role.OBSERVER)

PERMISSIONS: dict[Action, dict[Role, Scope]] = {
    action: dict(zip(_ROLES, scopes, strict=True))
    for action, scopes in {
        Action.SEE: (_A, _A, _A, _JI, _I, _A),
        Action.SEE_CONTACT: (_A, _A, _A, _J, _N, _N),
        Action.SEE_JOIN_LINK: (_A, _A, _A, _JI, _I, _N),
        Action.SEE_NOTES: (_A, _A, _A, _JI, _I, _N),
        Action.SCHEDULE: (_A, _A, _A, _J, _N, _N),
        Action.MANAGE_CANDIDATES: (_A, _A, _A, _J, _N, _N),
        Action.EXPORT_CANDIDATE: (_A, _A, _A, _N, _N, _N),
        Action.MANAGE_JOBS: (_A, _A, _A, _N, _N, _N),
        Action.CONNECT_APPS: (_A, _A, _O, _O, _O, _N),
        Action.ADMINISTER: (_A, _A, _N, _N, _N, _N),
        Action.OPEN_CONNECTING: (_A, _N, _N, _N, _N, _N),
        Action.REQUIRE_TWO_STEP: (_A, _N, _N, _N, _N, _N),
        Action.AUTOMATE: (_A, _N, _N, _N, _N, _N),
        Action.MANAGE_LOGS: (_A, _N, _N, _N, _N, _N),
        Action.SEE_SYSTEM: (_A, _N, _N, _N, _N, _N),
    }.items()
}


def scope_of(role: Role, action: Action) -> Scope:
    """The reach of a role's action."""
    return PERMISSIONS[action][role]


def may_anywhere(role: Role, action: Action, *, connecting_is_open: bool = False) -> bool:
    """Whether this role may do this on any object at all."""
    scope = scope_of(role, action)
    return scope is not Scope.NONE and (scope is not Scope.IF_OPENED or connecting_is_open)
