"""CPU of the client for each operation, through each library, in relation to boto3's client."""

from collections.abc import Callable, Mapping
from typing import get_args

from benchmarks import goals
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, ratio, table, verdict
from benchmarks.peers.base import BASE, ROWS, OperationName, Operations, all_variants, check
from benchmarks.stub import StubProcess
from benchmarks.timing import Samples, interleaved

OPERATIONS: tuple[OperationName, ...] = get_args(OperationName)


def report(options: Options) -> Chapter:
    with StubProcess() as stub:
        samples, names = measure(stub.url, all_variants(), options.rounds)
    return Chapter(told(samples, names), samples.raw())


def measure(
    url: str, variants: Mapping[str, Callable[[str], Operations]], rounds: int, rows: int = ROWS
) -> tuple[Samples, list[str]]:
    """Measure ways to use libraries, which store so many rows, on a stub; return their names too, in order."""
    ready = {name: make(url) for name, make in variants.items()}
    for name, operations in ready.items():
        check(name, operations, rows)
    return interleaved(ready, rounds), list(ready)


def told(samples: Samples, names: list[str]) -> str:
    base = [f"{BASE}, µs", *(number(samples.median(operation, BASE)) for operation in OPERATIONS)]
    rows = [
        [name, *(ratio(samples.ratio(operation, name, BASE)) for operation in OPERATIONS)]
        for name in names
        if name != BASE
    ]
    return table(["", *OPERATIONS], [base, *rows]) + _against_goals(samples, names)


def _against_goals(samples: Samples, names: list[str]) -> str:
    ours = {place: name for name in names if (place := goals.transport_of(name)) is not None}
    if not ours:
        return ""
    rows: list[list[str]] = []
    for operation, its in goals.SPEED.items():
        row: list[str] = [operation]
        for place, name in sorted(ours.items()):
            value = samples.ratio(operation, name, BASE)
            row += [ratio(its[place]), ratio(value), verdict(value, its[place], at_most=True)]
        rows.append(row)
    head = [text for _, name in sorted(ours.items()) for text in (f"{name}: goal", "measured", "")]
    return "\n" + table(["", *head], rows)
