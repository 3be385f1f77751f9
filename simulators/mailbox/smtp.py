"""A real SMTP server in a thread of its own, with the faults that real ones have."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from simulators.mailbox.store import MailStore
from simulators.serving import url_host
from simulators.switches import SwitchBoard

NAME = "mailbox.simulated.example"

# aiosmtpd reports every dropped connection as a warning; here they are dropped on purpose.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class _Silence(asyncio.Protocol):
    """Accepts the connection and does nothing else."""


class _TurnAway(asyncio.Protocol):
    """What a server with too many connections says (RFC 5321, 421)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"421 4.3.2 {NAME} too busy, try again later\r\n".encode())
        transport.close()


@dataclass
class Connections:
    """How many connections clients have opened so far, have open, and have ended with QUIT."""

    opened: int = 0
    are_open: int = 0
    ended_with_quit: int = 0


class _Connection(SMTP):
    """One connection, counted. `taken`: the messages that have arrived on it."""

    def __init__(self, connections: Connections, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._connections = connections
        self.taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connections.opened += 1
        self._connections.are_open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.are_open -= 1
        super().connection_lost(error)


class _Handler:
    """aiosmtpd calls these hooks by name; what they return is sent to the client."""

    def __init__(self, store: MailStore, board: SwitchBoard, connections: Connections) -> None:
        self._store = store
        self._board = board
        self._connections = connections

    async def handle_MAIL(
        self, server: _Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        assert isinstance(server.transport, asyncio.Transport)
        if self._board["silent"] or self._board["refuse_connections"]:
            # As if the server had been restarted since: a client with an open connection meets the fault in
            # its next one.
            server.transport.abort()
        most: int = self._board["most_on_a_connection"]
        if 0 < most <= server.taken:
            server.transport.write(f"421 4.7.0 {NAME} too many messages on this connection\r\n".encode())
            server.transport.close()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_QUIT(self, server: _Connection, session: Session, envelope: Envelope) -> str:
        self._connections.ended_with_quit += 1
        return "221 2.0.0 Bye"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        answer: str = self._board["answer_recipient"]
        if answer:
            return answer
        rejected = self._board["reject_recipients"].get(address)
        if rejected:
            return f"{rejected} 5.1.1 <{address}>: recipient address rejected: no such mailbox"
        deferred = self._board["defer_recipients"].get(address)
        if deferred:
            return f"{deferred} 4.2.0 <{address}>: mailbox busy, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Connection, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self._board["delay_ms"] / 1000)
        answer: str = self._board["answer_data"]
        if answer:
            return answer
        refused = self._board["reject_data"]
        if refused:
            return f"{refused} {refused // 100}.7.1 message refused by policy"
        assert isinstance(envelope.content, bytes)
        if 0 < self._board["largest_message"] < len(envelope.content):
            return "552 5.3.4 message size exceeds fixed limit"
        # In a thread: the file may be busy, and other connections should not wait for it.
        await asyncio.to_thread(
            self._store.add, envelope.mail_from or "", envelope.rcpt_tos, envelope.content
        )
        server.taken += 1
        if self._board.take("drop_after_data"):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 2.0.0 OK: delivered"


class SmtpServer:
    """Listens from construction to `stop`."""

    def __init__(self, host: str, port: int, store: MailStore, board: SwitchBoard) -> None:
        """Binds; port 0 takes any free one. Raises OSError when the port is taken."""
        self.connections = Connections()
        self._handler = _Handler(store, board, self.connections)
        self._board = board
        self._loop = asyncio.new_event_loop()
        # aiosmtpd's own Controller cannot use any free port: it connects to the port number it was given.
        self._server = self._loop.run_until_complete(self._loop.create_server(self._connection, host, port))
        self.reachable_host = url_host(host).strip("[]")
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"smtp-{self.port}", daemon=True)
        self._thread.start()

    def _connection(self) -> asyncio.Protocol:
        """One protocol per connection, chosen by the switches at that moment."""
        if self._board["silent"]:
            return _Silence()
        if self._board["refuse_connections"]:
            return _TurnAway()
        return _Connection(
            self.connections,
            self._handler,
            hostname=NAME,
            ident="Simulated mailbox",
            loop=self._loop,
            enable_SMTPUTF8=self._board["smtputf8"],
            timeout=self._board["idle_ms"] / 1000,
        )

    def stop(self) -> None:
        """Stops listening and drops what is open."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
