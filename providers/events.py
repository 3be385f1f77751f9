"""What a provider may say on its own, through a webhook."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """The provider asks whether this address knows the secret; `answer` is the JSON that shows it."""

    answer: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantRemoved:
    """The owner of an account revoked the permission at the provider. `at` is aware and in UTC."""

    account_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MeetingTouched:
    """A meeting was changed or deleted at the provider, by its host or by an app such as this one."""

    meeting_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that this product does not act on."""


Event = Challenge | GrantRemoved | MeetingTouched | Unknown


class UnreadableMessageError(ValueError):
    """The body is not one of the provider's messages."""
