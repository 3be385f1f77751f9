"""What is asked about interviews that are still to take place, before their job or candidate is gone."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from scheduling.commands.cancel import Cancellation
from web.forms import Form

WORDS_LIMIT = 1000
_KEEP, _CANCEL = "keep", "cancel"


class CancelAllForm(Form):
    """What everyone is told."""

    words = TextAreaField(
        "Message", validators=[Length(max=WORDS_LIMIT, message=f"Keep it under {WORDS_LIMIT:,} characters.")]
    )
    tells_candidate = BooleanField("Tell the candidate by email", default=True)

    @property
    def is_asked(self) -> bool:
        """Whether the form was on the page that was sent, and not just a button."""
        return bool(self.words.raw_data)

    def cancellation(self) -> Cancellation:
        return Cancellation(self.words.data or "", tells_candidate=self.tells_candidate.data)


class CloseJobForm(CancelAllForm):
    interviews = RadioField(
        "Its interviews",
        choices=[SelectChoice(_CANCEL, "Cancel them"), SelectChoice(_KEEP, "Keep them as planned")],
        validators=[InputRequired("Choose what happens to the interviews.")],
    )

    @property
    def cancels(self) -> bool:
        return bool(self.interviews.data == _CANCEL)
