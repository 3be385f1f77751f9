"""Why a provider's consent page led to no grant, in words for the person who came back from it."""

from __future__ import annotations

from collections.abc import Sequence

from connections.catalogue import in_words, spec_of
from wording import listed

# How many missing permissions are explained in words beside their names.
_MOST_IN_WORDS = 3

AGAIN = "Please connect again."


def not_granted(app: str, missing: Sequence[str]) -> tuple[str, str]:
    """What was not granted, and what to do about it. Where people choose among boxes, these are called what
    the provider's own page calls them, because nothing else can be found there."""
    spec = spec_of(app)
    boxes = {permission.scope: permission.on_consent_page for permission in spec.permissions}
    named = [f"“{boxes[scope]}”" for scope in missing if boxes.get(scope)]
    if missing and len(named) == len(missing):
        one = len(named) == 1
        return (
            f"On {spec.provider_label}'s page, the {'box' if one else 'boxes'} {listed(named)} "
            f"{'was' if one else 'were'} not checked.",
            f"Connect again and check {'it' if one else 'them'}.",
        )
    # The whole list in words would be longer than anyone reads, and longer than what is stored.
    purpose = f" to {listed(in_words(app, missing))}" if len(missing) <= _MOST_IN_WORDS else ""
    if spec.traits.grants_as_a_whole:
        return (
            f"{spec.label} didn't grant what's needed{purpose} ({', '.join(missing)}).",
            f"Connect again. If that doesn't help, the administrator has to check the app's permissions at "
            f"{spec.provider_label}.",
        )
    return (
        f"{spec.label} didn't grant what's needed{purpose} ({', '.join(missing)}).",
        "Connect again with everything checked. If something isn't offered, the administrator has to "
        "add it to the app.",
    )


def no_lasting_permission(app: str, product: str) -> tuple[str, str]:
    """The provider issued a grant that cannot be renewed, which would end within the hour."""
    spec = spec_of(app)
    return (
        f"{spec.provider_label} gave a permission that can't be renewed and would end within the hour.",
        f"Remove {product} from the apps with access in your {spec.provider_label} account's own settings, "
        "then connect again.",
    )


def declined(app: str) -> tuple[str, str]:
    """The person said no, or had no other choice: some providers give the same answer for people who leave a
    page that says an administrator has to approve it."""
    spec = spec_of(app)
    words = f"You declined on {spec.label}'s page."
    if spec.approval is None:
        return words, ""
    return words, f"If it said “{spec.approval.page_says}”, choose “Ask your administrator” below."


def approval_needed(app: str) -> tuple[str, str]:
    """Only an administrator of the person's organization can allow the app there."""
    spec = spec_of(app)
    return (
        f"{spec.provider_label} wants an administrator of your organization to allow {spec.label} first.",
        "Its card below has what to send them.",
    )


def sent_back_without(app: str, error: str | None, explained: str = "") -> tuple[str, str]:
    """The provider sent the person back without a code. `error`: its own code for why, if it gave one;
    `explained`: sentences about it that are not ours, if they could be read."""
    spec = spec_of(app)
    told = spec.refusals.get(error or "") or explained
    return (told, "") if told else (f"{spec.label} sent you back without permission.", AGAIN)
