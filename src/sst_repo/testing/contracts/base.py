"""What all contracts share: the table under test, and what it is known to lack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import pytest

from sst_repo.tables.base import Table

_TestT = TypeVar("_TestT", bound=Callable[..., object])

_REQUIRED = "sst_repo_required_capabilities"


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a table lacks a capability.

    Attributes:
        reason: What it does instead.
        sometimes: Whether it goes wrong only now and then, as races do. Such a test is not run, since it would pass
            and fail as chance has it; any other must fail, so that the day the lack is mended is noticed.
    """

    reason: str
    sometimes: bool = False


def requires(capability: str) -> Callable[[_TestT], _TestT]:
    """Say that a test needs a capability which not every table, or emulator of one, has."""

    def mark(test: _TestT) -> _TestT:
        # An attribute, no marker: suites that run the contracts with strict markers need not register it.
        setattr(test, _REQUIRED, (*required_by(test), capability))
        return test

    return mark


def required_by(test: object) -> tuple[str, ...]:
    """Return the capabilities a test needs."""
    required: tuple[str, ...] = getattr(test, _REQUIRED, ())
    return required


class Contract:
    """A specification as tests: derive, name the class `Test…`, and provide the fixture `table`.

    Attributes:
        lacks: The capabilities that the table is known to lack. Their tests are expected to fail.
    """

    lacks: ClassVar[Mapping[str, Lack]] = {}

    @pytest.fixture
    def table(self) -> Table:
        """A fresh, empty, existing table for each test."""
        pytest.fail(f"{type(self).__name__} must provide the fixture `table`: a fresh, empty, existing Table")

    @pytest.fixture(autouse=True)
    def expect_what_the_table_lacks(self, request: pytest.FixtureRequest) -> None:
        """Expect the tests of what the table lacks to fail."""
        for capability in required_by(request.function):
            lack = self.lacks.get(capability)
            if lack is None:
                continue
            reason = f"{capability}: {lack.reason}"
            if lack.sometimes:
                pytest.xfail(reason)
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
