"""What tests of people's own mailboxes do and see: Ada has connected one, at the made-up provider."""

from __future__ import annotations

from extensions import db
from models import Interview, Mail, User
from scheduling.commands.send_again import send_again
from scheduling.plans import Participant
from tests.machines import made_up_provider
from tests.made_up_provider.simulator import AcmeServer
from tests.tasks.installation import Installation, MailSeen

ADA = "ada@northlight.example"
DINA, BEN, SAM = "dina.kaur@mail.example", "ben@northlight.example", "sam@partner.example"
ADAS = "ada.berg@mail.acme.example"
SERVER = "interviews@smoothhiring.example"
GUEST = Participant("Sam Ortiz", SAM)


class KilledError(BaseException):
    """No code of the product catches it."""


def connect(installation: Installation, acme: AcmeServer, address: str = ADAS) -> None:
    with installation.writing():
        made_up_provider.connect(installation.team.ada.id, acme, address)
        db.session.commit()


def set_up_user(installation: Installation, **values: object) -> None:
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        for name, value in values.items():
            setattr(ada, name, value)
        db.session.commit()


def row(installation: Installation, mail: MailSeen) -> Mail:
    with installation.reading():
        found = db.session.get_one(Mail, mail.id)
        db.session.expunge(found)
        return found


def invitation_to(installation: Installation, interview: int, address: str) -> Mail:
    return next(row(installation, mail) for mail in installation.mails(interview) if mail.address == address)


def ask_to_send_again(installation: Installation, mail: Mail) -> int:
    with installation.writing():
        interview, ada = mail.interview_id, db.session.get_one(User, installation.team.ada.id)
        asked = send_again(ada, db.session.get_one(Interview, interview), frozenset({mail.id}))
        db.session.commit()
        return asked


def arrived_by_server(installation: Installation) -> list[str]:
    """The recipients of emails that left through the mail server, except for those to Ada, which are about
    her connection."""
    return sorted(to for mail in installation.simulators.mails() for to in mail.envelope_to if to != ADA)
