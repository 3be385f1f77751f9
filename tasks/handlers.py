"""Every kind of task and the handler that does it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.installation import account_services
from accounts.mails import SEND_TEAM_MAIL
from accounts.passwords import ANSWER_RESET_REQUEST
from attachment_files import AttachmentFiles
from connections.checks import CHECK_CONNECTION
from connections.notices import NUDGE_TO_RECONNECT, REPORT_REFUSED_CREDENTIALS, TELL_OF_CONNECTION
from connections.revocation import REPORT_NOT_GIVEN_BACK, REVOKE_GRANT
from scheduling.join_links import Links
from scheduling.mails.queue import SEND_MAIL
from scheduling.meetings.orphans import REMOVE_ORPHANS
from scheduling.meetings.wanting import SYNC_MEETING
from scheduling.rules import Rules
from tasks.connection_checks import check_connection
from tasks.connection_notices import nudge_to_reconnect, report_refused_credentials, tell_of_connection
from tasks.grants import REFRESH_CONNECTION, refresh_connection, report_not_given_back, revoke_grant
from tasks.mails import send_mail
from tasks.meetings import remove_orphans, sync_meeting
from tasks.password_resets import answer_reset_requests
from tasks.team_mails import send_team_mail
from work.runner import Handler


def all_handlers(links: Links, rules: Rules, attachment_files: AttachmentFiles) -> Mapping[str, Handler]:
    """The handlers by kind. A test holds this against the kinds that the domain enqueues."""
    accounts = account_services(links.signer, links.base_url)
    return {
        SYNC_MEETING: sync_meeting(rules),
        REMOVE_ORPHANS: remove_orphans(),
        SEND_MAIL: send_mail(links, rules, attachment_files),
        SEND_TEAM_MAIL: send_team_mail(accounts.links),
        ANSWER_RESET_REQUEST: answer_reset_requests(accounts.reset_requests, rules),
        REFRESH_CONNECTION: refresh_connection(),
        REVOKE_GRANT: revoke_grant(),
        REPORT_NOT_GIVEN_BACK: report_not_given_back(),
        CHECK_CONNECTION: check_connection(),
        TELL_OF_CONNECTION: tell_of_connection(rules),
        NUDGE_TO_RECONNECT: nudge_to_reconnect(rules),
        REPORT_REFUSED_CREDENTIALS: report_refused_credentials(rules),
    }
