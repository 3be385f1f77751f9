"""What is typed into the first step for each kind of interview except the usual one, by Zoom."""

from typing import Any

WEBEX = "https://northlight.webex.example/meet/ada?x=1"
OTHER: dict[str, Any] = {
    "interview_type": "video",
    "meeting_software": "other",
    "link_label": "Webex",
    "link_url": WEBEX,
}
PHONE: dict[str, Any] = {
    "interview_type": "phone",
    "phone_caller": "candidate",
    "number_to_call": "+41 44 668 18 00",
}
IN_PERSON: dict[str, Any] = {
    "interview_type": "in_person",
    "address": "Northlight\r\nSeefeldstrasse 12",
    "directions": "Ring at Northlight.",
}
