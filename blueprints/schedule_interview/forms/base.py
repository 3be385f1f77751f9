"""The base of every step's form: its choices come from outside, and its answers are text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, HiddenField
from wtforms.widgets import DateInput, NumberInput, TextArea, TextInput, TimeInput

from database import read_row_id
from models import Application, Attachment, Candidate, User
from scheduling.plans import Participant
from scheduling.rules import Rules
from web.forms import Form, clean_text
from wording import in_a_row
from work.mail import Recipient

# As forms send them and drafts keep them: each field's values as text.
Answers = dict[str, list[str]]

EVERYTHING_ELSE_IS_KEPT = "Everything else is kept."

_TYPED = (TextInput, TextArea, DateInput, TimeInput, NumberInput)


@dataclass(frozen=True)
class Offered:
    """What the forms of one draft can choose from. `application` is the one the interview is for; None while
    several are possible, and when the chosen one no longer is. `intended_id` is the one that the draft was
    started for. `zone` is that of the person at the screen.

    `files`, `readers` (who would get emails), and `guests` (people from outside at the last interview) are
    filled in only for the forms that list them.
    """

    team: tuple[User, ...]
    candidate: Candidate
    applications: tuple[Application, ...]
    application: Application | None
    intended_id: int | None
    zone: str
    rules: Rules
    files: tuple[Attachment, ...] = ()
    readers: tuple[Recipient, ...] = ()
    guests: tuple[Participant, ...] = ()
    # The interview is new; otherwise it exists already.
    is_new: bool = True
    # It exists, and people who know of it are told about changes.
    is_change: bool = False
    # The candidate chooses the time from several.
    offers_slots: bool = False
    # Whether a meeting could be made right away. Filled in only for forms that list readers.
    can_be_made: bool = True


@dataclass(frozen=True)
class Gone:
    """What was chosen and can no longer be chosen: the title of a job that was closed, if that is why, and
    the names of people who left the team, by user.
    """

    closed_job: str | None
    names: Mapping[int, str]


class StepForm(Form):
    """A step's form; `version` says which version of the draft it was opened on."""

    # Used in the address, in the draft, and as the page's heading.
    key: ClassVar[str]
    label: ClassVar[str]
    # Whether it asks for something that the interview requires.
    asks: ClassVar[bool] = True
    lists_files: ClassVar[bool] = False
    lists_readers: ClassVar[bool] = False
    lists_guests: ClassVar[bool] = False
    # Whether it copies anything from the last interview on the same job.
    begins_as_last_time: ClassVar[bool] = True
    # What is typed or chosen here before anything is saved only decides how the page begins, or is seen to be
    # kept: the page need not say so.
    begins_quietly: ClassVar[frozenset[str]] = frozenset()
    # The fields that only buttons change. Each keeps what it does, so a page that is kept while it is typed
    # into has nothing newer of them, and may have something older.
    kept_by_buttons: ClassVar[frozenset[str]] = frozenset()

    version = HiddenField()

    @property
    def opened_on(self) -> int:
        """The draft's version when this form was made; 0, which no draft has, for anything else."""
        return read_row_id(self.version.data) or 0

    def offer(self, offered: Offered) -> None:
        """Set the choices, and remove the fields that this draft does not need."""

    def suggest(self, offered: Offered) -> None:
        """Fill in what most people would choose, if nothing has been saved yet."""

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        """Make a form that was filled from the draft look the way it was sent."""

    def explain(self, offered: Offered, gone: Gone) -> None:
        """Explain beside its field why a choice that used to be valid no longer is. Other errors, such as a
        time that has passed, keep their own words.
        """

    @property
    def stays(self) -> bool:
        """Whether the button that was pressed leads back to this page instead of onward."""
        return False

    def answers(self) -> Answers:
        """The values of the form, as text, to keep in the draft: as it was sent or, for a form that is only
        shown, as a browser would send it."""
        return {
            name: _as_text(field)
            for name, field in self._fields.items()
            if name not in ("csrf_token", "version")
        }

    def changes_from(self, shown: StepForm) -> Answers:
        """The answers of this form that are not those of `shown`, the form as its page opens."""
        mine, theirs = self.answers(), shown.answers()
        return {
            name: mine.get(name, [])
            for name in {**theirs, **mine}
            if _without_space(mine.get(name, [])) != _without_space(theirs.get(name, []))
        }

    def fill_in(self, answers: Mapping[str, list[str]]) -> None:
        """Put answers into their fields, right or wrong; nothing is refused before it is sent."""
        for name, values in answers.items():
            if name in self._fields:
                field = self._fields[name]
                field.process(MultiDict((field.name, value) for value in values))
                field.errors = []

    def take_errors_of(self, judged: StepForm) -> None:
        """Say beside each field what is wrong with it in a form of the same kind that was checked."""
        for name, field in judged._fields.items():
            if name in self:
                self[name].errors = field.errors

    def in_words(self, names: Collection[str]) -> list[tuple[str, str]]:
        """What the form holds in the fields called `names`, to compare two versions of it side by side."""
        return [
            row
            for name, field in self._fields.items()
            if name in names or isinstance(field, FieldList)
            for row in self.words_of(field)
        ]

    def words_of(self, field: Field) -> Iterator[tuple[str, str]]:
        """The label of one field and what it holds, chosen things by their labels."""
        choices = {str(value): str(label) for value, label, *_ in getattr(field, "iter_choices", tuple)()}
        values = field.data if isinstance(field.data, list) else [field.data]
        words = in_a_row(choices.get(str(value), str(value)) for value in values if value not in (None, ""))
        yield field.label.text, words or "–"

    def typed(self) -> list[tuple[str, str]]:
        """The texts that were sent, by label, to copy them out of a page that cannot accept them."""
        return [row for field in self for row in self.typed_in(field) if row[1].strip()]

    def typed_in(self, field: Field) -> Iterator[tuple[str, str]]:
        """The label of one field and the text that was typed into it."""
        if isinstance(field.widget, _TYPED):
            yield field.label.text, "\n".join(clean_text(text) or "" for text in field.raw_data or [])


F = TypeVar("F", bound=StepForm)


def _as_text(field: Field) -> list[str]:
    if field.raw_data is not None:
        return [str(value) for value in field.raw_data]
    if isinstance(field.data, list):
        return [str(value) for value in field.data]
    return [] if field.data is None else [str(getattr(field, "_value", lambda: field.data)())]


def _without_space(values: Iterable[str]) -> list[str]:
    """The values as they compare: in any order, without empty ones, and with plain line ends."""
    return sorted(text for value in values if (text := clean_text(value)))
