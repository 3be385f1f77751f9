"""Every chore of a server, in the order in which they run."""

from __future__ import annotations

from connections.keys import check_keys
from hiring.retention import ERASE_EXPIRED
from messaging.transport import mail
from scheduling.drafts.attachments import give_up_of_expired_drafts
from scheduling.files.removing import GIVE_UP_DELETED, removing_bytes, sweeping
from scheduling.meetings.wanting import try_again_for_host
from services import Services
from tasks.backups import asking_for_backups
from tasks.calendar_sync import ASK_FOR_READINGS
from tasks.comparing import COMPARE_ACCOUNTS
from tasks.connection_checks import ASK_FOR_CHECKS
from tasks.expired_drafts import FORGET_EXPIRED
from tasks.feedback import reminding
from tasks.grants import ASK_FOR_REFRESHES
from tasks.log_retention import FORGET_OLD_LOGS
from tasks.outgoing_webhook import FORGET_OLD_DELIVERIES, announcing
from tasks.preflight import ASK_FOR_PREFLIGHTS
from tasks.servers import announcing_server, noting_version
from work.chores import Chore, once


def all_chores(services: Services) -> tuple[Chore, ...]:
    """The chores, new for each process, because `once` means once per process."""
    return (
        checking_keys(),
        noting_version(services.this_server),
        ASK_FOR_REFRESHES,
        ASK_FOR_CHECKS,
        ASK_FOR_PREFLIGHTS,
        ASK_FOR_READINGS,
        ERASE_EXPIRED,
        COMPARE_ACCOUNTS,
        GIVE_UP_DELETED,
        removing_bytes(services.attachment_files),
        give_up_of_expired_drafts(),
        sweeping(services.attachment_files),
        FORGET_EXPIRED,
        FORGET_OLD_LOGS,
        announcing(),
        FORGET_OLD_DELIVERIES,
        reminding(services.mail_domain),
        asking_for_backups(services.backup_plan),
        announcing_server(services.this_server, services.attachment_files),
        Chore("open mail conversations", lambda glance: mail.open_conversations.end_idle),
    )


def checking_keys() -> Chore:
    """Checks whether the stored grants can be decrypted with the keys that this server was started with.
    Meetings that waited for a grant whose key is back are requested again."""
    return once("keys", lambda: check_keys(when_reopened=try_again_for_host))
