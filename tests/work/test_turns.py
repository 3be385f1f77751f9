"""Which thread looks for work: only one of a lane at a time, and only if there may be some."""

import threading

from models import Lane
from work.turns import NEVER, Found, Turns


def _nothing() -> Found[str]:
    return Found(None)


def _work() -> Found[str]:
    return Found("work")


def test_no_one_looks_again_where_another_found_nothing_until_the_next_wake() -> None:
    turns = Turns()
    assert turns.look(Lane.MAIL, _nothing).it is None
    assert turns.look(Lane.MAIL, _work).it is None
    assert turns.look(Lane.PROVIDER, _work).it == "work"
    turns.wake(Lane.MAIL)
    assert turns.look(Lane.MAIL, _work).it == "work"


def test_no_one_looks_again_where_another_found_all_there_was_until_the_next_wake() -> None:
    turns = Turns()
    assert turns.look(Lane.MAIL, lambda: Found("the only work", is_only_one=True)).it == "the only work"
    assert turns.look(Lane.MAIL, _work).it is None
    turns.note_end(Lane.MAIL)
    assert turns.look(Lane.MAIL, _work).it == "work"


def test_end_of_a_task_lets_its_lane_look_again_even_during_a_look_that_finds_nothing() -> None:
    turns = Turns()

    def vain() -> Found[str]:
        turns.note_end(Lane.MAIL)
        return Found(None)

    assert turns.look(Lane.MAIL, vain).it is None
    assert turns.look(Lane.MAIL, _work).it == "work"


def test_one_thread_of_a_lane_looks_at_a_time() -> None:
    turns, is_looking, may_go_on = Turns(), threading.Event(), threading.Event()
    order: list[str] = []

    def slow() -> Found[str]:
        is_looking.set()
        assert may_go_on.wait(10)
        order.append("first")
        return _work()

    def quick() -> Found[str]:
        order.append("second")
        return _work()

    first = threading.Thread(target=turns.look, args=(Lane.MAIL, slow))
    second = threading.Thread(target=turns.look, args=(Lane.MAIL, quick))
    first.start()
    assert is_looking.wait(10)
    second.start()
    assert order == []
    may_go_on.set()
    first.join(10)
    second.join(10)
    assert order == ["first", "second"]


def test_waiting_threads_return_at_a_wake_and_at_the_end() -> None:
    turns = Turns()
    seen = turns.wait(Lane.MAIL, NEVER)
    turns.wake()
    woken = turns.wait(Lane.MAIL, seen)
    assert woken != seen
    waiting = threading.Thread(target=turns.wait, args=(Lane.MAIL, woken))
    waiting.start()
    turns.end()
    waiting.join(10)
    assert not waiting.is_alive()
