"""The audit of dependencies fails for what it finds, and not for what it can't reach."""

from typing import Any

import pytest

from tests.audit import judge

SOUND: dict[str, Any] = {"name": "sound", "version": "1.0", "vulns": []}
SICK: dict[str, Any] = {
    "name": "sick",
    "version": "0.9",
    "vulns": [{"id": "CVE-1", "fix_versions": ["1.0"]}, {"id": "CVE-2", "fix_versions": []}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("found", "code", "last"),
    [
        (None, 0, "nothing was audited"),
        ({"dependencies": []}, 0, "nothing was audited"),
        ({"dependencies": [UNKNOWN]}, 0, "nothing was audited"),
        ({"dependencies": [SOUND, UNKNOWN]}, 0, "1 packages, 0 known vulnerabilities, 1 packages without advisories"),
        ({"dependencies": [SOUND, SICK]}, 1, "2 packages, 2 known vulnerabilities, 0 packages without advisories"),
    ],
)
def test_a_known_vulnerability_fails_and_nothing_else(found: Any, code: int, last: str) -> None:
    exit_code, lines = judge(found)

    assert exit_code == code
    assert lines[-1].endswith(last)


def test_each_vulnerability_is_named_with_what_mends_it() -> None:
    _, lines = judge({"dependencies": [SICK]})

    assert list(lines[:-1]) == ["audit: sick 0.9: CVE-1, mended in 1.0", "audit: sick 0.9: CVE-2, mended in none"]
