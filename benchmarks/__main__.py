"""Measures speed and cost, and writes docs/performance.md: `make bench`, or `make bench ONLY=speed,threads`.

Absolute times depend on the machine and its load; the ratios within one run are what to quote.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module

from benchmarks import page
from benchmarks.chapters import CHAPTERS
from benchmarks.chapters.base import Chapter, Options
from benchmarks.peers.clients import settle_environment

parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
parser.add_argument("--rounds", type=int, default=7, help="how often each measurement is taken; the median is shown")
parser.add_argument("--only", default=",".join(CHAPTERS), help="the chapters to measure, comma-separated")
parser.add_argument("--full", action="store_true", help="measure what takes long, too")
asked = parser.parse_args()
chosen = asked.only.split(",")
if unknown := set(chosen) - set(CHAPTERS):
    parser.error(f"there is no chapter {', '.join(sorted(unknown))}; there are {', '.join(CHAPTERS)}")


def run_alone(name: str) -> None:
    """Run a chapter in a process of its own: moto, which one of them needs, listens to every client of its process."""
    options = ["--rounds", str(asked.rounds), "--only", name, *(["--full"] if asked.full else [])]
    subprocess.run([sys.executable, "-m", "benchmarks", *options], check=True)  # noqa: S603 - ourselves


def run(name: str) -> None:
    """Run a chapter, and put it on the page."""
    settle_environment()
    began = time.monotonic()
    report: Callable[[Options], Chapter] = import_module(f"benchmarks.chapters.{name}").report
    chapter = report(Options(rounds=asked.rounds, full=asked.full))
    page.write(name, chapter, asked.rounds)
    print(f"\n{name} ({time.monotonic() - began:.0f} s)\n\n{chapter.text}", flush=True)


for each in chosen:
    (run if len(chosen) == 1 else run_alone)(each)
