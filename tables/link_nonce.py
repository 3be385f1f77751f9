"""What makes a row's links different from those of any other row that ever has its number."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from security import new_nonce


class HasLinkNonce:
    """For rows that mailed links lead to.

    Numbers are given out again after a backup was restored, or in a new database beside the old keys; the
    nonce is made with the row and never again, and is part of the proof in each of the row's links.
    """

    link_nonce: Mapped[str] = mapped_column(sa.String(32), default=new_nonce)
