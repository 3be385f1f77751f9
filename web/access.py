"""Which route needs which permission: the one table, and the check that every request passes.

No one can reach a route that is not listed here. What a person may do to a particular row is decided where
the row is read: a row that they may not see is not found.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, abort, current_app, request, url_for
from werkzeug.routing import Map

import htmx
from accounts.permissions import Action, may_anywhere
from web.sent_forms import outlived_its_session
from web.signed_in import connecting_is_open, visitor


@dataclass(frozen=True)
class Public:
    """Open to everyone; the reason says what protects it instead. `key_in_path`: the address itself is a
    key, which the server's access log must not show."""

    reason: str
    key_in_path: bool = False


@dataclass(frozen=True)
class SignedIn:
    """Open to everyone who is signed in. `without_two_step`: also to those who have to set up two-step
    verification before they can do anything else."""

    without_two_step: bool = False


@dataclass(frozen=True)
class Needs:
    """Open to those whose role may do this at least somewhere."""

    action: Action


Rule = Public | SignedIn | Needs

ACCESS: dict[str, Rule] = {
    "static": Public("files without data"),
    "styleguide.components": Public("shows made-up content, and exists in development only"),
    "styleguide.confirm": Public("shows made-up content, and exists in development only"),
    "status.healthz": Public("says only whether it works"),
    "status.metrics": Public("asks for a token of its own"),
    "first_run.setup": Public("asks for the one-time code, and is gone afterwards"),
    "sign_in.login": Public("where one signs in"),
    "sign_in.code": Public("the second step; the password was the first"),
    "sign_in.recovery_code": Public("the second step; the password was the first"),
    "sign_in.single_sign_on": Public("leads to the issuer, and changes nothing"),
    "sign_in.single_sign_on_callback": Public(
        "spends an attempt of this browser, and delays those who fail often"
    ),
    "sign_in.demo_login": Public("exists in the demo only"),
    "sign_in.logout": SignedIn(without_two_step=True),
    "mailed_links.invitation": Public("the signed link is the permission", key_in_path=True),
    "mailed_links.ask_for_reset": Public("answers everyone alike, and delays those who ask often"),
    "mailed_links.reset": Public("the signed link is the permission", key_in_path=True),
    "settings.home": SignedIn(),
    "settings.profile": SignedIn(),
    "settings.availability": SignedIn(),
    "settings.change_availability": SignedIn(),
    "settings.add_days": SignedIn(),
    "settings.remove_days": SignedIn(),
    "settings.change_password": SignedIn(),
    "settings.unlink_identity": SignedIn(),
    "settings.end_session": SignedIn(),
    "settings.end_all_sessions": SignedIn(),
    "two_step.index": SignedIn(),
    "two_step.set_up": SignedIn(without_two_step=True),
    "two_step.recovery_codes": SignedIn(),
    "two_step.turn_off": SignedIn(),
    "settings.require_two_step": Needs(Action.REQUIRE_TWO_STEP),
    "settings.organization": Needs(Action.ADMINISTER),
    "settings.invitation_example": Needs(Action.ADMINISTER),
    "settings.email": Needs(Action.ADMINISTER),
    "settings.send_test_email": Needs(Action.ADMINISTER),
    "settings.test_email_progress": Needs(Action.ADMINISTER),
    "settings.domain_records": Needs(Action.ADMINISTER),
    "settings.system": Needs(Action.SEE_SYSTEM),
    "settings.system_results": Needs(Action.SEE_SYSTEM),
    "settings.system_log": Needs(Action.ADMINISTER),
    "settings.automation": Needs(Action.AUTOMATE),
    "settings.make_api_key": Needs(Action.AUTOMATE),
    "settings.revoke_api_key": Needs(Action.AUTOMATE),
    "settings.name_webhook": Needs(Action.AUTOMATE),
    "settings.renew_webhook_secret": Needs(Action.AUTOMATE),
    "settings.switch_webhook": Needs(Action.AUTOMATE),
    "settings.send_test_message": Needs(Action.AUTOMATE),
    "settings.logs": Needs(Action.MANAGE_LOGS),
    "settings.export_log": Needs(Action.MANAGE_LOGS),
    "settings.keep_logs": Needs(Action.MANAGE_LOGS),
    "settings.retry_work": Needs(Action.ADMINISTER),
    "settings.remove_orphan": Needs(Action.ADMINISTER),
    "settings.copied": Needs(Action.ADMINISTER),
    "settings.resume_copy": Needs(Action.ADMINISTER),
    "settings.keep_copy_paused": Needs(Action.ADMINISTER),
    "settings.restored": Needs(Action.ADMINISTER),
    "settings.check_restored_links": Needs(Action.ADMINISTER),
    "settings.resume_restored": Needs(Action.ADMINISTER),
    "settings.drop_held_back": Needs(Action.ADMINISTER),
    "team.index": Needs(Action.ADMINISTER),
    "team.invite": Needs(Action.ADMINISTER),
    "team.member": Needs(Action.ADMINISTER),
    "team.change_role": Needs(Action.ADMINISTER),
    "team.ask_to_connect": Needs(Action.ADMINISTER),
    "team.resend": Needs(Action.ADMINISTER),
    "team.withdraw": Needs(Action.ADMINISTER),
    "team.deactivate": Needs(Action.ADMINISTER),
    "team.reactivate": Needs(Action.ADMINISTER),
    "team.reset_two_step": Needs(Action.ADMINISTER),
    "api.description": Public("describes the API, and holds no data"),
    "api.interviews": Public("asks for a key in the request's header"),
    "api.interview": Public("asks for a key in the request's header"),
    "webhooks.receive": Public("the signature is the permission; what has none is at most a hint to look"),
    "repair.page": Public("reading needs the signed link", key_in_path=True),
    "repair.host": Public("acting asks for a sign-in and for who may", key_in_path=True),
    "repair.link": Public("acting asks for a sign-in and for who may", key_in_path=True),
    "repair.arranged": Public("acting asks for a sign-in and for who may", key_in_path=True),
    "join.page": Public("the signed link is the permission", key_in_path=True),
    "calendar_page.feed": Public("the signed link is the permission", key_in_path=True),
    "join.calendar": Public("the signed link is the permission", key_in_path=True),
    **{
        f"own_page.{name}": Public("the signed link is the permission", key_in_path=True)
        for name in (
            "page",
            "choose",
            "none_fit",
            "confirm",
            "move",
            "call_off",
            "late",
            "time_zone",
            "calendar",
        )
    },
    "dashboard.home": SignedIn(),
    "dashboard.today": SignedIn(),
    "help_pages.index": SignedIn(),
    "help_pages.guide": SignedIn(),
    "help_pages.connecting_apps": SignedIn(),
    "help_pages.calendar_entries": SignedIn(),
    "help_pages.keyboard_shortcuts": SignedIn(),
    "help_pages.privacy": SignedIn(),
    "help_pages.sending_email": Needs(Action.ADMINISTER),
    "hiring.jobs": Needs(Action.SEE),
    "hiring.job": Needs(Action.SEE),
    "hiring.new_job": Needs(Action.MANAGE_JOBS),
    "hiring.edit_job": Needs(Action.MANAGE_JOBS),
    "hiring.confirm_closing": Needs(Action.MANAGE_JOBS),
    "hiring.close_job": Needs(Action.MANAGE_JOBS),
    "hiring.reopen_job": Needs(Action.MANAGE_JOBS),
    "interview_plans.new_template": Needs(Action.MANAGE_JOBS),
    "interview_plans.edit_template": Needs(Action.MANAGE_JOBS),
    "interview_plans.move_template": Needs(Action.MANAGE_JOBS),
    "interview_plans.remove_template": Needs(Action.MANAGE_JOBS),
    "interview_plans.file_of_template": Needs(Action.MANAGE_JOBS),
    "interview_plans.confirm_copying": Needs(Action.MANAGE_JOBS),
    "interview_plans.copy_defaults": Needs(Action.MANAGE_JOBS),
    "interview_plans.defaults": Needs(Action.ADMINISTER),
    "interview_plans.new_default": Needs(Action.ADMINISTER),
    "interview_plans.edit_default": Needs(Action.ADMINISTER),
    "interview_plans.move_default": Needs(Action.ADMINISTER),
    "interview_plans.remove_default": Needs(Action.ADMINISTER),
    "interview_plans.file_of_default": Needs(Action.ADMINISTER),
    "hiring.candidates": Needs(Action.SEE),
    "hiring.choose_export": Needs(Action.SEE),
    "hiring.export_candidates": Needs(Action.SEE),
    "hiring.import_candidates": Needs(Action.MANAGE_CANDIDATES),
    "hiring.import_preview": Needs(Action.MANAGE_CANDIDATES),
    "hiring.import_sample": Needs(Action.MANAGE_CANDIDATES),
    "hiring.import_columns": Needs(Action.MANAGE_CANDIDATES),
    "hiring.read_import": Needs(Action.MANAGE_CANDIDATES),
    "hiring.answer_other_jobs": Needs(Action.MANAGE_CANDIDATES),
    "hiring.answer_zones": Needs(Action.MANAGE_CANDIDATES),
    "hiring.import_row": Needs(Action.MANAGE_CANDIDATES),
    "hiring.skip_import_row": Needs(Action.MANAGE_CANDIDATES),
    "hiring.restore_import_row": Needs(Action.MANAGE_CANDIDATES),
    "hiring.confirm_import": Needs(Action.MANAGE_CANDIDATES),
    "hiring.candidate": Needs(Action.SEE),
    "hiring.new_candidate": Needs(Action.MANAGE_CANDIDATES),
    "hiring.edit_candidate": Needs(Action.MANAGE_CANDIDATES),
    "hiring.add_application": Needs(Action.MANAGE_CANDIDATES),
    "hiring.set_stage": Needs(Action.MANAGE_CANDIDATES),
    "hiring.undo_stage": Needs(Action.MANAGE_CANDIDATES),
    "hiring.remove_application": Needs(Action.MANAGE_CANDIDATES),
    "hiring.add_note": Needs(Action.SEE_NOTES),
    "hiring.candidate_file": Needs(Action.SEE_NOTES),
    "hiring.add_files": Needs(Action.MANAGE_CANDIDATES),
    "hiring.edit_file": Needs(Action.MANAGE_CANDIDATES),
    "hiring.delete_file": Needs(Action.MANAGE_CANDIDATES),
    "hiring.restore_file": Needs(Action.MANAGE_CANDIDATES),
    "hiring.candidate_data": Needs(Action.EXPORT_CANDIDATE),
    "hiring.download_candidate_data": Needs(Action.EXPORT_CANDIDATE),
    "hiring.confirm_erasing": Needs(Action.MANAGE_CANDIDATES),
    "hiring.erase": Needs(Action.MANAGE_CANDIDATES),
    "search.results": Needs(Action.SEE),
    "search.suggestions": Needs(Action.SEE),
    "search.names": Needs(Action.SCHEDULE),
    "calendar_page.index": Needs(Action.SEE),
    "calendar_page.view": Needs(Action.SEE),
    "calendar_page.switch": Needs(Action.SEE),
    # Decided for each event: its owner's, or an interview day on a job that this person sees.
    "calendar_page.new_event": Needs(Action.SEE),
    "calendar_page.event": Needs(Action.SEE),
    "calendar_page.remove_event": Needs(Action.SEE),
    "calendar_page.refresh": Needs(Action.SEE),
    "calendar_page.subscribe": Needs(Action.SEE),
    "calendar_page.renew_feed": Needs(Action.SEE),
    "calendar_page.turn_off_feed": Needs(Action.SEE),
    "interviews.index": Needs(Action.SEE),
    "interviews.counts": Needs(Action.SEE),
    "interviews.detail": Needs(Action.SEE),
    "interviews.details": Needs(Action.SEE),
    "interviews.repair": Needs(Action.SCHEDULE),
    "interviews.deliveries": Needs(Action.SEE),
    "interviews.look": Needs(Action.SEE),
    "interviews.restore_meeting": Needs(Action.SCHEDULE),
    "interviews.retry": Needs(Action.SCHEDULE),
    "interviews.resend": Needs(Action.SCHEDULE),
    # Decided for each entry: its owner, and those who may change the interview.
    "interviews.put_back": Needs(Action.SEE),
    "interviews.leave": Needs(Action.SEE),
    "interviews.try_entry_again": Needs(Action.SEE),
    "interviews.take": Needs(Action.SCHEDULE),
    "interviews.confirm_keeping": Needs(Action.SCHEDULE),
    "interviews.keep": Needs(Action.SCHEDULE),
    "interviews.confirm_time": Needs(Action.SCHEDULE),
    "interviews.schedule_at": Needs(Action.SCHEDULE),
    "interviews.renew_request": Needs(Action.SCHEDULE),
    "interviews.other_times": Needs(Action.SCHEDULE),
    "interviews.offer_other_times": Needs(Action.SCHEDULE),
    "interviews.confirm_cancelling": Needs(Action.SCHEDULE),
    "interviews.cancel": Needs(Action.SCHEDULE),
    "schedule_interview.change": Needs(Action.SCHEDULE),
    "schedule_interview.accept": Needs(Action.SCHEDULE),
    "interviews.reschedule": Needs(Action.SCHEDULE),
    "interviews.look_at_new_time": Needs(Action.SCHEDULE),
    "interviews.move": Needs(Action.SCHEDULE),
    "interviews.take_providers_time": Needs(Action.SCHEDULE),
    "interviews.confirm_completing": Needs(Action.SCHEDULE),
    "interviews.complete": Needs(Action.SCHEDULE),
    "interviews.confirm_no_show": Needs(Action.SCHEDULE),
    "interviews.no_show": Needs(Action.SCHEDULE),
    "interviews.reopen": Needs(Action.SCHEDULE),
    "interviews.feedback_form": Needs(Action.SEE_NOTES),
    "interviews.give_feedback": Needs(Action.SEE_NOTES),
    "interviews.undo_change": Needs(Action.SCHEDULE),
    "interviews.attachment": Needs(Action.SEE_NOTES),
    "interviews.email": Needs(Action.SEE),
    "interviews.email_letter": Needs(Action.SEE),
    "schedule_interview.start": Needs(Action.SCHEDULE),
    "schedule_interview.pick": Needs(Action.SCHEDULE),
    "schedule_interview.another": Needs(Action.SCHEDULE),
    "schedule_interview.resume": Needs(Action.SCHEDULE),
    "schedule_interview.discard": Needs(Action.SCHEDULE),
    "schedule_interview.step": Needs(Action.SCHEDULE),
    "schedule_interview.keep_typed": Needs(Action.SCHEDULE),
    "schedule_interview.look_at_time": Needs(Action.SCHEDULE),
    "schedule_interview.letter_frame": Needs(Action.SCHEDULE),
    "schedule_interview.attachment": Needs(Action.SCHEDULE),
    "schedule_interview.hosting": Needs(Action.SCHEDULE),
    "connected_apps.index": SignedIn(),
    "connected_apps.connect": Needs(Action.CONNECT_APPS),
    "connected_apps.callback": Public(
        "spends a one-time attempt, and connects only the person who began it; an administrator's answer "
        "needs a signed link, and changes only what a card says"
    ),
    "connected_apps.ask_administrator": Needs(Action.CONNECT_APPS),
    "connected_apps.email_administrator": Needs(Action.CONNECT_APPS),
    "connected_apps.stop_waiting": SignedIn(),
    "connected_apps.confirm_disconnecting": SignedIn(),
    "connected_apps.disconnect": SignedIn(),
    "connected_apps.open_connecting": Needs(Action.OPEN_CONNECTING),
    "connected_apps.ask": SignedIn(),
    "connected_apps.changes": SignedIn(),
    "connected_apps.add_missing_entries": SignedIn(),
    "connected_apps.switch_sending": SignedIn(),
}

