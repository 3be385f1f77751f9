"""Every table of the product: typed columns, named constraints, enums stored by value.

No queries, no providers, no request. Split by what the tables hold; import names from here.
"""

from models.connections import App, Connection, ConnectionState, OAuthAttempt
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
from models.hiring import Application, Candidate, Job, JobMember
from models.interviews import (
    Attendee,
    Draft,
    Interview,
    InterviewStatus,
    InterviewType,
    SchedulingMethod,
    TimelineEntry,
)
from models.people import Organisation, Role, User, UserSession
from models.work import Heartbeat, Lane, Task, TaskState

__all__ = [
    "MAYBE_ALIVE",
    "App",
    "Application",
    "AttemptState",
    "Attendee",
    "Candidate",
    "Connection",
    "ConnectionState",
    "Draft",
    "FailureReason",
    "Heartbeat",
    "Interview",
    "InterviewStatus",
    "InterviewType",
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
    "ReaderRole",
    "Role",
    "SchedulingMethod",
    "Task",
    "TaskState",
    "TimelineEntry",
    "User",
    "UserSession",
]
