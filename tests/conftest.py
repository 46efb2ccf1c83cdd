"""Settings of all tests."""

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

pytest_plugins = ["sst_repo.testing.plugin"]
