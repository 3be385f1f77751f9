"""Every app that can be connected satisfies the contract, against its simulator."""

from importlib import import_module

import pytest
from _pytest.mark import ParameterSet

from config import load_settings
from connections import catalogue
from connections.app_spec import AppClients, AppSpec
from tests.machines.simulators import Simulators
from tests.providers.calendar_contract import position_that_is_none_is_told_apart
from tests.providers.contract import checks_for
from tests.providers.subject import Check, Subject

UNUSED = "http://127.0.0.1:9"


def _clients(spec: AppSpec, settings: dict[str, str]) -> AppClients:
    assert spec.build is not None
    built = spec.build(load_settings({}, settings))
    assert built is not None, f"{spec.key} is not set up by the settings of the simulators"
    return built


def _settings(simulators: Simulators) -> dict[str, str]:
    return {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}


def _cases() -> list[ParameterSet]:
    """Every app with every check that applies to it."""
    # Which checks apply is asked before the simulators run; no call leaves with these addresses.
    settings = _settings(Simulators(UNUSED, UNUSED, "127.0.0.1", 9))
    return [
        pytest.param(spec, check, id=f"{spec.key}-{check.__name__}")
        for spec in catalogue.available()
        for check in checks_for(_clients(spec, settings))
    ]


@pytest.mark.parametrize(("spec", "check"), _cases())
def test_provider_keeps_to_the_contract(spec: AppSpec, check: Check, simulators: Simulators) -> None:
    subject = import_module(f"tests.providers.subjects.{spec.key.replace('-', '_')}")
    check(Subject(spec, _clients(spec, _settings(simulators)), subject.simulator(simulators)))
    if check is position_that_is_none_is_told_apart:
        # A made-up position violates the providers' documents, as intended.
        simulators.google.reset()
        simulators.microsoft.reset()
