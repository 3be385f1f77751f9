"""Meetings: making, reading, changing and deleting them as Zoom does, side effects included."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulators.zoom import errors
from simulators.zoom.people import BY_EMAIL, Person
from simulators.zoom.state import Zoom, stamp

# "A one-off meeting id expires 30 days after its date" (Zoom support).
EXPIRES_AFTER = timedelta(days=30)
LISTED_AGENDA = 250

DEFAULT_SETTINGS: dict[str, Any] = {
    "host_video": False,
    "participant_video": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": False,
    "audio": "both",
    "auto_recording": "none",
    "approval_type": 2,
    "alternative_hosts": "",
    "alternative_hosts_email_notification": True,
    "email_notification": True,
    "push_change_to_calendar": False,
}


@dataclass(frozen=True)
class Meeting:
    """One meeting. Instants are Zoom's strings in UTC; `key` is the `pwd` of its join link."""

    id: int
    uuid: str
    host: str
    topic: str
    agenda: str
    type: int
    start_time: str
    duration: int
    timezone: str
    password: str
    key: str
    created_at: str
    settings: dict[str, Any] = field(default_factory=dict)
    deleted_at: str | None = None
    deleted_by: str | None = None

    @property
    def person(self) -> Person:
        return BY_EMAIL[self.host]

    @property
    def room(self) -> int:
        """The number in the join link: with use_pmi all meetings of a host share one room."""
        return self.person.pmi if self.settings["use_pmi"] else self.id

    def join_url(self, origin: str) -> str:
        return f"{origin}/j/{self.room}" + (f"?pwd={self.key}" if self.key else "")

    def detail(self, origin: str) -> dict[str, Any]:
        """The meeting as POST and GET return it."""
        detail: dict[str, Any] = {
            **self.list_item(origin),
            "host_email": self.host,
            "status": "waiting",
            "agenda": self.agenda,
            # Anyone who opens this address is the host. The canary lets tests find it in places where it must
            # not be.
            "start_url": f"{origin}/s/{self.id}?zak=ZAK-CANARY-{secrets.token_urlsafe(200)}",
            "password": self.password,
            "h323_password": self.password,
            "pstn_password": self.password,
            "encrypted_password": self.key,
            "settings": self.settings,
            "pre_schedule": False,
            "creation_source": "open_api",
        }
        return detail

    def list_item(self, origin: str) -> dict[str, Any]:
        """The meeting as the list returns it: no passcode, no settings, no start_url, and the agenda cut
        short."""
        item: dict[str, Any] = {
            "id": self.id,
            "uuid": self.uuid,
            "host_id": self.person.id,
            "topic": self.topic,
            "type": self.type,
            "start_time": self.start_time,
            "duration": self.duration,
            "timezone": self.timezone,
            "created_at": self.created_at,
            "join_url": self.join_url(origin),
            "agenda": self.agenda[:LISTED_AGENDA],
        }
        if self.settings["use_pmi"]:
            item["pmi"] = str(self.person.pmi)
        return item


def create(zoom: Zoom, person: Person, body: Mapping[str, Any]) -> Meeting:
    """Make a meeting from a body whose fields are valid. Raises ZoomError when today's limit is reached."""
    now = zoom.now()
    password = body.get("password") or (_new_passcode() if body.get("default_password", True) else "")
    kind = body.get("type", 2)
    starts_at = now if kind == 1 else _start(body, person)
    with zoom.storage.transaction() as rows:
        _count_write(zoom, rows, person, now)
        meeting = Meeting(
            id=_new_id(rows),
            uuid=base64.b64encode(secrets.token_bytes(16)).decode(),
            host=person.email,
            topic=body.get("topic") or "Zoom Meeting",
            agenda=body.get("agenda", ""),
            type=kind,
            # A start in the past, or none, silently becomes now.
            start_time=stamp(starts_at if starts_at and starts_at > now else now),
            duration=body.get("duration", 60),
            timezone=body.get("timezone") or person.timezone,
            password=password,
            key=_new_key(password),
            created_at=stamp(now),
            settings=_settled(
                {**_defaults(person), **body.get("settings", {})},
                person,
                password,
                zoom.board["locked_settings"],
            ),
        )
        rows.execute(
            "INSERT INTO meetings (id, host, starts_at, body) VALUES (?, ?, ?, ?)",
            (meeting.id, meeting.host, meeting.start_time, json.dumps(asdict(meeting))),
        )
    return meeting


