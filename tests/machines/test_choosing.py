"""A full run holds each case on at least one database, and another seed holds it on the other."""

import pytest

from tests.machines.choosing import second_turns, turns_of

PAIRS = [turns_of(f"tests/test_it.py::test_it[postgresql-{number}]") for number in range(200)]


@pytest.mark.parametrize(
    ("given", "on_sqlite", "on_postgresql"),
    [
        ("test_it[sqlite]", "test_it[sqlite]", "test_it[postgresql]"),
        ("test_it[lost-postgresql-0]", "test_it[lost-sqlite-0]", "test_it[lost-postgresql-0]"),
        ("test_sqlite-it[plain]", "test_sqlite-it[plain]", "test_sqlite-it[plain]"),
        ("test_it[sqlite_url]", "test_it[sqlite_url]", "test_it[sqlite_url]"),
    ],
)
def test_turns_differ_in_the_database_alone(given: str, on_sqlite: str, on_postgresql: str) -> None:
    assert turns_of(given) == (on_sqlite, on_postgresql)


def test_one_of_each_pair_is_left_out_and_both_databases_have_their_part() -> None:
    left_out = second_turns(PAIRS, seed=1)
    assert all(len(left_out & set(pair)) == 1 for pair in PAIRS)
    assert 60 < sum("sqlite" in test for test in left_out) < 140


def test_a_few_seeds_run_every_case_on_both() -> None:
    tests = {test for pair in PAIRS for test in pair}
    run = set().union(*(tests - second_turns(PAIRS, seed) for seed in range(20)))
    assert run == tests


def test_order_in_which_tests_are_found_decides_nothing() -> None:
    assert second_turns(PAIRS, seed=7) == second_turns([pair[::-1] for pair in reversed(PAIRS)], seed=7)
