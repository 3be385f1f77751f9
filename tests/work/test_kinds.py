"""Kinds of background work: declared once, with words, and each with its handler."""

import sys

import pytest
from flask import Flask

from models import Lane
from services import services
from tasks.handlers import all_handlers
from work.kinds import TaskKind, words_of


def _declared_by_the_product() -> set[TaskKind]:
    """Every kind that a module of the product declares; the ones that tests make up do not count."""
    return {
        value
        for name, module in sys.modules.items()
        if module is not None and not name.startswith("tests")
        for value in list(vars(module).values())
        if isinstance(value, TaskKind)
    }


def test_every_kind_has_a_handler_and_every_handler_its_kind(shared_app: Flask) -> None:
    assert set(all_handlers(services(shared_app))) == _declared_by_the_product()


def test_kind_without_words_cannot_exist() -> None:
    with pytest.raises(ValueError, match="words for the System log"):
        TaskKind("silent", Lane.MAIL, " ", subject="interview")


def test_name_of_a_kind_is_taken_once() -> None:
    first = TaskKind("made_up_once", Lane.MAIL, "Made up", subject="interview")
    assert TaskKind("made_up_once", Lane.MAIL, "Made up", subject="interview") == first
    with pytest.raises(ValueError, match="declared twice"):
        TaskKind("made_up_once", Lane.PROVIDER, "Made up", subject="interview")


def test_stored_task_whose_kind_is_gone_is_shown_by_its_name() -> None:
    assert words_of("wind_the_clock") == "Wind the clock"
