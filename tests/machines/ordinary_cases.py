"""More cases that `make test` leaves to `make test-full`, as `tests.machines.ordinary` explains: those that
take a fifth of a second or more each. One case of every kind stays.
"""

from __future__ import annotations

from collections.abc import Mapping

CASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Meetings on calendar entries: each step with one of the two providers, alternating.
    "tests/tasks/test_meetings_on_entries.py": {
        "test_host_whose_account_makes_no_links_is_passed_over": ("teams",),
        "test_no_account_makes_links": ("meet",),
        "test_no_one_has_connected_what_makes_links": ("meet",),
        "test_alarm_on_the_day_before_says_what_is_missing": ("meet",),
        "test_link_that_is_pending_for_a_while_is_waited_for": ("teams",),
        "test_late_link_is_reported_and_follows": ("meet",),
        "test_link_that_the_provider_fails_to_make_is_made_again": ("teams",),
        "test_lost_answer_makes_no_second_event": ("teams",),
        "test_rescheduling_moves_the_one_event": ("teams",),
        "test_cancelling_leaves_nothing_behind": ("meet",),
        "test_another_hiring_manager_leaves_one_meeting_and_an_entry_for_each_who_takes_part": ("teams",),
        "test_time_that_the_candidate_chooses_gets_a_link_and_entries": ("meet",),
        "test_repair_pastes_a_link_or_uses_another_account": ("meet",),
        "test_meeting_that_its_host_deleted_is_made_again": ("teams",),
        "test_check_before_the_start_finds_nothing_where_all_is_well": ("meet",),
        "test_check_before_the_start_makes_a_link_again_that_was_taken_out": ("meet",),
        "test_check_before_the_start_says_whose_account_cannot_be_reached": ("teams",),
    },
    "tests/tasks/test_restored_meetings.py": {
        "test_meeting_on_an_entry_is_found_by_the_key_of_the_entry": ("teams",),
        "test_entry_that_was_made_after_the_backup_is_not_made_twice": ("meet",),
    },
    "tests/tasks/test_entry_faults.py": {
        "test_token_that_cannot_be_renewed_is_waited_for_or_reported": ("*invalid_grant*", "*server_error*"),
        "test_missing_permission_ends_the_connection_until_it_is_granted": ("sqlite-google",),
    },
    "tests/tasks/test_many_entries.py": {
        "test_each_entry_takes_one_call_and_a_meeting_one_more": ("sqlite-True-*",),
    },
    "tests/tasks/test_calendar_entries.py": {
        "test_change_undone_within_its_seconds_makes_no_call": ("sqlite-move-*", "sqlite-take_off-*"),
        "test_new_name_or_address_of_the_candidate_reaches_the_entries": ("sqlite-name-*",),
        "test_interview_that_took_place_stays_in_the_calendars": ("sqlite-complete-*",),
    },
    "tests/tasks/test_calendar_sync.py": {
        "test_process_that_dies_while_reading_loses_nothing": ("sqlite-called-*", "sqlite-loaded-*"),
    },
    "tests/tasks/test_calendar_sync_faults.py": {
        "test_failures_are_shown_and_over_with_the_next_success": ("sqlite-fault0-*", "sqlite-fault2-*"),
    },
    "tests/tasks/test_calendar_recording.py": {
        "test_event_with_an_impossible_id_is_left_out_and_counted": ("sqlite-bad1-*", "sqlite-nul*"),
        "test_titles_are_made_safe_and_short": ("sqlite-Nul*", "sqlite-Two*"),
    },
    "tests/tasks/test_look_ups.py": {
        "test_entry_that_may_be_in_a_calendar_makes_no_one_busy": ("*-placed", "*-removing", "*-left"),
    },
    "tests/tasks/test_outlook_refusals.py": {
        "test_lasting_refusal_is_shown_in_its_own_words_and_made_up_for": ("sqlite-404-*",),
        "test_long_wait_that_is_asked_for_is_respected_and_shown": ("sqlite-429-*",),
    },
    # Tests that lock rows run on the database where locks wait for each other, the others on the other one.
    "tests/tasks/test_entries_at_once.py": {
        "test_people_and_servers_that_meet_over_an_interview_never_wait_for_each_other": ("postgresql-*",),
    },
    "tests/tasks/test_looks.py": {
        "test_meeting_that_was_deleted_in_zoom_is_replaced_before_the_reminder_goes_out": ("sqlite",),
        "test_answer_that_tells_nothing_leaves_the_meeting_as_it_is": ("fault0",),
    },
    "tests/tasks/test_cancelling.py": {
        "test_those_whose_invitation_left_a_process_that_died_are_told": ("sqlite",),
    },
    "tests/tasks/test_lost_answers.py": {
        "test_two_interviews_that_look_the_same_each_find_their_own_meeting": ("sqlite",),
        "test_look_up_leaves_alone_what_the_twin_is_waiting_for": ("postgresql",),
        "test_meeting_that_a_twin_is_about_to_write_down_is_not_taken_for_an_orphan": ("postgresql",),
    },
    "tests/tasks/test_own_mailbox_unknown.py": {
        "test_what_may_have_left_is_sent_again_only_when_someone_asks": (
            "sqlite-True-lost answer",
            "sqlite-False-still at it",
        ),
        "test_process_that_dies_before_it_has_written_the_outcome_down": ("sqlite",),
        "test_process_that_dies_while_the_mailbox_sends_leaves_a_question_and_no_second_copy": (
            "postgresql",
        ),
    },
    "tests/tasks/test_database_away.py": {
        "test_database_that_restarts_during_a_call_gets_the_outcome_and_nothing_is_done_again": (
            "sync_meeting",
        ),
    },
    "tests/scheduling/test_slot_races.py": {
        "test_only_one_of_many_who_want_the_same_people_at_the_same_time_gets_them": ("postgresql",),
        "test_two_tabs_and_two_slots_are_one_interview_and_one_set_of_emails": ("postgresql",),
    },
    "tests/scheduling/test_margins.py": {
        "test_everything_that_limits_count_is_near_enough_to_be_found": ("sqlite",),
    },
    "tests/scheduling/test_busy_days.py": {
        "test_only_calendars_that_have_changed_are_read_again": ("sqlite",),
        "test_titles_that_were_kept_for_their_owner_are_kept_from_everyone_else": ("sqlite",),
    },
    "tests/scheduling/test_slot_zones.py": {
        "test_interview_is_at_the_very_slot_that_was_chosen": ("sqlite",),
    },
    "tests/web/test_schedule_races.py": {
        "test_draft_sent_many_times_at_once_becomes_one_interview": ("postgresql",),
        "test_one_person_is_not_booked_twice_by_two_clicks_at_once": ("postgresql",),
    },
    "tests/web/test_approvals_at_once.py": {
        "test_clicks_and_answers_at_once_ask_and_tell_once": ("postgresql",),
    },
    "tests/web/test_starting_from_plans.py": {
        "test_removing_a_template_leaves_drafts_and_interviews_as_they_are": ("sqlite",),
    },
    "tests/web/test_files_of_templates.py": {
        "test_files_go_with_what_starts_from_the_template_and_outlive_it": ("sqlite",),
    },
    "tests/web/test_database_errors.py": {
        "test_error_does_not_say_what_was_stored": (
            "sqlite-not null",
            "sqlite-reference",
            "postgresql-unique",
            "postgresql-by hand",
        ),
    },
    "tests/accounts/test_throttling.py": {
        "test_many_at_once_get_no_more_tries_than_one_after_the_other": ("postgresql",),
        "test_tries_are_counted_over_both_processes": ("sqlite",),
    },
    "tests/backups/test_while_writing.py": {
        "test_backup_holds_up_no_one_and_sees_nothing_of_what_is_half_done": ("postgresql",),
    },
    "tests/cli/test_upgrades.py": {
        "test_one_of_two_servers_migrates_and_the_other_waits": ("postgresql",),
    },
    "tests/doctor/test_command_and_page.py": {
        "test_command_examines_a_running_server_from_outside": ("sqlite",),
    },
    # Servers that are killed, where a process that dies at the same points stays; secrets of the third
    # provider; slow bytes over TLS beside those without; and the many rows of a calendar, whose statements
    # are counted for a few as well.
    "tests/tasks/test_killed_entries.py": {
        "test_killed_server_is_followed_by_one_that_finishes": (),
    },
    "tests/tasks/test_calendar_sync_servers.py": {
        "test_killed_server_is_followed_by_one_that_reads_the_calendars": (),
    },
    "tests/tasks/test_secrets.py": {
        "test_keys_of_google_and_links_of_meet_are_nowhere_in_plain_text": (),
    },
    "tests/providers/test_http_tls.py": {
        "test_bytes_that_drip_do_not_extend_the_deadline": (),
    },
    "tests/web/test_calendar_page.py": {
        "test_views_with_ten_thousand_events_take_eight_statements_at_most": (),
    },
    # Mails: other readers and occasions of the same kind.
    "tests/tasks/test_reminders.py": {
        "test_each_reader_gets_the_reminder_that_is_meant_for_them": ("Zoom", "in person"),
    },
    "tests/tasks/test_senders.py": {
        "test_sender_in_an_internationalized_domain": ("Acme*",),
    },
    "tests/tasks/test_preflight.py": {
        "test_meeting_that_was_deleted_in_zoom_is_made_again": ("before0",),
    },
    "tests/tasks/test_rescheduling.py": {
        "test_meeting_that_is_no_longer_needed_is_removed": ("venue0-*",),
    },
    "tests/web/test_preview.py": {
        "test_mail_that_arrives_is_the_one_that_was_shown": ("setup0", "setup3"),
    },
    "tests/web/test_own_mailbox.py": {
        "test_email_says_which_mailbox_sent_it_and_shows_the_same_headers": ("outlook-mail",),
        "test_other_answers_of_a_mailbox": ("gmail",),
        "test_page_asks_before_it_sends_again_what_may_have_left": ("outlook-mail",),
    },
    "tests/web/test_mail_banner.py": {
        "test_emails_that_cannot_leave_are_reported_to_those_who_can_set_up_the_server": (
            "no server",
            "a sender*",
        ),
    },
    "tests/web/test_sent_emails.py": {
        "test_state_of_an_email_is_shown_in_words": ("mail0-*", "mail3-*", "mail5-*", "mail7-*"),
    },
    "tests/web/test_outgoing_webhook.py": {
        "test_only_a_success_status_counts_as_success": ("301", "503"),
    },
    "tests/web/test_webhooks.py": {
        "test_meeting_that_zoom_says_was_touched_is_looked_at_and_not_believed": (
            "str-meeting.deleted",
            "int-meeting.updated",
        ),
    },
    # Time zones and clocks: the first or the last to begin a day.
    "tests/web/test_calendar_agreement.py": {
        "test_month_agenda_and_list_have_the_same_of_each_day": ("sqlite-Pacific/Kiritimati",),
    },
    "tests/web/test_far_times.py": {
        "test_page_for_moving_an_interview_survives_any_time": ("Pacific/Kiritimati",),
        "test_dialog_survives_any_time": ("Pacific/Pago_Pago",),
        "test_calendar_goes_from_its_first_day_to_its_last_and_no_further": ("Pacific/Kiritimati",),
    },
    "tests/web/test_local_times.py": {
        "test_a_year_far_off_costs_nothing_and_breaks_nothing": ("0001-*", "9999-*"),
    },
    "tests/scheduling/test_calendar_counts.py": {
        "test_month_has_the_first_of_each_day_and_the_number_of_the_rest": ("sqlite-Asia/Beirut",),
    },
    "tests/web/test_clicked_times.py": {
        "test_hour_that_comes_twice_is_the_one_that_was_clicked": ("2027-10-31T01:30Z-1",),
    },
    "tests/web/test_clock_changes.py": {
        "test_repeated_hour_is_asked_about_and_the_answer_is_kept": ("2027-10-31T00:30Z-0",),
    },
    # What is refused beside its field: a missing value, an invalid one, one in the past, one that is too
    # large.
    "tests/web/test_slot_dialog.py": {
        "test_what_cannot_be_added_is_refused_and_everything_stays": (
            "changes0-*",
            "changes2-*",
            "changes4-*",
            "changes6-*",
            "changes8-*",
        ),
        "test_list_that_cannot_be_sent_on_is_refused": ("slots0-*", "slots1-*", "slots2-*", "slots4-*"),
    },
    "tests/web/test_own_page.py": {
        "test_what_is_probably_a_mistake_is_asked_about_and_kept": (
            "fields0-*",
            "fields3-*",
            "fields4-*",
            "fields6-*",
            "fields7-*",
        ),
    },
    "tests/web/test_reschedule_page.py": {
        "test_wrong_time_is_refused_beside_its_field": ("typed0-*", "typed3-*", "typed5-*"),
    },
    "tests/web/test_interview_plans.py": {
        "test_errors_are_reported_beside_their_fields_and_what_was_typed_stays": (
            "typed0-*",
            "typed3-*",
            "typed5-*",
            "typed10-*",
            "typed12-*",
        ),
    },
    "tests/web/test_custom_events.py": {
        "test_impossible_values_are_reported_beside_their_fields_and_kept_as_typed": (
            "typed0-*",
            "typed2-*",
            "typed5-*",
            "typed8-*",
            "typed12-*",
        ),
    },
    "tests/web/test_api.py": {
        "test_what_is_not_understood_is_refused": (
            "limit=0",
            "limit=1&limit=2",
            "cursor=%00",
            "cursor=x",
            "since=yesterday",
            "status=gone",
            "updated_since=0001-*",
        ),
    },
    "tests/web/test_slot_page.py": {
        "test_wrong_choices_change_nothing": ("99", "slot4", "-1", "99999*", "1\\x00"),
    },
    "tests/web/test_live_times.py": {
        "test_calendar_that_refuses_to_say_is_shown_as_it_was_read": ("switches0-*", "switches1-*"),
    },
    "tests/web/test_microsoft_connections.py": {
        "test_answer_that_proves_no_account_connects_none": ("wrong_audience", "wrong_nonce"),
    },
    "tests/web/test_signing_in.py": {
        "test_addresses_are_compared_as_browsers_write_them": (
            "https://hire.northlight.example:443*",
            "https://b*",
            "http://?::1*",
        ),
    },
    # Steps, pages, and software of one kind.
    "tests/web/test_statement_budgets.py": {
        "test_step_of_the_dialog_asks_the_database_eight_times_at_most": ("setup", "date-time", "finalize"),
        "test_step_of_a_request_asks_the_database_eight_times_at_most": ("date-time", "finalize"),
    },
    "tests/web/test_filled_in_steps.py": {
        "test_every_step_leads_to_finalize_once_the_rest_is_filled_in": ("setup", "attendees"),
    },
    "tests/web/test_kept_typing.py": {
        "test_back_keeps_what_was_typed_right_or_wrong": ("date-time", "attendees"),
    },
    "tests/web/test_offers_of_rows.py": {
        "test_only_interviews_that_may_be_changed_offer_it": ("/interviews", "/", "month"),
    },
    "tests/web/test_schedule_steps.py": {
        "test_draft_that_tests_begin_with_holds_what_the_dialog_keeps": ("phone", "link"),
    },
    "tests/web/test_meeting_software.py": {
        "test_software_that_this_server_is_set_up_for_begins_chosen": ("settings0-*", "settings3-*"),
    },
    "tests/web/test_join_at_the_hour.py": {
        "test_page_does_not_lead_into_a_meeting_that_was_deleted": ("-10",),
    },
    "tests/web/test_undecided_interviews.py": {
        "test_every_page_about_one_answers": ("accepted",),
        "test_no_button_about_one_fails": ("requested",),
    },
    "tests/web/test_clashes.py": {
        "test_zoom_account_that_hosts_another_meeting_then_is_asked_about": ("meeting made",),
    },
    "tests/messaging/test_calendar_parsers.py": {
        "test_two_parsers_read_the_same": ("REQUEST-*", "*-online", "*-over a clock change"),
    },
    "tests/providers/test_http.py": {
        "test_bytes_that_drip_do_not_extend_the_deadline": ("headers",),
    },
    "tests/providers/test_event_stories.py": {
        "test_reading_on_ends_where_reading_from_scratch_does": ("*-0", "*-1"),
    },
}
