"""What has changed from one version of a resource to another, field by field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from sst_repo.cli.plain import dumps, plain
from sst_repo.core.records import AttributeValue


class Absent:
    """Stands for the value of what is not there; None is a value."""

    def __repr__(self) -> str:
        """Show that there is none."""
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is another one now.

    Attributes:
        path: Where it stands, such as `lines[0].price`; of an element that is gone, where it stood.
        before: What it was, as plain JSON; `ABSENT` for nothing.
        after: What it is.
    """

    path: str
    before: Any
    after: Any


def changes(
    before: Mapping[str, AttributeValue], after: Mapping[str, AttributeValue], order: Iterable[str] = ()
) -> tuple[Change, ...]:
    """Compare two maps of stored values.

    Args:
        before: What was.
        after: What is.
        order: In which order names are told; all others come behind, by the alphabet.
    """
    return tuple(_in_maps("", before, after, {name: place for place, name in enumerate(order)}))


def _between(path: str, before: AttributeValue, after: AttributeValue) -> Iterator[Change]:
    if before == after:
        return
    match before, after:
        case {"M": old}, {"M": new}:
            yield from _in_maps(f"{path}.", old, new, {})
        case {"L": old}, {"L": new}:
            yield from _in_lists(path, old, new)
        case _:
            yield Change(path, plain(before), plain(after))


def _in_maps(
    prefix: str,
    before: Mapping[str, AttributeValue],
    after: Mapping[str, AttributeValue],
    places: Mapping[str, int],
) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys(), key=lambda name: (places.get(name, len(places)), name)):
        if name not in before:
            yield Change(prefix + name, ABSENT, plain(after[name]))
        elif name not in after:
            yield Change(prefix + name, plain(before[name]), ABSENT)
        else:
            yield from _between(prefix + name, before[name], after[name])


def _in_lists(path: str, before: list[AttributeValue], after: list[AttributeValue]) -> Iterator[Change]:
    """Compare element by element, but for those that were put in or taken out."""
    was, now = ([dumps(plain(element)) for element in elements] for elements in (before, after))
    for _, begin, end, new_begin, new_end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        old, new = range(begin, end), range(new_begin, new_end)
        for position, place in zip(old, new, strict=False):
            yield from _between(f"{path}[{place}]", before[position], after[place])
        for position in old[len(new) :]:
            yield Change(f"{path}[{position}]", plain(before[position]), ABSENT)
        for position in new[len(old) :]:
            yield Change(f"{path}[{position}]", ABSENT, plain(after[position]))