# Routes that a page calls automatically. They keep no session alive.
POLLS = frozenset(
    {
        "dashboard.today",
        "interviews.counts",
        "interviews.deliveries",
        "interviews.look",
        "connected_apps.changes",
        "schedule_interview.hosting",
        "settings.test_email_progress",
        "settings.system_results",
    }
)


def init_app(app: Flask) -> None:
    app.before_request(_check)


def leads_to_a_key(endpoint: str | None) -> bool:
    """Whether the address of this route is itself a key."""
    rule = ACCESS.get(endpoint or "")
    return isinstance(rule, Public) and rule.key_in_path


def is_public(endpoint: str | None) -> bool:
    """Whether this route is open to people who are not signed in."""
    return isinstance(ACCESS.get(endpoint or ""), Public)


def key_prefixes(routes: Map) -> frozenset[str]:
    """How the addresses that are keys begin, up to the key: `/j/` and the like."""
    with_keys = {name for name in ACCESS if leads_to_a_key(name)}
    return frozenset(
        each.rule.partition("<")[0] for each in routes.iter_rules() if each.endpoint in with_keys
    )


def _check() -> None:
    if request.endpoint is None:
        # No such address, or not with this method; everyone gets the same answer.
        return
    rule = ACCESS.get(request.endpoint)
    if rule is None:
        abort(403)
    if isinstance(rule, Public):
        return
    here = visitor()
    if here is None:
        if request.endpoint in POLLS or outlived_its_session():
            # Leading away to the sign-in page would lose what has been typed.
            abort(401)
        abort(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    if here.must_set_up_two_step and not (isinstance(rule, SignedIn) and rule.without_two_step):
        abort(htmx.go_to(url_for("two_step.set_up")))
    if isinstance(rule, Needs):
        # Asked only where it matters, because it costs a query.
        is_open = rule.action is Action.CONNECT_APPS and connecting_is_open()
        allowed = may_anywhere(here.role, rule.action, connecting_is_open=is_open)
        if not allowed:
            abort(403)
