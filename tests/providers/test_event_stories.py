"""Calendars in which anything can happen, against the simulated Google and Microsoft."""

import random
from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.providers.calendar_reading import DAY, HOUR, NOON, PRIYA, TODAY, Reading


@pytest.mark.parametrize("seed", range(4))
def test_reading_on_ends_where_reading_from_scratch_does(seed: int, priya: Reading) -> None:
    """Whatever people do in their calendar, and however its lists arrive."""
    chance = random.Random(seed)
    simulator, series = priya.simulator, set[str]()

    def some_time() -> tuple[datetime, datetime]:
        # Now and then before or after the period that is read.
        starts_at = NOON + chance.randint(-40, 170) * DAY + chance.randint(0, 40) * HOUR / 2
        return starts_at, starts_at + chance.randint(0, 60) * HOUR / 2

    def some_days() -> tuple[date, date]:
        first = TODAY + chance.randint(-40, 170) * DAY
        return first, first + chance.randint(0, 9) * DAY

    for _round in range(5):
        for _step in range(chance.randint(1, 6)):
            title, busy = f"Title {chance.randint(0, 99)}", chance.random() < 0.7
            living = [*sorted(series), *(event["id"] for event in simulator.events(PRIYA))]
            match chance.choice(("event", "days", "series", "title", "time", "delete", "away", "back")):
                case "event":
                    simulator.own_event(PRIYA, title, *some_time(), busy=busy)
                case "days":
                    simulator.own_event(PRIYA, title, *some_days(), busy=busy)
                case "series":
                    starts_at, ends_at = some_time()
                    made = simulator.own_series(
                        PRIYA, title, starts_at, ends_at, times=3, every_days=9, busy=busy
                    )
                    series.add(made.id)
                case "title" if living:
                    simulator.change_own(PRIYA, chance.choice(living), title=title, busy=busy)
                case "time" if living:
                    minutes = 1440 * chance.randint(-90, 90)
                    simulator.change_event(PRIYA, chance.choice(living), move_minutes=minutes)
                case "delete" if living:
                    chosen = chance.choice(living)
                    simulator.delete_event(PRIYA, chosen)
                    series.discard(chosen)
                case "away" | "back" as how if living:
                    simulator.move_to_other_calendar(PRIYA, chance.choice(living), back=how == "back")
        simulator.switches(
            list_page_size=chance.choice((None, 1, 3)),
            empty_next_pages=chance.randint(0, 1),
            repeat_next_pages=chance.randint(0, 2),
            no_next_sync_tokens=chance.randint(0, 1),
        )
        priya.read()
        simulator.switches(empty_next_pages=0, repeat_next_pages=0, no_next_sync_tokens=0)
        again = replace(priya, position=None)
        again.read()
        assert priya.known == again.known
