"""Asking which time zone is meant if a list has one that could mean several: IST, Eastern, GMT+2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from hiring import queries
from hiring.imported_lines import Line
from hiring.imports import Plan
from timezones import (
    clock_change_between,
    in_zone,
    place_name,
    utc_now,
    utc_offset,
    zone_country,
    zones_meant,
)
from web.forms import Form
from web.signed_in import current_organization
from web.zone_fields import ZoneField

# More than these are asked about afterwards, so that no list makes a page that no one reads to its end.
_ASKED_AT_ONCE = 20
_NAMES_SHOWN = 3
# An empty value would make the choice one that can be left out.
_LEFT_OUT = "-"
_NONE, _YEAR = timedelta(), timedelta(days=365)


class _MeantField(RadioField):
    """The likely zones, of which one has to be chosen unless another one is entered in the field below."""

    def pre_validate(self, form: BaseForm) -> None:
        is_offered = any(choice.selected for choice in self.iter_choices())
        if not is_offered and not form[f"{self.short_name}-other"].data:
            raise ValidationError(f"Choose what {self.label.text} means.")


class ZonesForm(Form):
    """Two fields for each text that is asked about, called by the number of the first line that has it.

    `texts` are the texts in small letters with the names of their fields, `helps` and `notes` what is said
    about each field and about its choices.
    """

    texts: tuple[tuple[str, str], ...]
    helps: Mapping[str, str]
    notes: Mapping[str, Mapping[str, str]]

    @property
    def answers(self) -> dict[str, str]:
        """What each text means, as `Answers.zones` keeps it."""
        found = {}
        for text, name in self.texts:
            chosen = "" if self[name].data == _LEFT_OUT else self[name].data
            found[text] = self[f"{name}-other"].data or chosen
        return found


def zones_form(plan: Plan, answered: Mapping[str, str], *, is_sent: bool) -> ZonesForm | None:
    """The form for what is unclear in the zones of a list, filled in with the answers there are or, if
    `is_sent`, with what the request holds. None if nothing is unclear."""
    asked = _asked(plan)
    if not asked:
        return None
    organization = current_organization()
    near = [*([organization.timezone] if organization is not None else []), *queries.zones_of_team()]
    fields: dict[str, object] = {}
    data: dict[str, str] = {}
    notes: dict[str, dict[str, str]] = {}
    helps: dict[str, str] = {}
    texts = []
    for text, lines in asked.items():
        name = f"line-{lines[0].number}"
        texts.append((text, name))
        zones = zones_meant(lines[0].unclear_zone, near)
        choices = [SelectChoice(zone, place_name(zone)) for zone in zones]
        choices.append(SelectChoice(_LEFT_OUT, "Leave the time zone out"))
        fields[name] = _MeantField(f"“{lines[0].unclear_zone}”", choices=choices)
        fields[f"{name}-other"] = ZoneField(f"Another time zone for “{lines[0].unclear_zone}”", empty="")
        if (answer := answered.get(text)) is not None:
            data[name if not answer or answer in zones else f"{name}-other"] = answer or _LEFT_OUT
        notes[name] = {zone: _note(zone) for zone in zones}
        helps[name] = _rows(lines)
    made = cast(type[ZonesForm], type("ZonesOfListForm", (ZonesForm,), fields))
    form = made(data=data) if is_sent else made(formdata=None, data=data)
    form.texts, form.notes, form.helps = tuple(texts), notes, helps
    return form


def _asked(plan: Plan) -> dict[str, list[Line]]:
    """The texts to ask about on one page. If not all fit, answered ones make room for the others."""
    asked = plan.unclear_zones
    if plan.are_zones_undecided and len(asked) > _ASKED_AT_ONCE:
        asked = {text: lines for text, lines in asked.items() if lines[0].is_zone_open}
    return dict(list(asked.items())[:_ASKED_AT_ONCE])


def _note(zone: str) -> str:
    """Where it is, and what its clocks show now and in the rest of the year: `Germany · UTC+1 now, UTC+2 in
    summer`, and `India · UTC+5:30` where they show the same all year."""
    now = utc_now()
    clocks = utc_offset(now, zone)
    if clock_change_between(zone, now, now + _YEAR) is not None:
        # Said even if none of the days below shows the other clock, as in Morocco, where it is a month's.
        clocks += " now"
    for day in (now + timedelta(days=91 * quarter) for quarter in (1, 2, 3)):
        ahead = (in_zone(day, zone).utcoffset() or _NONE) - (in_zone(now, zone).utcoffset() or _NONE)
        if ahead:
            clocks += f", {utc_offset(day, zone)} in {'summer' if ahead > _NONE else 'winter'}"
            break
    return " · ".join(filter(None, [zone_country(zone), clocks]))


def _rows(lines: list[Line]) -> str:
    """Whose rows they are: `4 rows: Ann Lee, Bob, Cid, and 1 more`."""
    names = [line.name for line in lines[:_NAMES_SHOWN]]
    more = [f"and {len(lines) - len(names)} more"] if len(lines) > len(names) else []
    return f"{len(lines)} {'row' if len(lines) == 1 else 'rows'}: {', '.join([*names, *more])}"
