"""What a candidate says on their own page, as it arrives in people's inboxes."""

from datetime import timedelta

import pytest

from extensions import db
from models import CandidateAnswer, Interview, InterviewStatus
from scheduling.commands.candidate import ask_to_move, call_off, say_late, say_none_fit
from scheduling.commands.requested_times import keep_time
from scheduling.rules import Rules
from services import services
from tests.factories import in_three_days, request_slots
from tests.tasks.installation import Installation
from tests.tasks.test_changed_meetings import scheduled
from timezones import utc_now

DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"


def rules(installation: Installation) -> Rules:
    return services(installation.app).rules


def text_to(installation: Installation, address: str) -> tuple[str, str, str]:
    """The subject, the address for replies, and the text of the newest email to someone."""
    message = installation.simulators.mails(address)[-1].message
    body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return str(message["Subject"]), str(message["Reply-To"]), body.replace("\r\n", "\n")


def test_request_reaches_those_who_decide_and_the_answer_the_candidate(installation: Installation) -> None:
    interview = scheduled(installation)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        ask_to_move(row, [in_three_days() + timedelta(hours=3)], "I have an exam.", rules(installation))
        db.session.commit()
    installation.run_due()
    for address in (BEN, ADA):
        subject, reply_to, body = text_to(installation, address)
        assert subject.startswith("Another time? interview with Dina Kaur – Backend Engineer, ")
        assert DINA in reply_to
        assert "Dina Kaur asked for another time." in body
        assert "A message from Dina:\nI have an exam." in body
        assert f"/interviews/{interview}" in body
        assert "/s/" not in body
    with installation.writing():
        row, answer = (
            db.session.get_one(Interview, interview),
            db.session.scalars(db.select(CandidateAnswer)).one(),
        )
        keep_time(row.scheduler, row, answer.id, "We only have this day.", rules(installation))
        db.session.commit()
    installation.run_due()
    subject, reply_to, body = text_to(installation, DINA)
    assert subject.startswith("Your interview stays on ")
    assert ADA in reply_to
    assert "A message from Ada:\nWe only have this day." in body
    assert "/s/" in body


def test_request_that_was_answered_before_its_email_left_is_not_sent(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        ask_to_move(row, [], "Any other day?", rules(installation))
        answer = db.session.scalars(db.select(CandidateAnswer)).one()
        keep_time(row.scheduler, row, answer.id, "", rules(installation))
        db.session.commit()
    installation.run_due()
    assert not [
        mail for mail in installation.simulators.mails(BEN) if "Another time" in str(mail.message["Subject"])
    ]


def test_cancellation_by_the_candidate_is_theirs_in_every_inbox(installation: Installation) -> None:
    interview = scheduled(installation)
    with installation.writing():
        call_off(db.session.get_one(Interview, interview), "I took another job.", rules(installation))
        db.session.commit()
    installation.run_due()
    assert installation.living_meetings() == []
    _, _, to_ben = text_to(installation, BEN)
    assert "Dina Kaur has cancelled the interview for Backend Engineer:" in to_ben
    assert "A message from Dina:\nI took another job." in to_ben
    _, _, to_dina = text_to(installation, DINA)
    assert "You cancelled your interview" in to_dina
    assert "I took another job." not in to_dina
    assert installation.entries(DINA)[-1][0] == "CANCEL"
    subject, reply_to, _ = text_to(installation, ADA)
    assert subject.startswith("Cancelled by the candidate: ")
    assert DINA in reply_to


def test_running_late_leaves_at_once(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    with installation.reading():
        to_start = db.session.get_one(Interview, interview).starts_at - utc_now()
    installation.later(seconds=(to_start - timedelta(minutes=30)).total_seconds())
    with installation.writing():
        say_late(db.session.get_one(Interview, interview), 10, "", rules(installation))
        db.session.commit()
    installation.run_due()
    for address in (BEN, ADA):
        subject, _, body = text_to(installation, address)
        assert subject.startswith("Running late: interview with Dina Kaur")
        assert "Dina Kaur will be late by 10 minutes." in body


def asked(installation: Installation) -> int:
    """An interview for which the candidate is asked to choose from two times."""
    with installation.writing():
        day = in_three_days()
        made = request_slots(installation.team.ada, installation.team.dina, day, day + timedelta(days=4))
    installation.run_due()
    return made


def test_request_to_choose_names_the_times_and_the_page(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    asked(installation)
    subject, reply_to, body = text_to(installation, DINA)
    assert subject == "Choose a time for your interview: Backend Engineer at Northlight"
    assert ADA in reply_to
    assert body.startswith(
        "Hi Dina,\n\nWe'd like to invite you to an interview for the Backend Engineer role"
    )
    assert "Please choose one on the page below by " in body
    assert body.count(" 10:00 CET\n") == 2
    assert "/s/" in body
    assert "/j/" not in body


def test_those_who_decide_hear_that_no_time_works_even_after_the_first_of_the_times(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = asked(installation)
    installation.later(hours=74)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        say_none_fit(row, [in_three_days() + timedelta(days=9)], "Mornings only.", rules(installation))
        db.session.commit()
    installation.run_due()
    for address in (BEN, ADA):
        subject, reply_to, body = text_to(installation, address)
        assert subject == "Other times? interview with Dina Kaur – Backend Engineer"
        assert DINA in reply_to
        assert "None of the times you offered work for Dina Kaur." in body
        assert "A message from Dina:\nMornings only." in body
        assert "These times would work:" in body
        assert "The interview is:\nDina Kaur – Backend Engineer Interview\n45 minutes" in body


@pytest.mark.parametrize("has_chosen", [False, True])
def test_those_who_decide_hear_about_someone_who_is_no_longer_interested(
    sqlite_installation: Installation, has_chosen: bool
) -> None:
    installation = sqlite_installation
    interview = asked(installation)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        if has_chosen:
            row.status = InterviewStatus.ACCEPTED
        call_off(row, "I took another job.", rules(installation))
        db.session.commit()
    before = len(installation.simulators.mails(DINA))
    installation.run_due()
    for address in (BEN, ADA):
        subject, _, body = text_to(installation, address)
        assert subject == "No longer interested: interview with Dina Kaur – Backend Engineer"
        assert "Dina Kaur is no longer interested in this interview." in body
        assert "A message from Dina:\nI took another job." in body
        assert "CET" not in body
    installation.later(hours=72)
    assert len(installation.simulators.mails(DINA)) == before
    assert "Dina Kaur is no longer interested" in installation.timeline(interview)
