"""Runs all benchmarks: `make bench`, or `python -m benchmarks --rounds 3`.

Absolute times depend on the machine and its load; the ratios within one run are what to quote.
"""

import argparse

from benchmarks import imports, pages, tables

parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
parser.add_argument("--rounds", type=int, default=7, help="how often each measurement is taken; the median is shown")
rounds = parser.parse_args().rounds

imports.report(rounds)
tables.report(rounds)
pages.report(rounds)