def get(zoom: Zoom, person: Person, meeting_id: int) -> Meeting:
    """The living meeting of this host. Raises ZoomError 3001 if it is deleted, expired, unknown or another
    host's."""
    meeting = find(zoom, meeting_id)
    if meeting is None or meeting.deleted_at or meeting.host != person.email or _expired(meeting, zoom.now()):
        raise errors.meeting_gone(meeting_id)
    return meeting


def update(zoom: Zoom, person: Person, meeting_id: int, body: Mapping[str, Any]) -> None:
    """Change the fields that `body` names. Raises ZoomError 3001, or 429 when today's limit is reached."""
    now = zoom.now()
    with zoom.storage.transaction() as rows:
        meeting = get(zoom, person, meeting_id)
        _count_write(zoom, rows, person, now)
        password = body.get("password", meeting.password)
        starts_at = _start({"timezone": meeting.timezone, **body}, person)
        plain = {
            name: body[name] for name in ("topic", "agenda", "type", "duration", "timezone") if name in body
        }
        changed = replace(
            meeting,
            **plain,
            # A start in the past is ignored, and the answer is 204 anyway.
            start_time=stamp(starts_at) if starts_at and starts_at > now else meeting.start_time,
            password=password,
            # A new passcode makes a new link.
            key=meeting.key if password == meeting.password else _new_key(password),
            settings=_settled(
                {**meeting.settings, **body.get("settings", {})},
                person,
                password,
                zoom.board["locked_settings"],
            ),
        )
        _save(rows, changed)


def delete(zoom: Zoom, person: Person, meeting_id: int) -> None:
    """Delete for the host's app. Does not count toward the daily limit. Raises ZoomError 3001."""
    with zoom.storage.transaction():
        get(zoom, person, meeting_id)
        mark_deleted(zoom, meeting_id, "the app")


def mark_deleted(zoom: Zoom, meeting_id: int, by: str) -> bool:
    """Deletes no matter who asks. False when there is no such living meeting."""
    with zoom.storage.transaction() as rows:
        meeting = find(zoom, meeting_id)
        if meeting is None or meeting.deleted_at:
            return False
        _save(rows, replace(meeting, deleted_at=stamp(zoom.now()), deleted_by=by))
        return True


def change_as_host(zoom: Zoom, meeting_id: int, changes: Mapping[str, Any]) -> Meeting | None:
    """Changes a meeting the way its host does on Zoom's own pages, which no limit counts. None when there is
    no such living meeting."""
    with zoom.storage.transaction() as rows:
        meeting = find(zoom, meeting_id)
        if meeting is None or meeting.deleted_at:
            return None
        settings = {**meeting.settings, **changes.get("settings", {})}
        changed = replace(meeting, **{**changes, "settings": settings})
        if changed.password != meeting.password:
            changed = replace(changed, key=_new_key(changed.password))
        _save(rows, changed)
        return changed


def find(zoom: Zoom, meeting_id: int) -> Meeting | None:
    """The meeting of that id, living or deleted."""
    with zoom.storage.transaction() as rows:
        row = rows.execute("SELECT body FROM meetings WHERE id = ?", (meeting_id,)).fetchone()
    return Meeting(**json.loads(row["body"])) if row else None


def every(zoom: Zoom, host: str | None = None) -> list[Meeting]:
    """All meetings ever made (by one host), deleted ones included, by start."""
    with zoom.storage.transaction() as rows:
        found = rows.execute(
            "SELECT body FROM meetings WHERE :host IS NULL OR host = :host ORDER BY starts_at, id",
            {"host": host},
        ).fetchall()
    return [Meeting(**json.loads(row["body"])) for row in found]


def listed(zoom: Zoom, person: Person, *, upcoming: bool) -> list[Meeting]:
    """The meetings in the list: the host's undeleted, unexpired ones, or only those that are not over yet."""
    now = zoom.now()
    return [
        meeting
        for meeting in every(zoom, person.email)
        if not meeting.deleted_at
        and meeting.type != 1
        and not _expired(meeting, now)
        and not (upcoming and _ends_at(meeting) < now)
    ]


