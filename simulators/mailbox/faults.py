"""The switches of the mailbox."""

from __future__ import annotations

from simulators.switches import Switch

SWITCHES = (
    Switch("silent", "flag", False, "Silent", "Connections are accepted and never hear a word."),
    Switch("refuse_connections", "flag", False, "Turn away", "Connections are told 421 and closed."),
    Switch(
        "reject_recipients",
        "codes",
        {},
        "Unknown recipients",
        "One address and code per line: ana@mail.example 550",
    ),
    Switch(
        "defer_recipients",
        "codes",
        {},
        "Recipients to try later",
        "One address and code per line: ana@mail.example 451",
    ),
    Switch(
        "reject_data",
        "optional",
        None,
        "Refuse messages",
        "Code after the message, such as 554. Empty: accept.",
    ),
    Switch(
        "answer_recipient",
        "text",
        "",
        "Answer to recipients",
        "What every recipient is answered, such as 554 5.7.1 Relay access denied. Empty: accept.",
    ),
    Switch(
        "answer_data",
        "text",
        "",
        "Answer to messages",
        "What is answered after every message, such as 550 5.4.5 Daily limit exceeded. Empty: accept.",
    ),
    Switch(
        "largest_message",
        "count",
        0,
        "Largest message",
        "How many bytes a message may have; larger ones are refused. 0: any size.",
    ),
    Switch(
        "drop_after_data",
        "count",
        0,
        "Lose the receipt",
        "How many messages are stored and then not confirmed: the connection drops.",
    ),
    Switch(
        "most_on_a_connection",
        "count",
        0,
        "Messages on a connection",
        "After so many, the next one is told 421 and the connection closed. 0: any number.",
    ),
    Switch(
        "idle_ms",
        "count",
        300_000,
        "Patience",
        "Milliseconds that a new connection may say nothing before it is closed.",
    ),
    Switch("delay_ms", "count", 0, "Slow down", "Milliseconds before a message is confirmed."),
    Switch(
        "smtputf8", "flag", True, "Offer SMTPUTF8", "Whether new connections may use addresses beyond ASCII."
    ),
)
