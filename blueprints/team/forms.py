"""Forms of the team's pages."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import EmailField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from models import Role
from web.addresses import EmailAddress
from web.forms import Form
from web.zone_fields import ZoneField

# What each role is for, in one line. What exactly it may do is in `accounts.permissions`.
ROLE_LINES = {
    Role.OWNER: "Can do everything, and decides who can connect apps.",
    Role.ADMIN: "Can do everything except change owners.",
    Role.RECRUITER: "All jobs, candidates and interviews, but not the team or its settings.",
    Role.HIRING_MANAGER: "Candidates and interviews of their own jobs, and any interview they take part in.",
    Role.INTERVIEWER: "The interviews they take part in.",
    Role.OBSERVER: "Sees jobs, candidates and interviews, without contact details, links or notes.",
}


def role_choices(roles: Iterable[Role]) -> list[SelectChoice]:
    return [SelectChoice(role.value, role.label) for role in roles]


class RoleForm(Form):
    role = SelectField("Role", validators=[DataRequired("Choose a role.")])

    @property
    def chosen(self) -> Role:
        return Role(self.role.data)


class InviteForm(RoleForm):
    name = StringField("Name", validators=[DataRequired("Enter their name."), Length(max=120)])
    email = EmailField(
        "Email",
        validators=[
            DataRequired("Enter their email address."),
            EmailAddress("Enter an email address like ana@company.example."),
        ],
    )
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
