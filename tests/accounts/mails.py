"""The mails that these tests read, and the work that sends them."""

import re
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import Flask

import background
from database import writing
from tests.machines.simulators import Simulators


def do_background_work(app: Flask) -> None:
    """Do everything that is due, and what follows from it."""
    with writing():
        while background.make_runner(app).run_due():
            pass


def the_mail_to(simulators: Simulators, address: str, subject: str) -> EmailMessage:
    """The one mail to an address whose subject contains these words."""
    [found] = [m.message for m in simulators.mails(address) if subject in str(m.message["Subject"])]
    return found


def link_in(mail: EmailMessage, path: str) -> str:
    """The path of the link in the text part whose path begins with `path`."""
    part = mail.get_body(("plain",))
    assert part is not None
    [link] = re.findall(rf"http://localhost{path}\S+", part.get_content())
    return urlsplit(link).path
