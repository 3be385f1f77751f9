"""The errors that every provider has in common, in words that name the one in question."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import requests

from providers.answers import UnusableAnswerError, json_object, optional_text, retry_after
from providers.errors import NO_FACTS, Facts, ProviderError, RateLimitedError, RetryableError
from providers.http import Operation, Peer, tracking_id_of


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some answers mean to one kind of call, because they mean something else to others.

    entry: it names an entry, so "not found" means that the entry is gone. position: it names a position in a
    list of changes, so some refusals mean that the position is too old. message: it sends a mail.
    """

    entry: bool = False
    position: bool = False
    message: bool = False


ANY_CALL = Meaning()


@dataclass(frozen=True, slots=True)
class Troubles:
    """The errors of one provider. `label`: what people call it."""

    label: str

    def nonsense(self, operation: Operation, facts: Facts = NO_FACTS) -> RetryableError:
        """Return the error for an answer that can't be used, no matter what it claims to be."""
        words = f"{self.label} sent an answer that can't be used."
        return RetryableError(words, replace(facts, code="nonsense"), maybe_applied=operation.changes_once)

    def unavailable(
        self, operation: Operation, response: requests.Response, *, now: datetime, facts: Facts
    ) -> RetryableError:
        """Return the error for trouble on the provider's side, which hides whether the work was done."""
        return RetryableError(
            f"{self.label} is having problems right now.",
            facts,
            maybe_applied=operation.changes_once,
            retry_at=_retry_at(response, now),
        )

    def limited(self, facts: Facts = NO_FACTS, *, retry_at: datetime | None) -> RateLimitedError:
        """Return the error for too many calls in a short time."""
        words = f"{self.label} is getting too many requests from us and asks us to wait."
        return RateLimitedError(words, facts, retry_at=retry_at)

    def of_tokens(
        self,
        peer: Peer,
        operation: Operation,
        response: requests.Response,
        *,
        now: datetime,
        refused: Callable[[dict[str, Any], Facts], ProviderError],
    ) -> ProviderError:
        """Return the error for an answer of the token or revocation endpoint that is not the expected one.

        refused: what the body of a refusal says, in which the provider's own words are.
        """
        status = response.status_code
        facts = Facts(status=status, tracking_id=tracking_id_of(peer, response))
        if status == 429:
            return self.limited(facts, retry_at=_retry_at(response, now))
        if status >= 500 or status == 408:
            return self.unavailable(operation, response, now=now, facts=facts)
        try:
            body = json_object(response.content)
        except UnusableAnswerError:
            return self.nonsense(operation, facts)
        if status < 400 and not optional_text(body, "error"):
            return self.nonsense(operation, facts)
        return refused(body, facts)


def _retry_at(response: requests.Response, now: datetime) -> datetime | None:
    return retry_after(response.headers.get("Retry-After"), now)
