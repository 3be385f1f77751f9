"""The part of the demo that uses the simulators: connected accounts, and interviews that are held online."""

from demo.online import connect_some_and_schedule
from demo.team import seed
from extensions import db
from models import CalendarEntry, Connection, Interview, MeetingSoftware, User, UserSession
from services import services
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from timezones import utc_now


def test_some_have_connected_accounts_and_meet_on_each_software(
    make_app: MakeApp, simulators: Simulators
) -> None:
    app = make_app(
        {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}
    )
    with in_rows(app):
        rules = services(app).rules
        seed(app.config["INSTALLATION_ID"], rules, "a password of its own")
    with app.app_context():
        urls = {
            "zoom": simulators.zoom_url,
            "google": simulators.google.url,
            "microsoft": simulators.microsoft.url,
        }
        connect_some_and_schedule(urls, rules)
    with in_rows(app):
        connected = db.session.execute(
            db.select(User.name, Connection.app)
            .join(Connection, Connection.user_id == User.id)
            .order_by(Connection.app, User.name)
        )
        assert [tuple(row) for row in connected] == [
            ("Lena Vogel", "google-calendar"),
            ("Noah Clarke", "google-calendar"),
            ("Tom Adeyemi", "google-calendar"),
            ("Grace Kim", "outlook-calendar"),
            ("Lena Vogel", "outlook-calendar"),
            ("Marco Bianchi", "outlook-calendar"),
            ("Grace Kim", "zoom"),
        ]
        online = {
            each.meeting.software: each
            for each in db.session.scalars(db.select(Interview))
            if each.meeting is not None and each.meeting.software is not MeetingSoftware.OTHER
        }
        assert all(interview.starts_at > utc_now() for interview in online.values())
        assert {software: who_has_an_entry_for(interview) for software, interview in online.items()} == {
            MeetingSoftware.GOOGLE_MEET: ["Noah Clarke", "Tom Adeyemi"],
            MeetingSoftware.TEAMS: ["Grace Kim", "Marco Bianchi"],
            # Hosted on Zoom by Grace, in a Google calendar, and in one of Outlook.
            MeetingSoftware.ZOOM: ["Marco Bianchi", "Tom Adeyemi"],
        }
        # No one is signed in only because the demo answered the consent pages for them.
        assert db.session.scalars(db.select(UserSession)).all() == []
    simulators.google.assert_no_violation()
    simulators.microsoft.assert_no_violation()


def who_has_an_entry_for(interview: Interview) -> list[str]:
    entries = db.session.scalars(
        db.select(CalendarEntry).where(CalendarEntry.interview_id == interview.id)
    ).all()
    return sorted(entry.user.name for entry in entries)
