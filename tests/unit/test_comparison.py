"""What is said of other libraries is what they answered, and what was measured, of the versions that are named."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
MEASURED = dict(re.findall(r"^\| ([^|]+) \| (\d?\.\d\d) \|", PERFORMANCE, re.MULTILINE))
"""The CPU of a get, in relation to boto3 and pydantic by hand."""
INSTALLED = dict(
    re.findall(r"^(\w+)==(\S+)$", (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
)

(SECTION,) = re.findall(r"^## Beside others\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
HEAD, _, *LINES, CPU = re.findall(r"^\|.*\|$", SECTION, re.MULTILINE)


@pytest.mark.parametrize("line", [HEAD, *LINES], ids=lambda line: line.split(" | ")[0].strip("| "))
def test_each_line_of_the_readme_is_one_that_the_libraries_answered(line: str) -> None:
    asked = re.sub(r"^\| +\|", "| |", PAGE, flags=re.MULTILINE)

    assert line in asked.splitlines()


def test_the_versions_are_those_that_are_installed_to_be_asked() -> None:
    ours, *peers = re.findall(r"([\w-]+) (\d[\d.]*)", HEAD)

    assert ours == ("sst-repo", version("sst-repo"))
    assert {name.lower(): number for name, number in peers}.items() <= INSTALLED.items()


def test_the_cpu_of_a_get_is_what_was_measured() -> None:
    peers = [name for name, _ in re.findall(r"([\w-]+) (\d[\d.]*)", HEAD)[1:]]

    assert CPU.strip("| ").split(" | ")[1:] == [MEASURED[name] for name in ("sst_repo, auto", *peers)]


def test_the_cpu_of_each_transport_is_what_was_measured() -> None:
    guide = (ROOT / "docs" / "guides" / "connections.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `\"(\w+)\"` \|.*\| (\S+) \|$", guide, re.MULTILINE)

    assert told == [(name, MEASURED[f"sst_repo, {name}"]) for name in ("auto", "botocore", "direct")]
