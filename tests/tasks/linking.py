"""The software whose meetings live on calendar entries, and how tests of meetings disturb it."""

from __future__ import annotations

from dataclasses import dataclass

from connections.catalogue import spec_of
from tests import factories
from tests.factories import Member
from tests.machines.microsoft import SimulatedMicrosoft
from tests.tasks.calendar_sides import CalendarSide, Event, Google, Outlook
from tests.tasks.installation import Office


@dataclass(frozen=True)
class Words:
    """What people are told while a link is being made, and about an account that can't make any."""

    pending: str
    not_allowed: str


_WORDS = {
    Google.app: Words("Google is still making the Meet link.", "This Google account can't make Meet links."),
    Outlook.app: Words(
        "Microsoft is still making the Teams link.", "This Microsoft account can't make Teams meetings."
    ),
}


class Linking:
    """One kind of such software, on the calendars of one provider."""

    def __init__(self, side: CalendarSide) -> None:
        self.side = side
        self.app, self.app_label = side.app, side.label
        self.software, self.label = side.software, side.software.label
        self.provider_label = spec_of(side.app).provider_label
        self.words = _WORDS[side.app]

    def connect(self, office: Office, member: Member, account: str) -> int:
        """Connect an account's calendar; returns the connection's id."""
        with office.writing():
            return factories.connect_app(self.app, member, account)

    def events(self, account: str) -> list[Event]:
        return self.side.events(account)

    def event(self, account: str) -> Event:
        """The only event in a calendar."""
        [event] = self.side.events(account)
        return event

    def links(self, *accounts: str) -> list[str]:
        """The links in these calendars."""
        found = [event.join_link for account in accounts for event in self.events(account)]
        return [link for link in found if link]

    def come_late(self, *, creations: int = 0, reads: int = 0) -> None:
        """Delay the links of this many meetings until their events were read this often; 0: of all, until
        settled."""
        self.side.switches(link_creation="pending", link_creation_calls=creations, link_pending_reads=reads)

    def fail_once(self) -> None:
        """Keep the next meeting from being made, as if its account could make none."""
        if isinstance(self.side, Outlook):
            # The event is made without a meeting, and does not get one when it is asked for once more.
            self.side.switches(link_creation="refused", link_creation_calls=2)
        else:
            self.side.switches(link_creation="never", link_creation_calls=1)

    def come_at_once(self) -> None:
        self.side.switches(link_creation="")

    def settle(self, account: str) -> None:
        """Let the link on the only event of a calendar be there now."""
        if isinstance(self.side.remote, SimulatedMicrosoft):
            self.side.remote.settle_teams(account, self.event(account).id)
        else:
            self.side.remote.settle_meet(account, self.event(account).id)

    def take_off(self, account: str) -> None:
        """Take the link off the only event in a calendar, as its owner does."""
        self.side.remove_link(account, self.event(account).id)


def says(event: Event, link: str | None) -> bool:
    """Whether someone who looks at the event finds this link in it."""
    return link is not None and link in event.text + event.location
