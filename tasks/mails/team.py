"""Mails to people on the team, about their access or an interview that needs them. Each goes to one person,
in the organization's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from accounts.links import AccountLinks
from accounts.team import owner
from extensions import Model, db
from messaging.facts import Person
from messaging.letters import Letter, TeamReader
from messaging.mime import Envelope
from models import Interview, Mail, Organization, User
from scheduling.mails.alarms import people_to_alarm
from tasks.mails.addressing import reader_of_copy
from tasks.mails.kind import Drop, Kind, Ready, Wait, Workshop

About = TypeVar("About")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class TeamCopy(Generic[About]):
    """One mail about to be written: its row, what it is about, and who it is for. `said`: what was recorded
    when it was queued.
    """

    mail: Mail
    about: About
    user: User
    reader: TeamReader
    links: AccountLinks
    said: Mapping[str, str]


def row_of(table: type[Row]) -> Callable[[Mail], Row | None]:
    """How to find what a mail is about, when its `about` ends with the id of a row."""
    return lambda mail: db.session.get(table, int(named_by(mail)))


def named_by(mail: Mail) -> str:
    """What follows the colon in the mail's `about`: `7` for `connection:7`."""
    return mail.about.partition(":")[2]


def never_useless(mail: Mail, about: object) -> str | None:
    """For mails that are useful no matter what has happened since."""
    return None


def answers_are_not_directed(mail: Mail, about: object) -> Person:
    """For a mail whose answer no one else should read. An answer directed to its own reader would be
    pointless, and filters take such a header for a sign of fraud.
    """
    return Person(mail.name, "")


def only_to_its_reader(mail: Mail, about: object) -> tuple[Person, ...]:
    """For a mail that concerns no one else."""
    return (reader_of_copy(mail),)


def to_all_who_are_alarmed(mail: Mail, interview: Interview) -> tuple[Person, ...]:
    """For a warning about an interview, which those who can do something about it get together."""
    return tuple(Person(user.name, user.email) for user in people_to_alarm(interview))


def the_other_who_is_alarmed(mail: Mail, interview: Interview) -> Person:
    """For such a warning: answers reach the other person who got it, if there is one."""
    others = [user for user in people_to_alarm(interview) if user.id != mail.user_id]
    return Person(others[0].name, others[0].email) if others else Person(mail.name, "")


def answers_reach_the_owner(mail: Mail, about: object) -> Person:
    """The owner takes care of it; the owner's own copy has no one else to write to."""
    person = owner()
    return Person(person.name, "" if person.id == mail.user_id else person.email)


@dataclass(frozen=True, kw_only=True)
class TeamKind(Kind, Generic[About]):
    """`find` looks up what a mail is about; when it no longer exists, the mail is useless, and `gone` says
    why. `why_useless` returns any other reason for not sending it, or None. `addressed_to` are the people
    whom the headers name, the main one first: each of them gets a copy.
    """

    find: Callable[[Mail], About | None]
    gone: str
    compose: Callable[[TeamCopy[About]], Letter]
    replies_to: Callable[[Mail, About], Person]
    why_useless: Callable[[Mail, About], str | None] = never_useless
    addressed_to: Callable[[Mail, About], tuple[Person, ...]] = only_to_its_reader

    def thing_of(self, mail: Mail) -> About | None:
        return self.find(mail)

    def hindrance(self, mail: Mail, about: About | None) -> Drop | Wait | None:
        useless = self.gone if about is None else self.why_useless(mail, about)
        return Drop(useless) if useless is not None else None

    def written(self, mail: Mail, about: About | None, workshop: Workshop, said: Mapping[str, str]) -> Ready:
        user = mail.user
        assert about is not None, "a mail about nothing is dropped"
        assert user is not None, "only people of the team get these mails"
        organization = db.session.get_one(Organization, 1)
        reader = TeamReader(Person(mail.name, mail.address, user.timezone), organization.name)
        copy = TeamCopy(mail, about, user, reader, workshop.account_links, said)
        main, *others = self.addressed_to(mail, about)
        return Ready(
            self.compose(copy),
            Envelope(
                recipient=reader_of_copy(mail),
                to=(main,),
                cc=tuple(others),
                reply_to=self.replies_to(mail, about),
                sender_name=organization.name,
                message_id=mail.message_id,
            ),
        )
