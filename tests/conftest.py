"""Settings of all tests."""

import sys

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

# Tests to derive from: their assertions are to explain themselves as those of test modules do.
pytest.register_assert_rewrite(
    "tests.contract.calls",
    "tests.contract.faults",
    "tests.contract.faulty_repositories",
    "tests.contract.hostile_conditions",
    "tests.contract.hostile_cursors",
    "tests.contract.twins",
    "tests.lambda_scenarios",
)

# pytest has found it by itself, unless it was told not to: what it imports is not measured where coverage begins later.
pytest_plugins = [] if "sst_repo.testing.plugin" in sys.modules else ["sst_repo.testing.plugin"]
