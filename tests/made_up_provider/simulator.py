"""The simulated Acme: what it remembers, and the one answer that it can be told to lose."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, fields
from urllib.parse import parse_qs, urlsplit

from providers.base import Meeting, PlacedEntry


@dataclass(eq=False)
class AcmeServer:
    """Keeps everything in memory. There is one person, who allows everything."""

    codes: set[str] = field(default_factory=set)
    access_tokens: dict[str, str] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    entries: dict[str, PlacedEntry] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    # What the next calls that send mail raise, and whether the mail leaves anyway.
    send_faults: list[tuple[BaseException, bool]] = field(default_factory=list)
    losing: str = ""

    def consent(self, address: str) -> str:
        assert parse_qs(urlsplit(address).query)["state"]
        code = secrets.token_hex(8)
        self.codes.add(code)
        return code

    def lose_next(self, call: str) -> None:
        self.losing = call

    def loses(self, call: str) -> bool:
        lost, self.losing = self.losing == call, "" if self.losing == call else self.losing
        return lost

    def fail_next_send(self, error: BaseException, *, but_sends: bool = False) -> None:
        self.send_faults.append((error, but_sends))

    def forget_everything(self) -> None:
        fresh = AcmeServer()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def mails(self) -> list[bytes]:
        return self.sent
