"""Looking up who holds a unique value, by two reads that need not be of one moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sst_repo.core.intents import Claim, Target
from sst_repo.core.policy import is_alive
from sst_repo.core.records import Record
from sst_repo.errors import CorruptRecordError
from sst_repo.reader import Reader

ROUNDS: Final = 5
"""How often to look again where the value has moved on between the two reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found.

    Attributes:
        row: The latest row of the resource that holds the value; None if there is none to be had.
        is_free: Whether nobody holds the value.
    """

    row: Record | None
    is_free: bool = False


def look_up(reader: Reader[Any], claim: Claim, is_known: Callable[[Target], bool] = lambda _: False) -> Found:
    """Look up who holds a value.

    Args:
        reader: Reads the resources.
        claim: The value.
        is_known: Tells whether a resource need not be read, since it is known not to have the value.

    Returns:
        The holder's row, which says itself that it holds the value. No row, though the value is not free, for a
        holder that is known; and for a value that went on moving, or a holder that says otherwise every time.

    Raises:
        CorruptRecordError: The guard row does not say who holds the value.

    Cost: 2 GetItem, or 1 where the value is free; 2 more whenever it has moved on in between.
    """
    for _ in range(ROUNDS):
        guard = reader.table.read(claim.guard)
        if guard is None:
            return Found(None, is_free=True)
        target = None if guard.holder is None else reader.find_target(guard.holder)
        if target is None:
            raise CorruptRecordError(
                claim.type, claim.field, "the guard row of a unique value does not say who holds it"
            )
        if is_known(target):
            break
        row = reader.latest(target)
        if is_alive(row) and claim.guard.pk in row.guards:
            return Found(row)
    return Found(None)
