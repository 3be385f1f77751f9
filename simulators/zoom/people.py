"""The people on the simulated Zoom account, each with something that trips up a client."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

from simulators.zoom.scopes import CLASSIC, GRANULAR

ACCOUNT_ID = "N0rthl1ghtSimAccount00"

Plan = Literal["Licensed", "Basic", "No license"]
PLAN_TYPE: dict[Plan, int] = {"Basic": 1, "Licensed": 2, "No license": 99}


@dataclass(frozen=True)
class Person:
    """A Zoom user. The flags are that user's own settings, which apply when a client leaves a field out."""

    first_name: str
    last_name: str
    plan: Plan
    timezone: str
    pmi: int
    trait: str = ""
    use_pmi: bool = False
    waiting_room: bool = False
    meeting_authentication: bool = False
    ai_summary: bool = False
    strict_passcodes: bool = False
    sparse_profile: bool = False
    scopes: tuple[str, ...] = GRANULAR

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        plain = self.name.lower().replace("é", "e").replace(" ", ".")
        return f"{plain}@northlight.example"

    @property
    def id(self) -> str:
        """Zoom's user ids are 22 characters of URL-safe base64."""
        return base64.urlsafe_b64encode(hashlib.md5(self.email.encode()).digest()).decode().rstrip("=")


PEOPLE = (
    Person("Priya", "Raman", "Licensed", "Europe/London", 2_316_540_981),
    Person("Marco", "Bianchi", "Basic", "Europe/Rome", 3_427_651_092, trait="meetings end after 40 minutes"),
    Person("Lena", "Vogel", "Licensed", "Europe/Berlin", 4_538_762_103),
    Person(
        "Tom",
        "Adeyemi",
        "Licensed",
        "America/New_York",
        5_649_873_214,
        trait="the app may not delete meetings (scope missing)",
        scopes=tuple(scope for scope in GRANULAR if scope != "meeting:delete:meeting"),
    ),
    Person("Grace", "Kim", "Licensed", "America/Los_Angeles", 6_750_984_325),
    Person("Noah", "Clarke", "Licensed", "Europe/London", 7_861_095_436),
    Person("Mateus", "Oliveira", "Licensed", "America/Sao_Paulo", 8_972_106_547),
    Person("Ingrid", "Solberg", "Licensed", "Europe/Oslo", 9_083_217_658),
    Person(
        "Aiko",
        "Tanaka",
        "Licensed",
        "Asia/Tokyo",
        2_194_328_769,
        trait="schedules in her personal room by default",
        use_pmi=True,
    ),
    Person(
        "Sofia",
        "Lindqvist",
        "Licensed",
        "Europe/Stockholm",
        3_205_439_870,
        trait="passcodes need 8 characters, a letter and a digit",
        strict_passcodes=True,
    ),
    Person(
        "Hannah",
        "Weiss",
        "Licensed",
        "Europe/Vienna",
        4_316_540_982,
        trait="waiting room, sign-in and AI summary on by default",
        waiting_room=True,
        meeting_authentication=True,
        ai_summary=True,
    ),
    Person(
        "Ravi",
        "Menon",
        "Licensed",
        "Asia/Kolkata",
        5_427_651_093,
        trait="profile without name and time zone",
        sparse_profile=True,
    ),
    Person(
        "Chloé",
        "Martin",
        "Licensed",
        "Europe/Paris",
        6_538_762_104,
        trait="classic scopes of an older app",
        scopes=CLASSIC,
    ),
    Person(
        "Daniel", "Okafor", "No license", "Africa/Johannesburg", 7_649_873_215, trait="may not host meetings"
    ),
)

BY_EMAIL = {person.email: person for person in PEOPLE}
