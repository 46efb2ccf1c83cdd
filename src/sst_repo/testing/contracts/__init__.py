"""The contracts that every table keeps, as test suites to derive from; run them on your own adapter."""

import pytest

# Before any of them is imported, so that their assertions explain themselves as those of tests do.
pytest.register_assert_rewrite(
    *(
        f"{__name__}.{module}"
        for module in (
            "access",
            "check",
            "checks",
            "repositories",
            "repository",
            "table",
            "tables",
            "unique",
            "uniques",
            "unit_of_work",
            "units",
            "values",
        )
    ),
)
