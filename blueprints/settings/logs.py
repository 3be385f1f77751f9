"""Settings → System log → Export and retention: the activity log as a file, and how long logs are kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from accounts import audit
from accounts import settings as changes
from accounts.audit import Event, Line
from blueprints.hiring.formulas import guarded
from extensions import db
from models import Organization
from timezones import start_of_day, utc_now
from web.forms import Form
from web.notices import say
from web.signed_in import actor
from web.times import FIRST_YEAR, LAST_YEAR

CSV, JSON_LINES = "csv", "jsonl"
_COLUMNS = ("id", "at", "event", "person", "email", "what", "address")


class ExportLogForm(Form):
    first = DateField("From", validators=[Optional()])
    last = DateField("To", validators=[Optional()])
    format = RadioField(
        "Format",
        choices=[
            SelectChoice(CSV, "CSV, for spreadsheets"),
            SelectChoice(JSON_LINES, "JSON lines, for programs"),
        ],
        default=CSV,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        for field in (self.first, self.last):
            if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
                self.refuse(field.name, "Check the year.")
                return False
        if self.first.data and self.last.data and self.last.data < self.first.data:
            self.refuse("last", "This is before the first day.")
            return False
        return True


def _days(label: str) -> IntegerField:
    words = "Enter a whole number of days from 30 to 3650, or leave empty."
    return IntegerField(label, validators=[Optional(), NumberRange(30, 3650, words)])


class KeepLogsForm(Form):
    log_days = _days("Keep the activity log (days)")
    mail_copy_days = _days("Keep copies of sent emails (days)")


def logs() -> ResponseReturnValue:
    return _page()


def export_log() -> ResponseReturnValue:
    """A POST, because the log records who exported it."""
    user, form = actor(), ExportLogForm()
    if not form.validate():
        return _page(export_form=form), 422
    first, last = form.first.data, form.last.data
    begin = start_of_day(first, user.timezone) if first is not None else None
    end = start_of_day(last + timedelta(days=1), user.timezone) if last is not None else None
    is_csv = form.format.data == CSV
    audit.record(Event.LOG_EXPORTED, f"{user.name} exported the activity log{_in_words(first, last)}.", user)
    db.session.commit()
    portions = audit.lines(begin, end)
    response = Response(
        stream_with_context(_as_csv(portions) if is_csv else _as_json_lines(portions)),
        mimetype="text/csv" if is_csv else "application/jsonl",
    )
    name = f"activity-{utc_now():%Y-%m-%d}.{form.format.data}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def keep_logs() -> ResponseReturnValue:
    form = KeepLogsForm()
    if not form.validate():
        return _page(keep_form=form), 422
    changed = changes.keep_logs(actor(), log_days=form.log_days.data, mail_copy_days=form.mail_copy_days.data)
    db.session.commit()
    say("Saved." if changed else "Nothing to save.")
    return redirect(url_for("settings.logs"), 303)


def _page(*, export_form: ExportLogForm | None = None, keep_form: KeepLogsForm | None = None) -> str:
    row = db.session.get_one(Organization, 1)
    stored = {"log_days": row.log_days, "mail_copy_days": row.mail_copy_days}
    return render_template(
        "settings/logs.html",
        form=export_form or ExportLogForm(formdata=None),
        keep_form=keep_form or KeepLogsForm(formdata=None, data=stored),
        zone_name=actor().timezone,
    )


def _in_words(first: date | None, last: date | None) -> str:
    since = f" from {first.isoformat()}" if first is not None else ""
    return f"{since} to {last.isoformat()}" if last is not None else since


def _cells(line: Line) -> tuple[str, ...]:
    at = line.at.isoformat(timespec="seconds")
    return (str(line.id), at, line.event, line.actor, line.email, line.words, line.address)


def _as_csv(portions: Iterable[list[Line]]) -> Iterator[str]:
    # Without the byte order mark, Excel assumes an old code page.
    yield "\ufeff" + _rows([_COLUMNS])
    for portion in portions:
        yield _rows(_cells(line) for line in portion)


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    file = io.StringIO(newline="")
    # No name or user agent may run as a formula.
    csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(
        [guarded(cell) for cell in row] for row in rows
    )
    return file.getvalue()


def _as_json_lines(portions: Iterable[list[Line]]) -> Iterator[str]:
    for portion in portions:
        yield "".join(
            json.dumps(dict(zip(_COLUMNS, (line.id, *_cells(line)[1:]), strict=True)), ensure_ascii=False)
            + "\n"
            for line in portion
        )


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of the settings."""
    blueprint.get("/system-log/export")(logs)
    blueprint.post("/system-log/export")(export_log)
    blueprint.post("/system-log/keeping")(keep_logs)
