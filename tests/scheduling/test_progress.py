"""Which of an interview's deliveries a page collapses."""

import pytest

from scheduling.reading.progress import Progress, ProgressRow, RowState


def progress_with(*states: RowState, news: tuple[int, ...] = (), is_settled: bool = True) -> Progress:
    rows = tuple(
        ProgressRow(state, "send", f"Line {number}", is_news=number in news)
        for number, state in enumerate(states)
    )
    return Progress(rows, is_settled, card=None)


@pytest.mark.parametrize(
    ("states", "news", "shown"),
    [
        # What is still to come is collapsed too: reminders that wait for their time.
        (("done", "done", "done", "waiting"), (2,), [2]),
        (("done", "done", "done", "done"), (1, 2), [1, 2]),
        # Without an email that was sent at once, the last line that is done shows the progress.
        (("done", "dropped", "done", "dropped"), (), [2]),
        # A single line takes no more space than the line that would replace it.
        (("done", "done"), (1,), [0, 1]),
        # Anything that went wrong stays visible, with everything that led to it.
        (("done", "problem", "done"), (2,), [0, 1, 2]),
    ],
)
def test_only_what_was_sent_stays_once_everything_is_delivered(
    states: tuple[RowState, ...], news: tuple[int, ...], shown: list[int]
) -> None:
    progress = progress_with(*states, news=news)
    assert [number for number, row in enumerate(progress.rows) if row not in progress.folded] == shown


def test_nothing_is_folded_while_something_is_on_its_way() -> None:
    assert progress_with("done", "waiting", "waiting", is_settled=False).folded == ()
