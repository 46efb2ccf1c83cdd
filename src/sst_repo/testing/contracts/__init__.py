"""The contracts that every table keeps, as test suites to derive from; run them on your own adapter."""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{module}" for module in ("repository", "table", "unit_of_work", "values")),
)
