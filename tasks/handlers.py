"""Every kind of task and the handler that does it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.passwords import ANSWER_RESET_REQUEST
from connections.checks import CHECK_CONNECTION
from connections.notices import NUDGE_TO_RECONNECT, REPORT_REFUSED_CREDENTIALS, TELL_OF_CONNECTION
from connections.revocation import REPORT_UNREVOKED_GRANT, REVOKE_GRANT
from hiring.calling_off import ERASE_CANDIDATE
from scheduling.entries.wanting import SYNC_ENTRIES
from scheduling.meetings.comparing import COMPARE_ACCOUNT, REMOVE_ORPHAN
from scheduling.meetings.looks import LOOK_AT_MEETING
from scheduling.meetings.orphans import REMOVE_ORPHANS
from scheduling.meetings.wanting import SYNC_MEETING
from scheduling.outside.sync import SYNC_CALENDAR
from scheduling.preflight import PREFLIGHT
from scheduling.webhook_deliveries import TELL_WEBHOOK
from services import Services
from tasks.backups import MAKE_BACKUP, making_backups
from tasks.calendar_sync import sync_calendar
from tasks.comparing import compare_account, remove_orphan
from tasks.connection_checks import check_connection
from tasks.connection_notices import nudge_to_reconnect, report_refused_credentials, tell_of_connection
from tasks.entries import sync_entries
from tasks.erasing import erase_candidate
from tasks.grants import REFRESH_CONNECTION, refresh_connection, report_unrevoked_grant, revoke_grant
from tasks.mails.handler import send_mail
from tasks.mails.kind import workshop_of
from tasks.mails.kinds import all_kinds
from tasks.meetings import look_at_meeting, remove_orphans, sync_meeting
from tasks.outgoing_webhook import tell_webhook
from tasks.password_resets import answer_reset_requests
from tasks.preflight import check_before_start
from work.kinds import TaskKind
from work.mail import SEND_MAIL
from work.protocol import Handler


def all_handlers(services: Services) -> Mapping[TaskKind, Handler]:
    """The handlers of an installation, by kind. A test compares them with the declared kinds."""
    rules, mail_domain = services.rules, services.mail_domain
    return {
        SYNC_MEETING: sync_meeting(rules),
        SEND_MAIL: send_mail(all_kinds(), workshop_of(services), rules),
        REMOVE_ORPHANS: remove_orphans(rules),
        LOOK_AT_MEETING: look_at_meeting(rules),
        PREFLIGHT: check_before_start(rules),
        SYNC_ENTRIES: sync_entries(workshop_of(services), rules),
        SYNC_CALENDAR: sync_calendar(),
        COMPARE_ACCOUNT: compare_account(),
        REMOVE_ORPHAN: remove_orphan(),
        ERASE_CANDIDATE: erase_candidate(),
        ANSWER_RESET_REQUEST: answer_reset_requests(services.reset_requests, mail_domain),
        REFRESH_CONNECTION: refresh_connection(),
        REVOKE_GRANT: revoke_grant(),
        REPORT_UNREVOKED_GRANT: report_unrevoked_grant(),
        TELL_WEBHOOK: tell_webhook(services),
        CHECK_CONNECTION: check_connection(),
        TELL_OF_CONNECTION: tell_of_connection(mail_domain),
        NUDGE_TO_RECONNECT: nudge_to_reconnect(mail_domain),
        REPORT_REFUSED_CREDENTIALS: report_refused_credentials(mail_domain),
        MAKE_BACKUP: making_backups(services.backup_plan, mail_domain),
    }
