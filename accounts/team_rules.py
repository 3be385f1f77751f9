"""Who may change whom on the team. Pure."""

from __future__ import annotations

from accounts.permissions import Action, Scope, scope_of
from models import Role, User


class TeamError(Exception):
    """Something that cannot be done to the team; `field` names the form's field, if it has one."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.words = words


class NotAllowedError(TeamError):
    """This person may never do this; other input or a later time would not change that."""


def grantable_roles(actor: User) -> tuple[Role, ...]:
    """The roles that `actor` may give: an owner may give all, an admin all but the owner role."""
    if scope_of(actor.role, Action.ADMINISTER) is not Scope.ALL:
        return ()
    return tuple(role for role in Role if actor.role is Role.OWNER or role is not Role.OWNER)


def why_not_manage(actor: User, user: User) -> str | None:
    """Why `actor` may not change this person's role or status, or None when they may."""
    if scope_of(actor.role, Action.ADMINISTER) is not Scope.ALL:
        return "Your role can't manage the team."
    if user.id == actor.id:
        return "You can't change your own role or status. Ask another owner or admin."
    if user.role is Role.OWNER and actor.role is not Role.OWNER:
        return "Only an owner can change an owner."
    return None


def require_may_manage(actor: User, user: User) -> None:
    """Raises `NotAllowedError` with the reason."""
    why_not = why_not_manage(actor, user)
    if why_not is not None:
        raise NotAllowedError("", why_not)


def require_may_grant(actor: User, role: Role) -> None:
    """Raises `NotAllowedError` with the reason."""
    if role not in grantable_roles(actor):
        raise NotAllowedError("role", "Only an owner can make someone an owner.")
