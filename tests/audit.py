"""Look for known vulnerabilities in all that is installed here: `make audit`, and part of `make lint`.

A known vulnerability fails. That advisories can't be reached does not, but is said: no audit is no finding.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

COMMAND = ("-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable")
SECONDS = 120


def report() -> Any:
    """What pip-audit found out; None if it did not get so far."""
    try:
        done = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True, timeout=SECONDS, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def _listed(known: Any) -> str:
    return ", ".join(known["fix_versions"]) or "none"


def judge(found: Any) -> tuple[int, Sequence[str]]:
    """Return the exit code, and what is to be said."""
    dependencies = [] if found is None else found["dependencies"]
    audited = [each for each in dependencies if "skip_reason" not in each]
    if not audited:
        return 0, ["audit: the advisories can't be reached from here, so nothing was audited"]
    bad = [(each, known) for each in audited for known in each["vulns"]]
    lines = [
        f"audit: {each['name']} {each['version']}: {known['id']}, mended in {_listed(known)}" for each, known in bad
    ]
    unknown = len(dependencies) - len(audited)
    lines.append(
        f"audit: {len(audited)} packages, {len(bad)} known vulnerabilities, {unknown} packages without advisories"
    )
    return (1 if bad else 0), lines


if __name__ == "__main__":
    code, said = judge(report())
    print(*said, sep="\n")  # noqa: T201 - a report
    sys.exit(code)
