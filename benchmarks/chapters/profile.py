"""Where the time of our operations goes, by Python's own profiler.

It makes calls of Python functions dearer than they are: the shares tell where to look, not how long it takes.
"""

import cProfile
import pstats
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import table
from benchmarks.peers import ours
from benchmarks.peers.base import Operation, OperationName, repeat
from benchmarks.stub import StubProcess

PROFILED: Mapping[OperationName, int] = {"get": 300, "save versioned": 200, "unit of 10": 50, "list 1,000": 3}
"""What is profiled, and how many runs of it."""

TOP = 8


def report(options: Options) -> Chapter:  # noqa: ARG001 - a profile has no rounds
    with StubProcess() as stub:
        parts = [profiled(kind, make(stub.url), PROFILED) for kind, make in ours.variants().items()]
    raw = {name: lines for part in parts for name, lines in part.raw.items()}
    return Chapter("\n".join(part.text for part in parts), raw, most_rounds=1)


def profiled(kind: str, operations: Mapping[OperationName, Operation], runs: Mapping[OperationName, int]) -> Chapter:
    """Profile operations of one way to use us."""
    texts: list[str] = []
    raw: dict[str, Any] = {}
    for name, times in runs.items():
        title = f"{kind}: {name}"
        raw[title] = lines = functions(operations[name], times)
        total = sum(line["micros"] for line in lines)
        shares: Counter[str] = Counter()
        for line in lines:
            shares[line["part"]] += line["micros"]
        parts = [[part, f"{micros:,.1f}", f"{micros / total:.0%}"] for part, micros in shares.most_common(TOP)]
        top = [
            [f"`{line['where']}`", f"{line['calls']:,.1f}", f"{line['micros']:,.1f}", f"{line['micros'] / total:.0%}"]
            for line in lines[:TOP]
        ]
        texts += [table([title, "own µs", "share"], parts), table(["", "calls", "own µs", "share"], top)]
        raw[title] = [line for line in lines if line["micros"] > total / 200]
    return Chapter("\n".join(texts), raw)


def functions(operation: Operation, times: int) -> list[dict[str, Any]]:
    """Return the functions that a run of the operation calls, those with the most time of their own first."""
    repeat(operation, 2)
    profile = cProfile.Profile()
    profile.enable()
    repeat(operation, times)
    profile.disable()
    stats: Any = pstats.Stats(profile)
    entries = sorted(stats.stats.items(), key=lambda entry: entry[1][2], reverse=True)
    return [
        {
            "part": _part(function[0]),
            "where": _where(*function),
            "calls": round(calls / times, 2),
            "micros": round(own / times * 1e6, 2),
        }
        for function, (_, calls, own, _, _) in entries
    ]


def _part(file: str) -> str:
    """Name the library that a function belongs to; of ours, and of boto3's, the part."""
    parts = Path(file).with_suffix("").parts
    if file == "~":
        return "built in"
    for name in ("sst_repo", "botocore"):
        if name in parts:
            return ".".join(parts[parts.index(name) :][:2])
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "benchmarks" if "benchmarks" in parts else "standard library"


def _where(file: str, line: int, function: str) -> str:
    """Name a function without telling where this machine keeps it."""
    if file == "~":
        return function.strip("<>").replace("|", "/")
    return f"{'/'.join(Path(file).parts[-2:])}:{line} {function}"
