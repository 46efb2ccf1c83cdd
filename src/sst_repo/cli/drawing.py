"""How versions and their changes are drawn."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rich.text import Text

from sst_repo.cli.changes import ABSENT, Change
from sst_repo.cli.output import moment
from sst_repo.cli.plain import Number, Plain, dumps, readable
from sst_repo.cli.timeline import Event

_STYLES: Final = {
    "created": "green",
    "changed": "yellow",
    "saved": "dim",
    "deleted": "red",
    "brought back": "cyan",
    "unreadable": "reverse red",
}
_LONGEST: Final = 60
"""A value of more characters is cut where it is shown; --json has all of it."""


def timeline(events: Sequence[Event], *, goes_on: bool) -> Iterator[Text]:
    """Draw events, newest first, along a line.

    Args:
        events: What happened.
        goes_on: Whether the line goes on below the last of them.
    """
    width = max(len(str(event.version)) for event in events)
    for number, event in enumerate(events):
        rail = "│" if goes_on or number < len(events) - 1 else " "
        style = _STYLES[event.what]
        yield Text.assemble(
            ("●" if number == 0 else "○", style),
            (f" {event.version:>{width}}", "bold"),
            f"  {moment(event.at)}  ",
            (event.what, style),
            (" (latest)" if number == 0 else "", "dim"),
        )
        if event.changes is None:
            yield Text.assemble((f"{rail}   ", "dim"), ("the version before can't be read, or is not shown", "dim"))
        for line in changes(event.changes or ()):
            yield Text.assemble((f"{rail}   ", "dim"), line)
        if rail == "│":
            yield Text(rail, "dim")


def changes(found: Iterable[Change]) -> Iterator[Text]:
    """Draw changes, one a line: what was added in green, what is gone in red."""
    listed = list(found)
    width = max((len(change.path) for change in listed), default=0)
    for change in listed:
        path = (f"{change.path:<{width}}  ", "bold")
        if change.before is ABSENT:
            yield Text.assemble(("+ ", "green"), path, (_short(change.after), "green"))
        elif change.after is ABSENT:
            yield Text.assemble(("- ", "red"), path, (_short(change.before), "red"))
        else:
            before, after = _short(change.before), _short(change.after)
            yield Text.assemble(("~ ", "yellow"), path, (before, "red"), (" → ", "dim"), (after, "green"))


def event_json(event: Event) -> Plain:
    """Return an event for programs."""
    return {
        "version": Number(str(event.version)),
        "at": event.at,
        "what": event.what,
        "changes": None if event.changes is None else list(map(change_json, event.changes)),
    }


def change_json(change: Change) -> Plain:
    """Return a change for programs; what is absent is left out."""
    sides: dict[str, Any] = {"before": change.before, "after": change.after}
    return {"path": change.path, **{side: value for side, value in sides.items() if value is not ABSENT}}


def _short(value: Plain) -> str:
    text = dumps(readable(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
