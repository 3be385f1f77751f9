"""Pictures that a phone's camera reads."""

from __future__ import annotations

from markupsafe import Markup


def qr_code(text: str, label: str) -> Markup:
    """The text as a picture inside the page, so that no address ever holds what may be a secret.

    Dark on light with its margin in both themes, because many scanners read no inverted codes.
    """
    # For the one page on which people set up their authenticator app.
    import segno

    drawing = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr-code", lineclass=None
    )
    opening = Markup('<svg role="img" aria-label="{}"').format(label)
    return Markup(drawing.replace("<svg", str(opening), 1))
