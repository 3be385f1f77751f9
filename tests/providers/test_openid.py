"""Issuers of OpenID Connect: their keys, their names, and the peculiarities of some."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.answers import UnusableAnswerError
from providers.errors import RefusedError, RetryableError
from providers.openid.issuer import Identity, OpenIdIssuer, OpenIdSettings
from providers.openid.kept import FAILED_FOR, KEPT_FOR, Kept
from providers.openid.metadata import read_metadata
from providers.openid.preset import preset_of
from tests.machines.issuer import CLIENT_ID, CLIENT_SECRET, MANY_DIRECTORIES
from tests.machines.simulators import Simulators

BACK, VERIFIER = "http://localhost/login/single-sign-on/callback", "v" * 43
ADA = "ada@northlight.example"
FIRM, HOST = "https://id.example", "https://login.microsoftonline.com"


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def issuer_at(simulators: Simulators, base: str = "", clock: Hands | None = None) -> OpenIdIssuer:
    settings = OpenIdSettings(simulators.issuer.url + base, CLIENT_ID, CLIENT_SECRET, "Northlight ID")
    return OpenIdIssuer(settings, clock=clock or Hands())


def sign_in(simulators: Simulators, issuer: OpenIdIssuer) -> Identity:
    address = issuer.authorize_url(redirect_uri=BACK, state="s", code_verifier=VERIFIER)
    answer = parse_qs(urlsplit(simulators.issuer.decide(address, ADA)).query)
    return issuer.identity_for(
        code=answer["code"][0], redirect_uri=BACK, code_verifier=VERIFIER, answering=answer["iss"][0]
    )


def test_identity_is_whom_the_issuer_vouches_for(simulators: Simulators) -> None:
    found = sign_in(simulators, issuer_at(simulators))
    assert (found.issuer, found.email, found.is_verified) == (simulators.issuer.url, ADA, True)


def test_issuer_of_several_directories_has_the_name_of_one(simulators: Simulators) -> None:
    found = sign_in(simulators, issuer_at(simulators, MANY_DIRECTORIES))
    assert found.issuer == f"{simulators.issuer.url}/0e4a1b52-7a3c-4d6e-8f10-2b3c4d5e6f70/v2.0"
    assert not found.is_verified


def test_keys_that_change_are_fetched_again_but_not_for_every_token(simulators: Simulators) -> None:
    clock = Hands()
    issuer = issuer_at(simulators, clock=clock)
    sign_in(simulators, issuer)
    sign_in(simulators, issuer)
    simulators.issuer.switches(key_number=1)
    with pytest.raises(RefusedError):
        sign_in(simulators, issuer)
    assert len(simulators.issuer.calls("keys")) == 1
    clock.now += timedelta(minutes=1)
    sign_in(simulators, issuer)
    assert len(simulators.issuer.calls("keys")) == 2


def test_failure_is_remembered_for_seconds(simulators: Simulators) -> None:
    clock = Hands()
    issuer = issuer_at(simulators, clock=clock)
    simulators.issuer.switches(discovery="server_error")
    with pytest.raises(RetryableError):
        sign_in(simulators, issuer)
    simulators.issuer.switches(discovery="")
    with pytest.raises(RetryableError):
        sign_in(simulators, issuer)
    clock.now += FAILED_FOR
    sign_in(simulators, issuer)


def test_slow_issuer_keeps_one_thread_busy_and_not_those_who_come_meanwhile() -> None:
    clock, is_asked, may_answer = Hands(), Event(), Event()
    kept: Kept[str] = Kept(clock, lambda: RetryableError("It takes long."), wait_seconds=0.01)

    def slow() -> str:
        is_asked.set()
        assert may_answer.wait(10)
        return "answer"

    with ThreadPoolExecutor() as threads:
        first = threads.submit(kept.current, slow)
        assert is_asked.wait(10)
        with pytest.raises(RetryableError, match="takes long"):
            kept.current(slow)
        may_answer.set()
        assert first.result(10) == "answer"
    assert kept.current(lambda: "another") == "answer"
    clock.now += KEPT_FOR
    assert kept.current(lambda: "another") == "another"


def metadata(issuer: str, **changes: object) -> dict[str, object]:
    links = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return {"issuer": issuer, **{name: f"{FIRM}/{name}" for name in links}, **changes}


@pytest.mark.parametrize(
    ("issuer", "configured"),
    [
        (FIRM, FIRM),
        # The setting has lost the slash.
        (f"{FIRM}/", FIRM),
        (f"{HOST}/{{tenantid}}/v2.0", f"{HOST}/common/v2.0"),
    ],
)
def test_issuer_calls_itself_as_the_operator_does(issuer: str, configured: str) -> None:
    assert read_metadata(metadata(issuer), configured).issuer == issuer


@pytest.mark.parametrize(
    ("issuer", "configured"),
    [
        ("https://evil.example", FIRM),
        (f"{HOST}/{{tenantid}}/v2.0", f"{HOST}/one/more/v2.0"),
        (f"{HOST}/{{tenantid}}/v2.0", "https://evil.example/common/v2.0"),
        ("https://idXexample", FIRM),
    ],
)
def test_another_issuer_is_refused(issuer: str, configured: str) -> None:
    with pytest.raises(UnusableAnswerError):
        read_metadata(metadata(issuer), configured)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_secrets_are_not_sent_in_the_clear(name: str) -> None:
    with pytest.raises(UnusableAnswerError):
        read_metadata(metadata(FIRM, **{name: "http://id.example/x"}), FIRM)


def test_issuers_that_many_use_are_known_by_name() -> None:
    assert preset_of("https://accounts.google.com").label == "Google"
    assert preset_of(f"{HOST}/common/v2.0").label == "Microsoft"
    assert preset_of("https://login.northlight.example/realms/team").label == "login.northlight.example"


@pytest.mark.parametrize(
    ("claim", "is_verified"), [(True, True), ("1", True), (1, True), (False, False), ("0", False)]
)
def test_microsoft_vouches_for_addresses_in_its_own_way(claim: object, is_verified: bool) -> None:
    claims = {"email": "ada@northlight.example", "xms_edov": claim}
    assert preset_of(f"{HOST}/common/v2.0").is_verified(claims) is is_verified
    assert not preset_of(FIRM).is_verified(claims)
    assert not preset_of(f"{HOST}/common/v2.0").is_verified({"email": "ada@northlight.example"})
