"""Meetings on Google Meet and Microsoft Teams, which live on an entry in their host's calendar: one event for
meeting and entry."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from extensions import db
from models import FailureReason, Interview, MailState, MeetingState, User
from scheduling.commands import repair, time_slots
from scheduling.plans import Participant
from scheduling.preflight import problems_of
from scheduling.slots import offered
from scheduling.venues import PastedLink
from tests.factories import LENA, PRIYA, request_slots
from tests.machines.simulators import Simulators
from tests.tasks.calendar_sides import Google, Outlook, sides_of
from tests.tasks.installation import Installation
from tests.tasks.linking import Linking, says
from tests.tasks.test_preflight import DAY, HOUR, check, found, in_three_days, text_of, wait_until, warnings

VERA, SOFIA = "vera.costa@northlight.example", "sofia.lindqvist@northlight.example"
DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"


@pytest.fixture(params=[Google, Outlook], ids=["meet", "teams"])
def linking(request: pytest.FixtureRequest, simulators: Simulators) -> Linking:
    [side] = [side for side in sides_of(simulators) if isinstance(side, request.param)]
    return Linking(side)


@pytest.fixture
def installation(linked_installation: Installation) -> Installation:
    return linked_installation


def urgent_to_ben(installation: Installation) -> EmailMessage:
    [urgent] = [
        mail.message
        for mail in installation.simulators.mails(BEN)
        if str(mail.message["Subject"]).startswith("URGENT")
    ]
    return urgent


def test_meet_link_is_made_on_the_hosts_one_entry(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ben Frei")
    assert linking.event(PRIYA).join_link == seen.join_url
    assert f"done: {linking.label} link created on Ben's account" in installation.progress(interview)
    # A person who has the entry gets no calendar file, but the candidate does.
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert [method for method, *_ in installation.entries(DINA)] == ["REQUEST"]
    assert installation.entries(BEN) == []


def test_agenda_and_join_page_reach_the_entry_of_the_meeting(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    installation.run_due()
    event = linking.event(PRIYA)
    assert "Introduction, experience, questions" in event.text
    assert says(event, installation.meeting(interview).join_url)


def test_host_whose_account_makes_no_links_is_passed_over(
    installation: Installation, linking: Linking
) -> None:
    """Google answers for Vera's account with 400 Invalid conference type value. Microsoft takes the request,
    and makes an event without a meeting."""
    linking.connect(installation, installation.team.ben, VERA)
    linking.connect(installation, installation.team.ada, LENA)
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert linking.links(VERA, LENA) == [seen.join_url]
    # Ben takes part, and has the interview in his calendar without a link of his own.
    assert [len(linking.events(account)) for account in (VERA, LENA)] == [1, 1]
    assert f"Ben's account: {linking.words.not_allowed}" in installation.progress(interview)


def test_no_account_makes_links(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, VERA)
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_ALLOWED)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert str(urgent_to_ben(installation)["Subject"]) == (
        f"URGENT: {linking.label} Meeting Creation Failed - Interview: Backend Engineer"
    )
    assert linking.links(VERA) == []
    assert len(linking.events(VERA)) == 1


def test_no_one_has_connected_what_makes_links(installation: Installation, linking: Linking) -> None:
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    app = linking.app_label
    assert installation.meeting(interview).failure_words == f"No one who can host has connected {app}."
    progress = installation.progress(interview)
    assert f"Connect {app} in Settings → Connected Apps" in progress
    # The account that is connected later makes the link, and everyone gets it.
    linking.connect(installation, installation.team.ada, LENA)
    installation.run_due()
    assert linking.links(LENA) == [installation.meeting(interview).join_url]
    assert len(linking.events(LENA)) == 1


def test_alarm_on_the_day_before_says_what_is_missing(installation: Installation, linking: Linking) -> None:
    start = installation.clock.now + timedelta(hours=25)
    installation.schedule(software=linking.software, starts_at=start, reminder_minutes=(1440, 60))
    installation.until_grace_is_over()
    installation.later(hours=1)
    # "Google Meet meeting" reads badly.
    what = {"Google Meet": "Google Meet link", "Microsoft Teams": "Microsoft Teams meeting"}[linking.label]
    assert f"and it still has no {what}." in text_of(installation.simulators.mails(BEN)[-1])


def test_link_that_is_pending_for_a_while_is_waited_for(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.come_late(creations=1, reads=6)
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1
    assert [mail.occasion for mail in installation.mails(interview)] == ["r0"] * 2


def test_late_link_is_reported_and_follows(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.come_late()
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_READY)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert len(linking.events(PRIYA)) == 1
    why, cure = linking.words.pending, "Nothing to do: we'll send the link when it's ready."
    assert f"No {linking.label} link yet. {why} {cure}" in installation.progress(interview)
    body = urgent_to_ben(installation).get_body(("plain",))
    assert body is not None
    assert f"Why: {why}" in body.get_content()
    assert f"What helps: {cure}" in body.get_content()
    linking.come_at_once()
    linking.settle(PRIYA)
    installation.later(minutes=30)
    installation.later(minutes=5)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1
    # The candidate got the link in a second email.
    assert len(installation.mails(interview)) == 4
    assert (seen.join_url or "no link") in text_of(installation.simulators.mails(DINA)[-1])
    [solved] = [
        mail for mail in installation.simulators.mails(BEN) if mail.message["Subject"].startswith("Solved: ")
    ]
    assert f"on Ben Frei's {linking.provider_label} account" in text_of(solved)


def test_link_that_the_provider_fails_to_make_is_made_again(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.fail_once()
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    installation.later(minutes=30)
    installation.later(minutes=30)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1


def test_lost_answer_makes_no_second_event(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.side.switches(lose_next_creates=1)
    interview = installation.schedule(software=linking.software)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1


def test_rescheduling_moves_the_one_event(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    link = installation.meeting(interview).join_url
    [before] = linking.events(PRIYA)
    installation.edit(interview, starts_at=installation.clock.now + timedelta(days=5))
    settle(installation)
    [after] = linking.events(PRIYA)
    assert after.id == before.id
    assert after.starts_at > before.starts_at
    assert linking.links(PRIYA) == [link]


def test_cancelling_leaves_nothing_behind(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.connect(installation, installation.team.ada, LENA)
    interview = installation.schedule(
        software=linking.software, attendees=(Participant("Ada Berg", ADA, installation.team.ada.id),)
    )
    installation.run_due()
    assert [len(linking.events(account)) for account in (PRIYA, LENA)] == [1, 1]
    installation.cancel(interview)
    settle(installation)
    assert [len(linking.events(account)) for account in (PRIYA, LENA)] == [0, 0]
    assert installation.is_settled(interview)


def test_another_hiring_manager_leaves_one_meeting_and_an_entry_for_each_who_takes_part(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    linking.connect(installation, installation.team.cleo, SOFIA)
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    installation.edit(interview, hiring_manager_id=installation.team.cleo.id)
    settle(installation)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA, SOFIA) == [seen.join_url]
    assert len(linking.events(SOFIA)) == 1


def test_time_that_the_candidate_chooses_gets_a_link_and_entries(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    with installation.writing():
        interview = request_slots(installation.team.ada, installation.team.dina, software=linking.software)
    installation.run_due()
    assert linking.events(PRIYA) == []
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        time_slots.choose(row, offered(row)[0].id, installation.rules)
        db.session.commit()
    settle(installation)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1


def test_repair_pastes_a_link_or_uses_another_account(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, VERA)
    pasted, offered_to = (
        installation.schedule(software=linking.software),
        installation.schedule(software=linking.software),
    )
    installation.until_grace_is_over()
    linking.connect(installation, installation.team.cleo, SOFIA)
    with installation.writing():
        ada, cleo = (
            db.session.get_one(User, who.id) for who in (installation.team.ada, installation.team.cleo)
        )
        link = PastedLink("https://rooms.example/blue", "Our room")
        repair.use_link(ada, db.session.get_one(Interview, pasted), link, installation.rules)
        repair.offer_account(cleo, db.session.get_one(Interview, offered_to))
        db.session.commit()
    settle(installation)
    assert installation.meeting(pasted).join_url == "https://rooms.example/blue"
    seen = installation.meeting(offered_to)
    assert (seen.state, seen.host) == (MeetingState.READY, "Cleo Marin")
    assert linking.links(VERA, SOFIA) == [seen.join_url]
    # Ben takes part in both.
    assert len(linking.events(VERA)) == 2
    for event in linking.events(VERA):
        assert says(event, "https://rooms.example/blue") or says(event, seen.join_url)


def test_meeting_that_its_host_deleted_is_made_again(installation: Installation, linking: Linking) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=linking.software)
    installation.run_due()
    settle(installation)
    linking.take_off(PRIYA)
    for _ in range(30):
        installation.later(hours=1)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1


def test_check_before_the_start_finds_nothing_where_all_is_well(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = in_three_days(installation, software=linking.software)
    settle(installation)
    for before in (DAY, HOUR):
        check(installation, interview, before)
        assert found(installation, interview) is None
    assert warnings(installation, BEN) == []
    assert linking.links(PRIYA) == [installation.meeting(interview).join_url]


def test_check_before_the_start_makes_a_link_again_that_was_taken_out(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = in_three_days(installation, software=linking.software)
    settle(installation)
    wait_until(installation, interview, HOUR)
    linking.take_off(PRIYA)
    check(installation, interview, HOUR)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert linking.links(PRIYA) == [seen.join_url]
    assert len(linking.events(PRIYA)) == 1


def test_check_before_the_start_says_whose_account_cannot_be_reached(
    installation: Installation, linking: Linking
) -> None:
    linking.connect(installation, installation.team.ben, PRIYA)
    interview = in_three_days(installation, software=linking.software)
    settle(installation)
    linking.side.revoke(PRIYA)
    check(installation, interview, DAY)
    with installation.reading():
        [problem] = problems_of(db.session.get_one(Interview, interview))
    assert problem.words == (
        f"Ben's {linking.provider_label} account isn't connected anymore, so we can't tell whether the "
        "meeting still exists."
    )


def settle(installation: Installation) -> None:
    """Let the seconds pass in which a change can be undone, and everything that follows be done."""
    for _ in range(6):
        installation.later(seconds=30)
