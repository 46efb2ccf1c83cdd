"""The tests on every Python that is there, and on the oldest and newest libraries that are allowed: `make matrix`."""

import re
import tomllib
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
TESTS = ("tests/unit", "tests/contract/test_memory.py")
LOWEST = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """Test on the newest libraries."""
    session.install("--upgrade", "--upgrade-strategy", "eager", ".[test]")
    _test(session)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Test on the oldest libraries that are allowed, with the newest tools to test with."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    allowed = [*project["dependencies"], *extras["cli"], *extras["opentelemetry"]]
    pins = [f"{name}=={version}" for name, version in map(_lowest, allowed)]
    constraints = Path(session.create_tmp(), "lowest.txt")
    constraints.write_text("\n".join(pins), encoding="utf-8")
    # Without the examples: what these need, FastAPI say, wants newer ones of what is tested here.
    tools = [each for each in extras["test"] if not each.startswith(("sst-repo", "httpx2", "schemathesis"))]
    session.install(".[cli,opentelemetry]", *tools, "--constraint", str(constraints))
    session.run("python", "-m", "pip", "freeze")
    _test(session, "--ignore", "tests/unit/examples", "--ignore", "tests/unit/test_snippets.py")


def _lowest(requirement: str) -> tuple[str, str]:
    found = LOWEST.match(requirement)
    if found is None:
        raise ValueError(f"{requirement} has no lower bound")
    return found[1], found[2]


def _test(session: nox.Session, *options: str) -> None:
    session.run("python", "-m", "pytest", "--quiet", *options, *(session.posargs or TESTS))
