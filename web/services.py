"""What the composition root has put into the application, for routes."""

from __future__ import annotations

from flask import current_app

from accounts.installation import AccountServices
from attachment_files import AttachmentFiles
from scheduling.rules import Rules


def accounts() -> AccountServices:
    found = current_app.extensions["accounts"]
    assert isinstance(found, AccountServices)
    return found


def attachment_files() -> AttachmentFiles:
    found = current_app.extensions["attachment_files"]
    assert isinstance(found, AttachmentFiles)
    return found


def rules() -> Rules:
    found = current_app.extensions["rules"]
    assert isinstance(found, Rules)
    return found
