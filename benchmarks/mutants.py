"""Plants small bugs in the policy, one after the other, and counts those that the tests notice: `make mutants`.

The bugs are mutmut's (https://mutmut.readthedocs.io): an operator, a value or an argument changed at a time. What is
mutated, and which tests are run, stands in pyproject.toml. The score is the share that at least one test notices.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

STATS = Path("mutants/mutmut-cicd-stats.json")
NOTICED = ("killed", "timeout", "segfault")


def mutmut(*command: str) -> str:
    program = [sys.executable, "-m", "mutmut", *command]
    ran = subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603 - its arguments are ours
    if ran.returncode:
        sys.exit(f"mutmut {command[0]} failed:\n{ran.stdout[-5000:]}\n{ran.stderr}")
    return ran.stdout


def survivors() -> Iterator[str]:
    """Yield each bug that no test noticed, as a diff."""
    for line in mutmut("results").splitlines():
        name, _, fate = line.strip().partition(": ")
        if fate not in NOTICED:
            changed = [row for row in mutmut("show", name).splitlines() if row.startswith(("-", "+"))]
            yield "\n".join([f"{name}: {fate}", *(row for row in changed if not row.startswith(("---", "+++")))])


parser = argparse.ArgumentParser(prog="benchmarks.mutants", description=__doc__)
parser.add_argument("--least", type=float, default=95.0, help="fail below this score, in percent")
parser.add_argument("--workers", type=int, default=2)
asked = parser.parse_args()

mutmut("run", "--max-children", str(asked.workers))
mutmut("export-cicd-stats")
stats = json.loads(STATS.read_text())
noticed = sum(stats[fate] for fate in NOTICED)
score = 100 * noticed / stats["total"]
print(*survivors(), sep="\n\n")
print(f"\n{noticed} of {stats['total']} planted bugs noticed: mutation score {score:.1f} %")
sys.exit(score < asked.least)
