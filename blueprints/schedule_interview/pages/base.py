"""The base of the dialog's pages: what may be saved, and what is shown beside the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.base import F
from blueprints.schedule_interview.panels.host import HostQuestion
from models import MeetingSoftware
from scheduling.software import spec_of
from services import services


class Page(Generic[F]):
    """One page. The form checks what was typed; the page checks what depends on the rest of the draft."""

    form_class: type[F]

    @property
    def key(self) -> str:
        return self.form_class.key

    @property
    def label(self) -> str:
        return self.form_class.label

    @property
    def asks(self) -> bool:
        return self.form_class.asks

    @property
    def template(self) -> str:
        return f"schedule_interview/{self.key.replace('-', '_')}.html"

    def holds(self, dialog: Dialog, form: F) -> bool:
        """Whether these answers may be part of the interview; errors are put beside their fields."""
        return bool(form.validate())

    def check(self, dialog: Dialog, form: F) -> bool:
        """Whether what was just sent may be saved. Does what comes with sending it, such as keeping files."""
        return self.holds(dialog, form)

    def keep_rest(self, dialog: Dialog, form: F) -> list[str]:
        """Keep what comes with the form beside its answers when the page is left without Continue; why not,
        where that was impossible, in words. Raises `DraftStaleError` as `check` may."""
        return []

    def is_filled_by_button(self, form: F, sent: Mapping[str, str]) -> bool:
        """Whether the form was sent by a button that only fills something in, which is done now: the page is
        shown again with it, and nothing is saved. For those without a script."""
        return False

    def differences(self, dialog: Dialog, form: F) -> list[tuple[str, str, str]]:
        """What was sent in addition to the answers and is saved elsewhere: label, saved text, sent text."""
        return []

    def context(self, dialog: Dialog, form: F) -> dict[str, Any]:
        """What the page shows beside its form."""
        return {}


def host_question(dialog: Dialog, software: MeetingSoftware | None = None) -> HostQuestion:
    """The facts in the draft that decide who hosts; with other software than is chosen, if it is given."""
    software = software or dialog.software
    return HostQuestion(
        actor=dialog.actor,
        candidate_name=dialog.candidate.name,
        hiring_manager=dialog.hiring_manager,
        hosts=tuple(dialog.hosts(software)),
        software=software,
        venue=dialog.venue,
        duration_minutes=dialog.duration_minutes,
        busy_user_ids=frozenset(dialog.busy_user_ids()),
        is_set_up=spec_of(software).app in services().connections.clients,
    )
