"""What the entries of an index hold beside keys, and how a read makes up for what they lack. Pure.

| projection | an entry holds | a page of it costs |
|---|---|---|
| all | the whole row | the entries |
| fields | the keys and these fields | the entries, and a consistent read of each row; filters on these come before |
| keys | the keys | the entries, and a consistent read of each row |

An entry follows its row within moments. So a row that is read for it may be another by then: it counts if it still has
that very entry, and still satisfies the filter; else it has moved, or is gone.

Source: DynamoDB Developer Guide, "Attribute projections" and "Quotas": at most 100 projected fields in all indexes
together, one that is projected into two counted twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from sst_repo.core.capacity import read_units
from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import LISTING, Gsis, IndexKeys, gsi, gsi_numbers, index_entry, is_reserved
from sst_repo.core.limits import item_size
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Key, Record

ProjectionChoice: TypeAlias = Literal["all", "keys"] | Sequence[str]
"""What an index holds: whole rows, the keys alone, or the keys and these fields."""

ProjectionChoices: TypeAlias = Mapping[int | Literal["listing"], ProjectionChoice]
"""What indexes hold, by their number, or `"listing"` for the listing by last update; whole rows unless it is said."""

MAX_PROJECTED_FIELDS: Final = 100


@dataclass(frozen=True, slots=True)
class Projection:
    """What an index holds of a row beside the keys: less than all of it.

    Attributes:
        fields: The fields that it holds.
    """

    fields: frozenset[str] = frozenset()

    def entry(self, record: Record, index: IndexKeys) -> Record:
        """Return what the index holds of a row."""
        held = self.fields | {index.partition, index.sort}
        return Record(record.key, {name: value for name, value in record.attributes.items() if name in held})

    def suffices(self, query: Query) -> bool:
        """Tell whether the entries alone answer a query: none of the rows is wanted."""
        return query.count_only and self._covers(query.filter)

    def query(self, query: Query) -> Query:
        """Return what the index can be asked: filters on what it does not hold are left for the rows."""
        return query if self._covers(query.filter) else replace(query, filter=None, count_only=False)

    def _covers(self, condition: CompiledFilter | None) -> bool:
        return condition is None or condition.attributes <= self.fields


def complete(query: Query, entries: Slice, rows: Mapping[Key, Record]) -> Slice:
    """Return the answer to a query, given the entries that the index gave and the rows that were read for them.

    Args:
        query: What was asked for.
        entries: What the index gave.
        rows: The rows of these entries, by key, as far as they exist.
    """
    found = [rows[entry.key] for entry in entries.records if _still_stands(entry, rows.get(entry.key), query.index)]
    wanted = [row for row in found if query.filter is None or query.filter.satisfied_by(row)]
    sizes = (item_size(rows[entry.key]) if entry.key in rows else 0 for entry in entries.records)
    return replace(
        entries,
        records=() if query.count_only else tuple(wanted),
        count=len(wanted),
        consumed=entries.consumed + sum(read_units(size, consistent=True) for size in sizes),
    )


def projections_of(given: ProjectionChoices | None, gsis: Gsis) -> dict[str, Projection]:
    """Return what indexes hold less than the whole row, by their names.

    Args:
        given: What was chosen.
        gsis: How many general indexes the table has, or which.

    Raises:
        ValueError: There is no such index, a name is no field's, or there are more than 100 fields.
    """
    chosen = {_name(index, gsis): _projection(index, choice) for index, choice in (given or {}).items()}
    partial = {name: projection for name, projection in chosen.items() if projection is not None}
    fields = sum(len(projection.fields) for projection in partial.values())
    if fields > MAX_PROJECTED_FIELDS:
        raise ValueError(
            f"the indexes of a table hold {MAX_PROJECTED_FIELDS} chosen fields in all, not {fields}; "
            f'have "all" or "keys" where most are wanted or few'
        )
    return partial


def _still_stands(entry: Record, row: Record | None, index: IndexKeys) -> bool:
    return row is not None and index_entry(row, index) == index_entry(entry, index)


def _name(index: object, gsis: Gsis) -> str:
    names: dict[object, IndexKeys] = {"listing": LISTING, **{number: gsi(number) for number in gsi_numbers(gsis)}}
    if index not in names:
        which = f"from 1 to {gsis}" if isinstance(gsis, int) else f"among {', '.join(map(str, gsi_numbers(gsis)))}"
        raise ValueError(f'a projection is that of "listing" or of an index {which}, not of {index!r}')
    return str(names[index].name)


def _projection(index: object, choice: ProjectionChoice) -> Projection | None:
    if choice == "all":
        return None
    if choice == "keys":
        return Projection()
    if isinstance(choice, str) or not choice or not _are_fields(choice):
        raise ValueError(f'the projection of {index!r} is "all", "keys" or the names of fields, not {choice!r}')
    return Projection(frozenset(choice))


def _are_fields(names: Iterable[object]) -> bool:
    return all(isinstance(name, str) and name and not is_reserved(name) for name in names)
