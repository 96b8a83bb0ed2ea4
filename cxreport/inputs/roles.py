"""What a column may be for: the one table of roles, and what kind of values each has.

A new role is one row of ``ROLES``; reading, checking, counting and filtering ask for its kind.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator

RoleKind: TypeAlias = Literal[
    "key", "time", "score", "touchpoint", "category", "stage", "number", "text"
]

ROLES: dict[str, RoleKind] = {
    "id": "key",
    "customer": "key",
    "date": "time",
    "nps": "score",
    "csat": "score",
    "ces": "score",
    "needs": "score",
    "ease": "score",
    "enjoyability": "score",
    "touchpoint": "touchpoint",
    "channel": "category",
    "segment": "category",
    "stage": "stage",
    "weight": "number",
    "comment": "text",
    "time": "time",
    "number": "number",
    "other": "text",
}
"""Role -> kind of its values. A score is an answer on a scale, and so is the rating of a
touchpoint, which makes no score of its own; a category is a code that reports break down and filter
by; a stage is a code that the codebook maps to a stage of the journey."""


def roles_of(*kinds: RoleKind) -> tuple[str, ...]:
    """Return the roles whose values are of these kinds, in the order of the table.

    Examples
    --------
    >>> roles_of("key", "stage")
    ('id', 'customer', 'stage')
    """
    return tuple(role for role, kind in ROLES.items() if kind in kinds)


SCORED = roles_of("score")
SCORES = roles_of("score", "touchpoint")
CATEGORIES = roles_of("category")
CODED = roles_of("category", "stage")
"""Roles whose codes are names: they bear labels and are counted one by one."""
TIMES = roles_of("time")
NUMBERS = (*SCORES, *roles_of("number"))


def _known_role(role: str) -> str:
    if role not in ROLES:
        quoted = ", ".join(f"'{name}'" for name in ROLES)
        raise ValueError(f"one of {quoted} is needed")
    return role


Role = Annotated[str, AfterValidator(_known_role)]
