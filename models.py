"""Every table of the product: typed columns, named constraints, enums stored by value.

No queries, no providers, no request. Split by what the tables hold; import names from here.
"""

from tables.access import AuditEntry, Invitation, PasswordReset, Throttle
from tables.answers import AnswerKind, CandidateAnswer, ProposedTime, RequestState
from tables.automation import ApiKey, DeliveryState, OutgoingWebhook, WebhookDelivery
from tables.calendars import CustomEvent, CustomEventKind, LongerThanADay, OutsideEvent, SyncedCalendar
from tables.connections import (
    AdminApproval,
    ApprovalState,
    Connection,
    ConnectionState,
    OAuthAttempt,
    RefusingProvider,
    WebhookEvent,
)
from tables.deliveries import (
    UNCLEAR,
    CallKind,
    CallState,
    Meeting,
    MeetingCall,
    MeetingState,
    OrphanedMeeting,
)
from tables.entries import CalendarEntry, EntryState
from tables.failures import FailureReason
from tables.feedback import Feedback, Verdict
from tables.feeds import CalendarFeed
from tables.files import Attachment, FileKind
from tables.hiring import (
    Application,
    ApplicationNote,
    Candidate,
    CandidateImport,
    Job,
    JobMember,
    Stage,
    StageMove,
    search_key,
)
from tables.identities import LinkedIdentity
from tables.interview_templates import Interviewers, InterviewTemplate, InterviewTemplatePerson
from tables.interviews import (
    BEING_ARRANGED,
    Absent,
    Attendee,
    Draft,
    DraftSubject,
    Interview,
    InterviewStatus,
    InterviewType,
    PhoneCaller,
    Revision,
    RevisionReason,
    SchedulingMethod,
    TimelineEntry,
)
from tables.mails import Mail, MailState, MailTrouble, ReaderRole
from tables.slots import Slot, SlotRequest
from tables.software import MeetingSoftware
from tables.team import Organization, Role, User, UserSession
from tables.two_step import RecoveryCode, TwoStepSecret
from tables.work import Heartbeat, Lane, Server, Task, TaskState

__all__ = [
    "BEING_ARRANGED",
    "UNCLEAR",
    "Absent",
    "AdminApproval",
    "AnswerKind",
    "ApiKey",
    "Application",
    "ApplicationNote",
    "ApprovalState",
    "Attachment",
    "Attendee",
    "AuditEntry",
    "CalendarEntry",
    "CalendarFeed",
    "CallKind",
    "CallState",
    "Candidate",
    "CandidateAnswer",
    "CandidateImport",
    "Connection",
    "ConnectionState",
    "CustomEvent",
    "CustomEventKind",
    "DeliveryState",
    "Draft",
    "DraftSubject",
    "EntryState",
    "FailureReason",
    "Feedback",
    "FileKind",
    "Heartbeat",
    "Interview",
    "InterviewStatus",
    "InterviewTemplate",
    "InterviewTemplatePerson",
    "InterviewType",
    "Interviewers",
    "Invitation",
    "Job",
    "JobMember",
    "Lane",
    "LinkedIdentity",
    "LongerThanADay",
    "Mail",
    "MailState",
    "MailTrouble",
    "Meeting",
    "MeetingCall",
    "MeetingSoftware",
    "MeetingState",
    "OAuthAttempt",
    "Organization",
    "OrphanedMeeting",
    "OutgoingWebhook",
    "OutsideEvent",
    "PasswordReset",
    "PhoneCaller",
    "ProposedTime",
    "ReaderRole",
    "RecoveryCode",
    "RefusingProvider",
    "RequestState",
    "Revision",
    "RevisionReason",
    "Role",
    "SchedulingMethod",
    "Server",
    "Slot",
    "SlotRequest",
    "Stage",
    "StageMove",
    "SyncedCalendar",
    "Task",
    "TaskState",
    "Throttle",
    "TimelineEntry",
    "TwoStepSecret",
    "User",
    "UserSession",
    "Verdict",
    "WebhookDelivery",
    "WebhookEvent",
    "search_key",
]
