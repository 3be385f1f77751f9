"""The request to an administrator of an organization to allow an app for its people. The reader may be anyone
anywhere and may have no account here, so it says who asks, for what, and how to check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.mails import ASK_ADMINISTRATOR
from connections.app_spec import AppSpec
from connections.approvals import can_be_asked, link_for
from connections.catalogue import spec_of
from extensions import db
from messaging.facts import Person
from messaging.letters import Letter, TeamReader, compose_for_team
from messaging.mime import Envelope
from models import AdminApproval, ApprovalState, Mail, Organization
from services import services
from tasks.mails.addressing import reader_of_copy
from tasks.mails.kind import Drop, Kind, Ready, Wait, Workshop
from tasks.mails.team import row_of
from text import one_line

_find = row_of(AdminApproval)


def letter(
    reader: TeamReader, *, app: AppSpec, product: str, asking: Person, link: str, is_known: bool
) -> Letter:
    """`asking`: who waits for it; `link`: the provider's own page, on which administrators decide.
    `is_known`: the reader has a name, and not only an address."""
    assert app.approval is not None, "only apps that an administrator can allow are asked for"
    more: dict[str, object] = {
        "app": app,
        "approval": app.approval,
        "product": product,
        "asking": Person(one_line(asking.name), asking.address),
        "link": link,
    }
    if not is_known:
        more["first_name"] = ""
    return compose_for_team(ASK_ADMINISTRATOR, reader, more)


@dataclass(frozen=True, kw_only=True)
class _ToAdministrator(Kind):
    """Not among the mails to the team: its reader need not be on it."""

    def thing_of(self, mail: Mail) -> AdminApproval | None:
        return _find(mail)

    def hindrance(self, mail: Mail, thing: AdminApproval | None) -> Drop | Wait | None:
        if thing is None or not thing.user.is_active:
            return Drop("The person who asked is no longer on the team.")
        if thing.state in (ApprovalState.OVER, ApprovalState.GIVEN):
            return Drop("It is no longer waited for.")
        is_set_up = can_be_asked(thing.app)
        return None if is_set_up else Drop("The app is no longer set up on this server.")

    def written(
        self, mail: Mail, thing: AdminApproval | None, workshop: Workshop, said: Mapping[str, str]
    ) -> Ready:
        assert thing is not None, "a mail about nothing is dropped"
        organization = db.session.get_one(Organization, 1)
        asking = Person(thing.user.name, thing.user.email)
        link = link_for(thing, workshop.account_links.signer)
        assert link is not None, "a mail about an app that is not set up is dropped"
        reader = TeamReader(Person(mail.name, mail.address), organization.name)
        return Ready(
            letter(
                reader,
                app=spec_of(thing.app),
                product=services().connections.name,
                asking=asking,
                link=link,
                is_known=bool(mail.name),
            ),
            Envelope(
                recipient=reader_of_copy(mail),
                to=(reader_of_copy(mail),),
                cc=(),
                reply_to=asking,
                sender_name=organization.name,
                message_id=mail.message_id,
            ),
        )


KIND = _ToAdministrator(name=ASK_ADMINISTRATOR, label="Request to an administrator")
