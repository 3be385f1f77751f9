"""Files of a draft are added, given up and removed, on each kind of database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from database import writing
from extensions import db
from models import Attachment, User
from scheduling.drafts import attachments, drafts, starting
from scheduling.errors import DraftStaleError
from scheduling.files.keeping import FileError, Upload, keep
from scheduling.files.removing import removing_bytes, sweeping
from services import services
from tests.factories import Team, create_team
from tests.files_to_attach import PDF
from timezones import system_clock, use_clock

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def team(app: Flask) -> Iterator[Team]:
    use_clock(lambda: NOW)
    with app.app_context(), writing():
        yield create_team()
    use_clock(system_clock)


@pytest.mark.both_databases
def test_draft_is_taken_by_one_form_and_never_after_it_was_spent(team: Team) -> None:
    ada = db.session.get_one(User, team.ada.id)
    draft = starting.start(ada, team.dina.id)
    drafts.take(draft, 1)
    assert draft.version == 2
    with pytest.raises(DraftStaleError):
        drafts.take(draft, 1)
    drafts.spend(ada, draft.id, 2)
    with pytest.raises(DraftStaleError):
        drafts.take(draft, 2)


@pytest.mark.both_databases
def test_abandoned_files_are_removed_at_the_next_cleanup_and_the_rest_stays(app: Flask, team: Team) -> None:
    files = services(app).attachment_files
    ada = db.session.get_one(User, team.ada.id)
    draft = starting.start(ada, team.dina.id)
    kept, removed = (
        attachments.add(ada, draft, keep(Upload(name, PDF), files), is_for_team_only=False)
        for name in ("kept.pdf", "removed.pdf")
    )
    names = {kept.stored_as, removed.stored_as}
    with pytest.raises(FileError, match="it is empty"):
        keep(Upload("empty.pdf", b""), files)
    attachments.choose_readers(draft.id, {kept.id}, {kept.id})
    assert attachments.remove(draft.id, removed.id) == "removed.pdf"
    assert attachments.remove(draft.id, removed.id) is None
    assert attachments.remove("another draft", kept.id) is None
    db.session.commit()
    folder: Path = app.config["INSTANCE_PATH"] / "uploads"
    assert {path.name for path in folder.iterdir()} == names
    # The second cleanup finds nothing to do, and a day later it is time to check everything.
    for later in (timedelta(), timedelta(minutes=1), timedelta(days=2)):
        use_clock(lambda later=later: NOW + later)  # type: ignore[misc]
        attachments.give_up_of_expired_drafts().run()
        sweeping(files).run()
        removing_bytes(files).run()
        [row] = db.session.scalars(db.select(Attachment))
        assert (row.name, row.is_for_team_only, row.draft_id) == ("kept.pdf", True, draft.id)
        assert [path.name for path in folder.iterdir()] == [row.stored_as]
        db.session.commit()
