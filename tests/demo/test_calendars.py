"""The demo's calendars look like a working week, and what is in them is read once the server runs."""

from demo.online import connect_some_and_schedule
from demo.team import seed
from extensions import db
from models import CustomEvent, OutsideEvent, SyncedCalendar, User
from services import services
from tests.accounts.mails import do_background_work
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from timezones import utc_now


def test_connected_calendars_are_full_of_events(make_app: MakeApp, simulators: Simulators) -> None:
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
    do_background_work(app)
    with in_rows(app):
        read = db.session.execute(
            db.select(User.name, SyncedCalendar.failure, db.func.count(OutsideEvent.id))
            .join(SyncedCalendar, SyncedCalendar.user_id == User.id)
            .join(OutsideEvent, OutsideEvent.calendar_id == SyncedCalendar.id)
            .group_by(User.name, SyncedCalendar.failure)
            .order_by(User.name)
        ).all()
        names = ["Grace Kim", "Lena Vogel", "Marco Bianchi", "Noah Clarke", "Tom Adeyemi"]
        assert [row[0] for row in read] == names
        assert all(row[1] is None and row[2] > 10 for row in read)
        titles = set(db.session.scalars(db.select(OutsideEvent.title)))
        assert {"Standup", "Pipeline review", "Night maintenance", "Vacation", "Budget", "Yoga"} <= titles
        assert db.session.scalars(db.select(CustomEvent.title).order_by(CustomEvent.id)).all() == [
            "Focus: hiring plan",
            "Backend interviews",
        ]
        assert all(event.ends_at > utc_now() for event in db.session.scalars(db.select(CustomEvent)))
    simulators.google.assert_no_violation()
    simulators.microsoft.assert_no_violation()
