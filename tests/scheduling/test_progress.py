"""What a page folds of an interview's deliveries."""

import pytest

from scheduling.reading.progress import Progress, ProgressRow, RowState


def progress_with(*states: RowState, is_settled: bool = True) -> Progress:
    rows = tuple(ProgressRow(state, "send", f"Line {number}") for number, state in enumerate(states))
    return Progress(rows, is_settled, card=None)


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        # What is to come is folded too: reminders that wait for their hour.
        (("done", "done", "done", "waiting"), [2]),
        (("done", "done", "done"), [2]),
        (("done", "dropped", "done", "dropped"), [2]),
        # Two lines take no more room than one with the fold.
        (("done", "done"), [0, 1]),
        # Whatever went wrong stays in sight, with all that led to it.
        (("done", "problem", "done"), [0, 1, 2]),
    ],
)
def test_only_the_newest_line_stays_once_everything_is_delivered(
    states: tuple[RowState, ...], shown: list[int]
) -> None:
    progress = progress_with(*states)
    assert [number for number, row in enumerate(progress.rows) if row not in progress.folded] == shown


def test_nothing_is_folded_while_something_is_on_its_way() -> None:
    assert progress_with("done", "waiting", "waiting", is_settled=False).folded == ()
