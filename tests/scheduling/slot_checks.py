"""What is true of every interview whose time a candidate chooses, whatever happened and in whatever order."""

from collections import Counter
from itertools import combinations

from extensions import db
from models import Interview, InterviewStatus, Mail, MailState
from scheduling import answers
from scheduling.mails.queue import CANCELLATION, INVITATION, REMINDER, SLOT_CHOSEN, SLOT_REQUEST
from scheduling.mails.slots import MOST_NUDGES, SlotOccasion
from scheduling.slots import in_plan, offered

_TAKING_TIME = (InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED)


def assert_no_one_is_double_booked() -> None:
    """Look at every interview. Only for tests in which no one has accepted a conflict."""
    taking = list(db.session.scalars(db.select(Interview).where(Interview.status.in_(_TAKING_TIME))))
    for one, other in combinations(taking, 2):
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            shared = _people(one) & _people(other)
            assert not shared, f"{shared} have interviews {one.id} and {other.id} at the same time"


def _people(interview: Interview) -> set[str]:
    team = {interview.hiring_manager_id, *(each.user_id for each in interview.attendees if each.user_id)}
    return {f"candidate {interview.candidate.id}", *(f"user {number}" for number in team)}


def assert_one_truth(interview: Interview) -> None:
    """Check that the rows of one interview do not contradict each other."""
    request, status = interview.slot_request, interview.status
    assert request is not None
    assert {slot.round for slot in interview.slots} == set(range(1, request.round + 1))
    if request.picked is not None:
        assert request.picked.round == request.round, "a slot of an older round was chosen"
        assert request.picked.interview_id == interview.id
    mails = Counter(mail.kind for mail in interview.mails)
    if status in (InterviewStatus.REQUESTED, InterviewStatus.ACCEPTED):
        assert interview.meetings == []
        assert interview.revisions == []
        assert mails[INVITATION] == mails[REMINDER] == mails[CANCELLATION] == 0
    if status is InterviewStatus.REQUESTED:
        assert (request.picked_at, request.picked_id) == (None, None)
        assert interview.starts_at == offered(interview)[0].starts_at
    if status is InterviewStatus.ACCEPTED:
        assert request.picked is not None
        assert in_plan(request.picked).starts_at == interview.starts_at
    if status is InterviewStatus.SCHEDULED:
        assert request.picked_at is not None
        assert [revision.number for revision in interview.revisions] == list(range(interview.revision + 1))
        assert answers.what_candidate_says(interview).request is None, "a question that no one can answer"
    if status is InterviewStatus.CANCELLED:
        waiting = {mail.kind for mail in interview.mails if mail.state is MailState.QUEUED}
        assert waiting <= {CANCELLATION, "slots_withdrawn", "candidate_answer"}
    _check_requests(interview, request.round)
    # At most one for each reader, round and choice.
    assert max(Counter((m.kind, m.occasion, m.address) for m in interview.mails).values(), default=1) == 1
    chosen = [mail for mail in interview.mails if mail.kind == SLOT_CHOSEN]
    assert len({SlotOccasion.read(mail.occasion).round for mail in chosen}) <= request.round


def _check_requests(interview: Interview, rounds: int) -> None:
    occasions = [SlotOccasion.read(m.occasion) for m in interview.mails if m.kind == SLOT_REQUEST]
    for number in range(1, rounds + 1):
        of_round = [each for each in occasions if each.round == number]
        assert sum(not each.nudge and not each.again for each in of_round) == 1
        assert sum(each.nudge > 0 for each in of_round) <= MOST_NUDGES


def sent_requests(mails: list[Mail]) -> list[SlotOccasion]:
    """The requests that have left, in order."""
    sent = [mail for mail in mails if mail.kind == SLOT_REQUEST and mail.state is MailState.SENT]
    return [SlotOccasion.read(mail.occasion) for mail in sorted(sent, key=lambda m: (m.sent_at, m.id))]