def _defaults(person: Person) -> dict[str, Any]:
    """The values of fields that a create leaves out: Zoom's defaults and the user's own settings."""
    return {
        **DEFAULT_SETTINGS,
        "use_pmi": person.use_pmi,
        "waiting_room": person.waiting_room,
        "meeting_authentication": person.meeting_authentication,
        "auto_start_meeting_summary": person.ai_summary,
        "auto_start_ai_companion_questions": person.ai_summary,
    }


def _settled(
    settings: dict[str, Any], person: Person, password: str, locked: Sequence[str]
) -> dict[str, Any]:
    """The settings that Zoom ends up with: impossible ones are dropped without an error."""
    settled = dict(settings)
    settled.update({name: True for name in ("waiting_room", "meeting_authentication") if name in locked})
    if "auto_recording" in locked:
        settled["auto_recording"] = "local"
    if "host_first" in locked:
        settled["join_before_host"] = False
    if not password and not settled["waiting_room"] and not settled["meeting_authentication"]:
        # Zoom insists on one of the three, and otherwise turns on the waiting room itself.
        settled["waiting_room"] = True
    if settled["waiting_room"]:
        settled["join_before_host"] = False
    if settled["auto_recording"] == "cloud" and person.plan != "Licensed":
        settled["auto_recording"] = "none"
    return settled


def _start(body: Mapping[str, Any], person: Person) -> datetime | None:
    """The instant of `start_time`: in UTC with Z, else local time in `timezone`, else in the user's zone."""
    text = body.get("start_time")
    if not text:
        return None
    try:
        if text.endswith("Z"):
            return datetime.fromisoformat(text)
        zone = ZoneInfo(body.get("timezone") or person.timezone)
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        # February 31 has the right form but is not a date.
        raise errors.validation_failed([("start_time", "Invalid field.")]) from None


def _ends_at(meeting: Meeting) -> datetime:
    return datetime.fromisoformat(meeting.start_time) + timedelta(minutes=meeting.duration)


def _expired(meeting: Meeting, now: datetime) -> bool:
    return _ends_at(meeting) + EXPIRES_AFTER < now


def _count_write(zoom: Zoom, rows: sqlite3.Connection, person: Person, now: datetime) -> None:
    """Count one more create or update of this host today (UTC), or raise ZoomError 429. Refused calls are not
    counted."""
    limit: int = zoom.board["daily_limit"]
    day = now.date().isoformat()
    rows.execute(
        "INSERT INTO daily_writes VALUES (?, ?, 1)"
        " ON CONFLICT (account, day) DO UPDATE SET writes = writes + 1",
        (person.email, day),
    )
    used = rows.execute("SELECT writes FROM daily_writes WHERE account = ? AND day = ?", (person.email, day))
    if used.fetchone()["writes"] > limit or person.email in zoom.board["daily_limit_reached"]:
        # Leaving the transaction with an exception undoes the count.
        raise errors.too_many_today(limit)


def _save(rows: sqlite3.Connection, meeting: Meeting) -> None:
    rows.execute(
        "UPDATE meetings SET starts_at = ?, deleted_at = ?, deleted_by = ?, body = ? WHERE id = ?",
        (meeting.start_time, meeting.deleted_at, meeting.deleted_by, json.dumps(asdict(meeting)), meeting.id),
    )


def _new_id(rows: sqlite3.Connection) -> int:
    """A new id of eleven digits: more than 32 bits, within what JavaScript represents exactly."""
    while True:
        meeting_id = 80_000_000_000 + secrets.randbelow(19_999_999_999)
        if rows.execute("SELECT 1 FROM meetings WHERE id = ?", (meeting_id,)).fetchone() is None:
            return meeting_id


def _new_passcode() -> str:
    """A new passcode: eight characters that satisfy every simulated policy."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(secrets.choice(alphabet) for _ in range(5)) + f"{secrets.randbelow(900) + 100}"


def _new_key(password: str) -> str:
    return f"ZPW-CANARY-{secrets.token_urlsafe(18)}.1" if password else ""
