"""Acme Rooms: makes meetings, writes calendars and sends mail, all for testing."""

from __future__ import annotations

from connections.app_spec import AppClients, AppSpec, Config, Permission, Traits


def _build(config: Config) -> AppClients | None:
    if not (config.get("ACME_CLIENT_ID") and config.get("ACME_CLIENT_SECRET")):
        return None
    from providers.acme.provider import AcmeProvider  # type: ignore[import-not-found]  # found by the test

    acme = AcmeProvider(config["ACME_SERVER"])
    return AppClients(oauth=acme, accounts=acme, meetings=acme, calendar=acme, mail=acme)


SPEC = AppSpec(
    key="acme",
    label="Acme Rooms",
    provider="acme",
    provider_label="Acme",
    section="Made up",
    icon="video",
    line="Makes a room for every interview.",
    used_for="Rooms of your interviews.",
    meetings="Acme",
    keeps_entries=True,
    sends_mail=True,
    setting_names=("ACME_CLIENT_ID", "ACME_CLIENT_SECRET"),
    traits=Traits(),
    permissions=(Permission("rooms", "make rooms", "Makes the room of each interview."),),
    guide="apps/acme",
    consent_url=lambda config: "https://acme.example/consent",
    build=_build,
)
