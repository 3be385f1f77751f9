"""Conversations with mail servers that stay open for a few seconds, for the next mail.

Connecting, encrypting, and signing in take longer than the mail itself, and an interview has several. An open
conversation has sent its mail and waits for nothing. A server may end it at any moment without harm: it is
noticed before the text of the next mail is announced, and that mail is offered in a new conversation.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from messaging.smtp import Conversation, Server

# The shortest that servers wait for a client is a minute or more (RFC 5321, 4.5.3.2, asks for five).
IDLE_SECONDS = 10.0
# Servers that limit the mails of a conversation usually allow 100.
MOST_MAILS = 100
# As many as the threads of one process that send emails.
_MOST_IDLE = 3


@dataclass(frozen=True)
class _Idle:
    conversation: Conversation
    since: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.since < IDLE_SECONDS


class OpenConversations:
    """The open conversations of one process. Nothing is kept before `begin` and after `end`. May be used by
    any thread."""

    def __init__(self) -> None:
        self._is_open = False
        self._lock = threading.Lock()
        self._idle: list[_Idle] = []
        # A connection that is used by two processes breaks in both.
        os.register_at_fork(after_in_child=self._forget)

    def begin(self) -> None:
        """Keep conversations open from now on. Must be called after the fork that made this process."""
        self._is_open = True

    def take(self, server: Server, total_seconds: float) -> Conversation | None:
        """An open conversation with exactly this server and these credentials, whose next mail may take this
        long; None if there is none."""
        while True:
            with self._lock:
                found = next((each for each in self._idle if each.conversation.server == server), None)
                if found is None:
                    return None
                self._idle.remove(found)
            if found.is_fresh and found.conversation.begin_again(total_seconds):
                return found.conversation
            found.conversation.close()

    def keep(self, conversation: Conversation) -> None:
        """Keep it for the next mail, or say goodbye if it has gone on for long enough."""
        if conversation.mails < MOST_MAILS:
            with self._lock:
                if self._is_open and len(self._idle) < _MOST_IDLE:
                    # The last one is taken first, so that those not needed grow old.
                    self._idle.insert(0, _Idle(conversation, time.monotonic()))
                    return
        conversation.close()

    def end_idle(self) -> None:
        """Say goodbye where no mail has followed for a while."""
        with self._lock:
            old = [each for each in self._idle if not each.is_fresh]
            self._idle = [each for each in self._idle if each not in old]
        for each in old:
            each.conversation.close()

    def end(self) -> None:
        """Say goodbye everywhere, and keep nothing from now on."""
        with self._lock:
            self._is_open = False
            idle, self._idle = self._idle, []
        for each in idle:
            each.conversation.close()

    def _forget(self) -> None:
        """Begin with none, leaving those of another process alone."""
        self._lock = threading.Lock()
        inherited, self._idle = self._idle, []
        for each in inherited:
            each.conversation.drop()
