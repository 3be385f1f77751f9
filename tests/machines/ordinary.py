"""What `make test` leaves to `make test-full`: cases of a rule that say nothing new about it, long walks in
the browser through what shorter tests check part by part, and second databases.

A test that is not named here runs with all its cases. A test that is named runs with the cases that match one
of its patterns, and not at all if it has no pattern. Each kind of case keeps at least one: a text, a fault
that a person sees, a fault that the outside sees, a value that a database could not hold.
`tests/machines/test_ordinary.py` sees to it that every name and every pattern still means something.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from tests.machines.ordinary_cases import CASES

_KEPT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Texts that someone sends to do harm: one for each language that could execute them.
    "tests/hiring/test_hostile_text.py": {
        "test_text_in_a_candidate_and_a_note": ("script", "formula", "controls"),
        "test_text_in_a_job": ("attribute", "template", "right to left"),
        "test_text_in_an_import_and_the_export_after_it": ("formula", "lines", "cells"),
        "test_text_that_is_searched_for": ("pattern", "query", "controls"),
    },
    "tests/web/test_jobs_and_candidates.py": {
        "test_hostile_text_goes_through_every_field_and_does_nothing": ("sqlite-0",),
    },
    # Lists: the statements they cost, and the order in which PostgreSQL sorts, for one list of each kind.
    "tests/hiring/test_lists.py": {
        "test_page_asks_the_database_as_often_for_many_rows_as_for_few": (
            "/candidates-5",
            "/interviews-4",
            "/calendar-5",
            "/-6",
        ),
        "test_paging_forward_and_backward_shows_everyone_once": (
            "sqlite-newest",
            "postgresql-name",
            "sqlite-name-down",
        ),
    },
    "tests/web/test_interview_list.py": {
        "test_list_is_narrowed_by_job_person_time_and_software": (
            "how=zoom*",
            "who={noah}*",
            "when=next-week*",
            "when=2027-02-30*",
            "how=carrier-pigeon*",
            "how=video&who*",
        ),
    },
    # Upgrades: what is easiest to lose. The demo's team and its pages are left to full runs; upgrades from
    # real releases are in every run.
    "tests/releases/test_releases.py": {
        "test_database_of_a_release_that_is_made_up_goes_up_with_its_rows": ("postgresql-every-table",),
    },
    # Numbers too large for a column trouble only PostgreSQL.
    "tests/web/test_impossible_numbers.py": {
        # Every field of every form takes as long as two hundred other tests; the addresses stay.
        "test_impossible_numbers_in_forms_are_refused": (),
        "test_impossible_numbers_in_addresses_are_answered": ("postgresql",),
        "test_impossible_template_starts_nothing": ("postgresql",),
    },
    "tests/web/test_routes.py": {
        "test_stranger_may_send_only_short_forms": ("True",),
        "test_rows_that_cannot_exist_are_not_found": ("postgresql",),
    },
    "tests/web/test_free_times.py": {
        "test_anything_else_instead_of_a_time_breaks_nothing": ("on-soon", "at-2027-02-30*", "at-9999*"),
    },
    "tests/web/test_one_time_links.py": {
        "test_link_is_not_spent_by_looking_at_it": ("GET",),
    },
    "tests/accounts/test_second_step_races.py": {
        "test_only_one_of_several_who_send_one_code_at_once_gets_in": (
            "postgresql-code",
            "sqlite-recovery-code",
        ),
    },
    # Races: on PostgreSQL, where they can be lost, and one of each kind on SQLite.
    "tests/scheduling/test_slot_races.py": {
        "test_choice_and_what_the_team_does_at_that_moment_come_one_after_the_other": (
            "postgresql-withdraw",
            "postgresql-cancel_and_erase",
            "postgresql-change_theirs",
            "sqlite-none_fit",
            "sqlite-close_job",
        ),
    },
    "tests/web/test_schedule_races.py": {
        "test_what_was_started_is_opened_and_started_over_once_by_many_clicks": ("postgresql",),
        "test_change_pressed_many_times_at_once_begins_one_draft": ("sqlite",),
        "test_schedule_interview_pressed_many_times_at_once_begins_one_draft": ("postgresql",),
        "test_interviews_of_different_people_are_scheduled_at_once": ("postgresql",),
        "test_two_candidates_with_one_address_become_one": ("postgresql",),
    },
    # Answers of Zoom that no reference mentions.
    "tests/tasks/test_strange_answers.py": {
        "test_strange_answer_to_a_create_ends_in_one_meeting_and_one_invitation_with_its_link": (
            "postgresql-NUL in texts",
            "postgresql-enormous length",
            "sqlite-link with a newline",
            "sqlite-two objects",
            "sqlite-early success",
            "sqlite-teapot",
        ),
        "test_strange_answer_to_a_look_costs_no_one_the_link": (
            "postgresql-NUL in texts",
            "sqlite-empty object",
            "sqlite-teapot",
        ),
        "test_strange_tokens_leave_the_connection_as_usable_as_they_can": (
            "postgresql-enormous lifetime",
            "sqlite-no new refresh token",
            "sqlite-address of someone else",
        ),
        "test_strange_account_does_not_take_the_place_of_the_one_that_is_connected": (
            "postgresql-NUL in name and address",
            "sqlite-another account",
        ),
        "test_limit_is_kept_for_as_long_as_zoom_says_if_that_makes_sense": (
            "sqlite-as a date",
            "sqlite-nonsense",
        ),
        "test_error_that_rules_out_one_account_has_the_next_one_asked_at_once": (
            "sqlite-scope missing",
            "sqlite-day is used up",
        ),
    },
    # Processes that die: what follows is the same after each phase that had an effect outside.
    "tests/tasks/test_kills.py": {
        "test_server_killed_after_a_phase_ends_like_one_that_was_not": ("sqlite-send_mail-called",),
    },
    "tests/tasks/test_killed_changes.py": {
        "test_server_killed_over_a_change_or_a_cancellation_is_followed_by_one_that_finishes": (),
    },
    "tests/tasks/test_killed_choices.py": {
        "test_server_killed_over_a_choice_is_followed_by_one_that_finishes": (),
    },
    "tests/tasks/test_looks.py": {
        "test_process_that_dies_while_it_looks_leaves_the_same_end_behind": (
            "sqlite-loaded",
            "postgresql-called",
        ),
    },
    "tests/tasks/test_preflight.py": {
        "test_process_that_dies_during_a_check_leaves_the_same_end_behind": ("called",),
    },
    "tests/tasks/test_changed_meetings.py": {
        "test_process_that_dies_while_it_changes_a_meeting_leaves_the_same_end_behind": ("sqlite-called",),
    },
    "tests/tasks/test_refresh_race.py": {
        "test_processes_that_renew_one_connection_together_never_spend_a_token_twice": ("postgresql",),
    },
    "tests/tasks/test_database_away.py": {
        "test_what_was_done_outside_is_recorded_as_soon_as_possible_and_not_done_again": (
            "send_mail-full",
            "sync_meeting-locked",
        ),
    },
    # Creates whose answer was lost: what takes locks on both databases, the rest on SQLite.
    "tests/tasks/test_lost_answers.py": {
        "test_meeting_behind_an_unreadable_answer_is_found": ("html", "truncated"),
        "test_meeting_that_appears_after_it_was_looked_for_is_removed": ("sqlite",),
        "test_meeting_of_a_lost_answer_is_found_and_not_made_again": ("postgresql",),
        "test_look_up_takes_what_the_twin_can_no_longer_be_waiting_for": ("sqlite",),
        "test_server_killed_while_zoom_answers_sends_one_invitation_with_the_link": ("sqlite",),
        "test_answer_that_shows_the_meeting_of_another_interview_is_not_believed": ("sqlite",),
        "test_meeting_left_behind_is_adopted_by_an_interview_that_has_none": ("postgresql",),
    },
    # Outages and faults, one of each kind.
    "tests/tasks/test_outages.py": {
        "test_zoom_that_answers_with_its_own_trouble_costs_the_link_until_it_is_back": ("503",),
        "test_zoom_that_cannot_be_reached_costs_the_link_and_nothing_else": ("refuses the connection",),
        "test_server_that_asks_to_come_back_gets_each_email_once_when_it_is_ready": (
            "refuse_connections*",
            "answer_data-452*",
            "answer_recipient-451*",
        ),
    },
    "tests/tasks/test_failure_reasons.py": {
        "test_each_reason_has_its_own_words_on_the_page_and_in_the_urgent_mail": (
            "not_connected",
            "daily_limit",
            "credentials",
            "unreachable",
        ),
    },
    "tests/tasks/test_faults_of_ours.py": {
        "test_mails_wait_for_a_fault_of_ours_and_leave_once_it_is_fixed": (
            "answer_recipient-554*",
            "answer_data-550 5.4.5*",
            "answer_recipient-530*",
        ),
    },
    "tests/tasks/test_grants.py": {
        "test_passing_fault_of_the_token_endpoint_ends_no_connection": ("drop", "invalid_client"),
    },
    "tests/tasks/test_hosts.py": {
        "test_what_the_account_insists_on_is_in_everyones_mail": ("waiting_room*",),
        "test_what_the_account_insists_on_is_read_from_zooms_answer_and_reported": ("host_first*",),
    },
    "tests/tasks/test_slot_requests.py": {
        "test_no_reminder_follows_an_answer": (
            "chosen-1",
            "withdrawn-97",
            "others-1",
        ),
    },
    # Calendars and mailboxes: all faults of one provider, and those that only the other one has.
    "tests/tasks/test_both_calendars.py": {
        "test_lost_answer_and_a_process_that_dies_make_no_second_entry": (
            "sqlite-False-cancelled-outlook",
            "sqlite-True-moved-outlook",
        ),
    },
    "tests/tasks/test_removed_meetings.py": {
        "test_process_that_dies_while_it_removes_a_meeting_leaves_the_same_end_behind": ("sqlite-called",),
    },
    "tests/tasks/test_own_mailbox.py": {
        "test_what_the_mailbox_does_not_send_leaves_through_the_server_at_once_and_once": (
            "sqlite-ScopeMissing*",
            "sqlite-ValueError*",
            "sqlite-ConnectionRevoked*",
        ),
    },
    "tests/web/test_own_mailbox.py": {
        "test_what_a_mailbox_does_not_send_leaves_through_the_server": (
            "box0-*",
            "box6-*",
            "box7-*",
        ),
    },
    "tests/tasks/test_entry_faults.py": {
        "test_each_fault_ends_in_the_wanted_entry": (
            "*outlook-lost answer, forgotten",
            "*outlook-401 claims*",
            "*outlook-404 no mailbox",
            "*google-403 rate limit",
        ),
    },
    "tests/tasks/test_leaving_calendars.py": {
        "test_permission_that_ended_before_leaves_the_entries_and_says_so": ("sqlite*",),
        "test_entries_that_are_kept_stay_and_no_longer_follow": ("sqlite*",),
        "test_nothing_of_a_grant_is_left_in_the_task_that_ended_it": ("sqlite*",),
        "test_entries_that_are_removed_go_before_the_permission": ("sqlite-outlook", "postgresql-google"),
        "test_entry_of_an_erased_candidate_that_is_out_of_reach_is_reported": ("sqlite*",),
        "test_calendar_that_is_connected_again_takes_up_what_was_kept": ("sqlite*",),
        "test_permission_that_ends_after_seven_days_names_testing_and_tells_the_owner": ("sqlite*",),
        "test_removing_goes_on_after_the_provider_was_away": ("sqlite-google",),
        "test_entries_are_removed_while_the_other_app_keeps_the_permission": ("sqlite*",),
        "test_new_password_ends_mail_with_its_reason_and_leaves_the_calendar": ("sqlite*",),
        "test_erased_candidate_leaves_a_calendar_that_was_given_up_and_is_connected_again": ("sqlite*",),
        "test_entry_that_was_about_to_go_goes_even_if_the_others_are_kept": ("sqlite*",),
        "test_entry_with_a_meeting_on_it_stays": ("sqlite*",),
    },
    # Backups: from each database to the other, where everything differs that can.
    "tests/backups/test_round_trip.py": {
        "test_everything_is_restored_on_either_database_and_back": ("postgresql-sqlite",),
        "test_no_number_is_given_a_second_time": ("sqlite-postgresql",),
    },
    "tests/backups/test_old_links.py": {"test_links_of_a_lost_day_lead_nowhere": ("sqlite",)},
    "tests/backups/test_before_upgrade.py": {
        "test_backup_holds_the_tables_as_they_were": ("sqlite",),
        "test_servers_that_start_at_once_make_one": ("postgresql",),
        "test_nothing_is_changed_without_the_backup_that_is_wanted": ("postgresql",),
        "test_without_a_folder_it_says_that_there_is_none": ("sqlite",),
    },
    "tests/cli/test_upgrades.py": {
        "test_newer_database_is_left_alone_and_the_server_says_why": ("sqlite",),
        "test_servers_that_start_at_once_on_an_empty_database_all_come_up": ("sqlite",),
    },
    # Stories in the browser whose parts other tests look at, with a script and without.
    "tests/browser/test_connected_apps.py": {
        "test_account_is_connected_disconnected_and_connected_again": (),
    },
    "tests/browser/test_slot_dialog.py": {"test_candidate_is_asked_to_choose": ()},
    "tests/browser/test_live_badges.py": {
        "test_open_pages_keep_up_with_a_connection": (),
    },
    "tests/browser/test_attachments.py": {
        "test_files_are_chosen_uploaded_looked_at_and_downloaded": (),
    },
    "tests/browser/test_own_mailbox.py": {
        "test_mailbox_is_connected_turned_off_and_on_and_asked_about": (),
    },
    "tests/browser/test_changes.py": {"test_interview_is_moved_in_two_clicks_undone_and_cancelled": ()},
    "tests/browser/test_free_times.py": {"test_time_is_one_click_on_a_full_day": ()},
    "tests/browser/test_one_draft.py": {
        "test_schedule_interview_goes_on_and_starting_over_can_be_undone": (),
    },
    "tests/browser/test_shortcuts.py": {"test_shortcuts_can_be_turned_off_and_on_again": ()},
    # What tests over HTTP do all the time, because they run no scripts either.
    "tests/browser/test_guides.py": {"test_help_is_found_and_searched_without_a_script": ()},
    "tests/browser/test_interview_list.py": {"test_list_works_without_a_script": ()},
    "tests/browser/test_finding.py": {"test_picker_works_without_a_script": ()},
    "tests/browser/test_own_page.py": {"test_a_thumb_confirms_asks_and_cancels": ("with-script",)},
    "tests/browser/test_clicked_times.py": {
        "test_click_on_a_free_time_is_the_first_of_four_to_an_interview": ("no script",),
        "test_clicked_time_is_filled_in_on_date_and_time": ("script",),
        "test_event_leads_back_to_the_week_in_which_it_was_clicked": ("script",),
    },
    "tests/browser/test_dialog.py": {
        "test_one_draft_open_in_two_browsers_becomes_one_interview": (),
        "test_interviews_in_person_and_by_a_pasted_link_without_a_script": (),
        "test_phone_interview_by_keyboard_alone_on_a_narrow_screen": (),
    },
    "tests/browser/test_other_ways.py": {
        "test_everything_works_without_javascript": (),
        "test_without_zoom_people_are_invited_and_the_link_follows_once_it_is_connected": (),
    },
    "tests/browser/test_failure_and_repair.py": {
        "test_failed_meeting_is_repaired_from_the_email_and_the_candidate_gets_the_link": (),
    },
    "tests/browser/test_steady_pages.py": {
        "test_the_frame_of_the_dialog_is_as_wide_on_every_step": (),
        "test_the_buttons_of_a_step_are_at_the_bottom_of_the_window_whatever_arrives": ("phone",),
    },
    "tests/browser/test_slot_page.py": {
        "test_a_thumb_says_that_none_work_and_then_chooses_one": ("without-script",),
        "test_candidate_who_is_no_longer_interested_says_so": (),
    },
    "tests/browser/test_kept_typing.py": {
        "test_what_is_kept_while_a_reload_is_under_way_is_shown_by_it": (),
    },
    # test_every_page.py opens every page in one theme.
    "tests/browser/test_accessibility.py": {
        "test_no_page_has_a_barrier": (),
        "test_no_page_about_people_has_a_barrier": (),
    },
    "tests/browser/test_look.py": {
        "test_no_page_scrolls_sideways_at_any_width": (),
        "test_each_page_has_a_title_of_its_own": (),
        "test_a_usual_duration_is_one_click": (),
    },
    # What waits for real time limits, where other tests check the same.
    "tests/tasks/test_neighbors.py": {
        "test_mail_server_that_never_answers_stops_no_meeting_and_gets_every_mail_once_in_the_end": (),
    },
    "tests/tasks/test_servers.py": {
        "test_two_servers_with_two_workers_each_do_every_task_once": (),
    },
    "tests/machines/test_nursery.py": {
        "test_processes_end_when_the_run_that_ordered_them_is_killed": (),
    },
}

# What a run of `make test` keeps of each test, by file and by the ids of its cases.
KEPT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    file: {**_KEPT.get(file, {}), **CASES.get(file, {})} for file in {**_KEPT, **CASES}
}


def is_left_out(test: str, case: str) -> bool:
    """Whether `make test` leaves a case of a test to a full run; a test without cases has the case ""."""
    file, _, function = test.partition("::")
    kept = KEPT.get(file, {}).get(function)
    return kept is not None and not any(fnmatchcase(case, pattern) for pattern in kept)
