"""Tests by what they exercise; `machines` holds what they run on."""

import pytest

# Their assertions are as worth explaining as those of the tests that call them.
pytest.register_assert_rewrite(
    "tests.tasks.real_time", "tests.pages.page", "tests.pages.visitor", "tests.web.dialog_steps"
)
