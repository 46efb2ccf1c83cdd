"""Names of parametrised tests."""

from reprlib import Repr
from typing import Any


class _Names(Repr):
    def repr_set(self, x: set[Any], level: int) -> str:
        return f"{{{self._elements(x, level)}}}"

    def repr_frozenset(self, x: frozenset[Any], level: int) -> str:
        return f"frozenset({self._elements(x, level)})"

    def _elements(self, x: set[Any] | frozenset[Any], level: int) -> str:
        return ", ".join(sorted(self.repr1(element, level - 1) for element in x))


stable_repr = _Names().repr
"""Shows a value in short, and alike in every process: workers that share the tests must name them alike, and the order
of a set's elements differs from process to process."""
