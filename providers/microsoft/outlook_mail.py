"""Sending mail through Outlook: `providers.protocols.MailProvider`.

Source: "user: sendMail" and "Use MIME format to send a message" of Graph's reference. There is no envelope:
Microsoft sends to everyone whom To, Cc and Bcc name.
"""

import base64

from providers.base import Grant
from providers.http import Operation
from providers.microsoft.client import GraphClient
from providers.microsoft.errors import too_large
from providers.recipients import header_of, require_named
from providers.troubles import Meaning

SEND = Operation("send_mail", changes_once=True)
A_MESSAGE = Meaning(message=True)
MAX_ID = 255
# What a request to Graph may hold. Larger ones are refused before they are read, sometimes by closing the
# connection, which would leave open what became of the message.
MAX_BODY = 4 * 1024 * 1024
# A slow line needs time for attachments.
BYTES_PER_SECOND = 250_000


class OutlookMail:
    """Sends from the address of a Microsoft account. Threads may share it; it keeps no grant."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    def send(self, grant: Grant, message: bytes, recipients: tuple[str, ...]) -> str:
        """Hand a message over, and return the Message-ID in its header, "" if it has none: Microsoft answers
        with nothing, and to look the sent message up would take a permission to read mail.

        The headers decide who gets it, and have to name exactly `recipients`: ValueError otherwise. A message
        that Graph does not take is not tried: RefusedError with the code "too_large".
        """
        require_named(message, recipients)
        encoded = base64.b64encode(message)
        if len(encoded) > MAX_BODY:
            raise too_large()
        self._client.nothing(
            grant,
            SEND,
            "POST",
            "/me/sendMail",
            expected=202,
            meaning=A_MESSAGE,
            data=encoded,
            headers={"Content-Type": "text/plain"},
            bounds=self._client.bounds_for(SEND, more_seconds=len(encoded) / BYTES_PER_SECOND),
        )
        return header_of(message, "Message-ID")[:MAX_ID]
