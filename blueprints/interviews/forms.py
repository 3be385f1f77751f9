"""The forms of the pages that change an interview."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from web.forms import Form

WORDS_LIMIT = 1000
_TOO_LONG = f"Keep it under {WORDS_LIMIT:,} characters."


class CancelForm(Form):
    words = TextAreaField("Message", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    tells_candidate = BooleanField("Tell the candidate by email", default=True)
