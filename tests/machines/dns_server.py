"""A DNS server on this machine that knows what a test tells it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

# The records, written as in a zone file, by name and kind, such as ("acme.example", "TXT").
Records = Mapping[tuple[str, str], Sequence[str]]


@contextmanager
def dns_server(
    records: Records, *, is_silent: bool = False, fails: bool = False
) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks only this server. `is_silent`: it never answers. `fails`: it answers SERVFAIL."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                question, client = listening.recvfrom(4096)
                if not question:
                    return
                if not is_silent:
                    listening.sendto(_answer(question, records, fails), client)

        thread = threading.Thread(target=serve, name="dns-server", daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = listening.getsockname()[1]
        try:
            yield resolver
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", listening.getsockname())
            thread.join()


def _answer(question: bytes, records: Records, fails: bool) -> bytes:
    asked = dns.message.from_wire(question)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    if fails:
        answer.set_rcode(dns.rcode.SERVFAIL)
        return answer.to_wire()
    [wanted] = asked.question
    name, kind = wanted.name.to_text().rstrip("."), dns.rdatatype.to_text(wanted.rdtype)
    found = records.get((name, kind))
    if found:
        answer.answer.append(dns.rrset.from_text(wanted.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
