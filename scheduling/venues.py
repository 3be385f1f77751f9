"""Where an interview is held: online, behind a pasted link, on the phone, or at an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from models import InterviewType, MeetingSoftware, PhoneCaller


@dataclass(frozen=True)
class OnlineMeeting:
    """A meeting that is made on somebody's connected account. Without a passcode the provider makes one."""

    software: MeetingSoftware
    passcode: str | None = field(default=None, repr=False)

    interview_type = InterviewType.VIDEO


@dataclass(frozen=True)
class PastedLink:
    """A video meeting that somebody made elsewhere: its address (http or https) and what it belongs to."""

    url: str = field(repr=False)
    label: str

    interview_type = InterviewType.VIDEO


@dataclass(frozen=True)
class PhoneCall:
    """A conversation on the phone: the number that is dialled, and by whom."""

    number: str
    caller: PhoneCaller

    interview_type = InterviewType.PHONE


@dataclass(frozen=True)
class OnSite:
    """A conversation at an address, with the way there in words, if any."""

    address: str
    directions: str

    interview_type = InterviewType.IN_PERSON


Venue = OnlineMeeting | PastedLink | PhoneCall | OnSite
