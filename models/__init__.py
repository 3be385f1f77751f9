"""Every table of the product: typed columns, named constraints, enums stored by value.

No queries, no providers, no request. Split by what the tables hold; import names from here.
"""

from models.access import AuditEntry, Invitation, PasswordReset, Throttle
from models.connections import (
    App,
    Connection,
    ConnectionState,
    OAuthAttempt,
    RefusingProvider,
    WebhookEvent,
)
from models.deliveries import (
    MAYBE_ALIVE,
    AttemptState,
    FailureReason,
    Mail,
    MailKind,
    MailState,
    Meeting,
    MeetingAttempt,
    MeetingSoftware,
    MeetingState,
    ReaderRole,
)
from models.hiring import (
    Application,
    Candidate,
    CandidateImport,
    CandidateNote,
    Job,
    JobMember,
    Stage,
    search_key,
)
from models.interviews import (
    Attachment,
    Attendee,
    Draft,
    Interview,
    InterviewStatus,
    InterviewType,
    PhoneCaller,
    SchedulingMethod,
    TimelineEntry,
)
from models.people import Organisation, Role, User, UserSession
from models.work import Heartbeat, Lane, Task, TaskState

__all__ = [
    "MAYBE_ALIVE",
    "App",
    "Application",
    "Attachment",
    "AttemptState",
    "Attendee",
    "AuditEntry",
    "Candidate",
    "CandidateImport",
    "CandidateNote",
    "Connection",
    "ConnectionState",
    "Draft",
    "FailureReason",
    "Heartbeat",
    "Interview",
    "InterviewStatus",
    "InterviewType",
    "Invitation",
    "Job",
    "JobMember",
    "Lane",
    "Mail",
    "MailKind",
    "MailState",
    "Meeting",
    "MeetingAttempt",
    "MeetingSoftware",
    "MeetingState",
    "OAuthAttempt",
    "Organisation",
    "PasswordReset",
    "PhoneCaller",
    "ReaderRole",
    "RefusingProvider",
    "Role",
    "SchedulingMethod",
    "Stage",
    "Task",
    "TaskState",
    "Throttle",
    "TimelineEntry",
    "User",
    "UserSession",
    "WebhookEvent",
    "search_key",
]
