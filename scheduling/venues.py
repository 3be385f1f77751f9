"""Where an interview is held: online, behind a pasted link, on the phone, or at an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from models import InterviewType, MeetingSoftware, PhoneCaller
from phone_numbers import MOST_CHARACTERS, is_phone_number
from phone_numbers import WORDS as PHONE_WORDS
from scheduling.errors import SchedulingError
from scheduling.software import spec_of
from web_links import begins_like_one, can_be_opened, has_user_name

LABEL_LIMIT = 60
LINK_LIMIT = 2000
ADDRESS_LIMIT = 300
DIRECTIONS_LIMIT = 1000
PHONE_LIMIT = MOST_CHARACTERS


@dataclass(frozen=True)
class OnlineMeeting:
    """A meeting that is created on a connected account. Without a passcode, the provider makes one."""

    software: MeetingSoftware
    passcode: str | None = field(default=None, repr=False)

    interview_type = InterviewType.VIDEO


@dataclass(frozen=True)
class PastedLink:
    """A video meeting that was created elsewhere: its address (http or https) and its software."""

    url: str = field(repr=False)
    label: str

    interview_type = InterviewType.VIDEO


@dataclass(frozen=True)
class PhoneCall:
    """A conversation on the phone: the number that is dialed, and by whom."""

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


def problems_of(venue: Venue) -> dict[str, str]:
    """The problems of a venue, in words, by the name of the field; empty if there are none."""
    match venue:
        case OnlineMeeting(software, passcode):
            found = {"password": _problem_of_passcode(software, passcode)}
        case PastedLink(url, label):
            found = {"link_url": _problem_of_link(url), "link_label": _problem_of_label(label)}
        case PhoneCall(number, _):
            found = {"phone_number": _problem_of_number(number)}
        case OnSite(address, directions):
            found = {
                "address": "Enter the address." if not address else _too_long(address, ADDRESS_LIMIT),
                "directions": _too_long(directions, DIRECTIONS_LIMIT),
            }
    return {name: words for name, words in found.items() if words}


def check(venue: Venue) -> None:
    """Raises `SchedulingError` for a venue that the dialog would not have accepted."""
    for name, words in problems_of(venue).items():
        raise SchedulingError(words, field=name)


def _problem_of_passcode(software: MeetingSoftware, passcode: str | None) -> str | None:
    rule = spec_of(software).passcode
    if passcode is None or (rule is not None and rule.pattern.fullmatch(passcode)):
        return None
    return rule.words if rule is not None else f"{software.label} meetings don't let you choose a password."


def _problem_of_link(url: str) -> str | None:
    if not url:
        return "Paste the link of the meeting."
    if not begins_like_one(url):
        return "Enter the full link, starting with https://."
    if not can_be_opened(url):
        return "A browser can't open this link. Copy it again from the meeting."
    if has_user_name(url):
        return "This link contains a user name. Paste the one for participants."
    return _too_long(url, LINK_LIMIT)


def _problem_of_label(label: str) -> str | None:
    return _too_long(label, LABEL_LIMIT) if label else "Enter the name of the software, such as Webex."


def _problem_of_number(number: str) -> str | None:
    if not number:
        return "Enter the number to call."
    if not is_phone_number(number):
        return PHONE_WORDS
    return None


def _too_long(text: str, limit: int) -> str | None:
    return f"At most {limit} characters." if len(text) > limit else None
