"""The figures and the table that shows them."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from statistics import median, quantiles

from bench.measuring import Scheduled

AIM_ANSWER, AIM_MAIL = 2.0, 1.5


@dataclass(frozen=True)
class Figures:
    """What was measured; times in seconds.

    `rows` is how many rows one interview inserts, `bare_zoom` how long the simulated Zoom took to answer on
    its own, `bare_mail` how long the mail server took for an email on its own.
    """

    rows: int
    bare_zoom: float
    bare_mail: float
    alone: list[Scheduled]
    bare_answers: list[float]
    together: list[Scheduled]
    together_seconds: float


def table(figures: Figures, took: float) -> str:
    """The figures as text: medians, ratios, targets, and the machine."""
    answers = [each.click.seconds for each in figures.alone]
    mails = [each.seconds_to_mail for each in figures.alone]
    latencies = figures.bare_zoom + figures.bare_mail
    busy_answers = [each.click.seconds for each in figures.together]
    busy_mails = [each.seconds_to_mail for each in figures.together]
    rate = len(figures.together) / figures.together_seconds
    lines = [
        "",
        f"One at a time, {len(figures.alone)} interviews                      median      p95",
        _line("answer to the last click", answers),
        _line(f"answer of the bare page ({figures.rows} rows)", figures.bare_answers),
        _line("from the click to the candidate's mail", mails),
        f"  latencies: Zoom {figures.bare_zoom * 1000:.1f} ms + mail {figures.bare_mail * 1000:.1f} ms"
        f"           {latencies * 1000:8.1f} ms",
        "",
        _ratio("answer / bare page", median(answers) / median(figures.bare_answers), AIM_ANSWER),
        _ratio("click to mail / latencies", median(mails) / latencies, AIM_MAIL),
        "",
        f"Ten at once, {len(figures.together)} interviews, {rate:.1f} a second        median      p95",
        _line("answer to the last click", busy_answers),
        _line("from the click to the candidate's mail", busy_mails),
        "",
        f"{_machine()}. Took {took:.0f} seconds.",
        "",
    ]
    return "\n".join(lines)


def _line(what: str, seconds: list[float]) -> str:
    p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return f"  {what:<42}{median(seconds) * 1000:9.1f} ms{p95 * 1000:9.1f} ms"


def _ratio(what: str, ratio: float, aim: float) -> str:
    verdict = "reached" if ratio <= aim else "missed"
    return f"  {what:<42}{ratio:9.2f}   aim: {aim:.1f} or less, {verdict}"


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {system}"
