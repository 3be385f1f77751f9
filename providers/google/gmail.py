"""Sending mail through Gmail: `providers.protocols.MailProvider`.

Source: the discovery document of the Gmail API v1, "users.messages.send". There is no envelope: Gmail sends
to everyone whom To, Cc and Bcc name.
"""

import base64

from providers.answers import UnusableAnswerError, required_text
from providers.base import Grant
from providers.google.client import GoogleClient
from providers.google.errors import nonsense
from providers.google.settings import GoogleSettings
from providers.http import Operation
from providers.recipients import require_named
from providers.troubles import Meaning

SEND = Operation("send_message", changes_once=True)
A_MESSAGE = Meaning(message=True)
MAX_ID = 255
# A slow line needs time for attachments.
BYTES_PER_SECOND = 250_000


class Gmail:
    """Sends from the address of a Google account. Threads may share it; it keeps no grant."""

    def __init__(self, settings: GoogleSettings, client: GoogleClient) -> None:
        self._url = f"{settings.gmail_url.rstrip('/')}/users/me/messages/send"
        self._client = client

    def send(self, grant: Grant, message: bytes, recipients: tuple[str, ...]) -> str:
        """Send a message and return Gmail's id of it.

        The headers decide who gets it. A message that names anyone but `recipients`, or not all of them,
        would reach the wrong people: it is refused with ValueError, and has to be written for this route.
        """
        require_named(message, recipients)
        raw = base64.urlsafe_b64encode(message).decode()
        bounds = self._client.bounds_for(SEND, more_seconds=len(raw) / BYTES_PER_SECOND)
        answer = self._client.object(
            grant, SEND, "POST", self._url, meaning=A_MESSAGE, json={"raw": raw}, bounds=bounds
        )
        try:
            return required_text(answer, "id")[:MAX_ID]
        except UnusableAnswerError:
            raise nonsense(SEND) from None
