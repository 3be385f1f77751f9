"""The form for a link that was made elsewhere."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from scheduling.venues import LABEL_LIMIT, PastedLink
from web.forms import Form


class LinkForm(Form):
    link_label = StringField(
        "Name of the software",
        validators=[DataRequired("Enter the name of the software, such as Webex.")],
        render_kw={"maxlength": str(LABEL_LIMIT)},
    )
    link_url = StringField("Link", validators=[DataRequired("Paste the link of the meeting.")])

    def link(self) -> PastedLink:
        return PastedLink(self.link_url.data or "", self.link_label.data or "")
