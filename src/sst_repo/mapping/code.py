"""Python code that is generated for one class: its lines, and the things that it refers to by made-up names."""

from collections.abc import Callable, Mapping
from typing import Any


class Code:
    """A function in the making. No text of the class, or of what is stored, becomes part of it."""

    def __init__(self, names: Mapping[str, object]) -> None:
        """Take the names that all functions of the kind refer to."""
        self._names: dict[str, object] = dict(names)

    def new(self, kind: str) -> str:
        """Return the name of a new local variable."""
        name = f"{kind}{len(self._names)}"
        self._names[name] = None
        return name

    def named(self, thing: object) -> str:
        """Return a name for a thing that the code refers to."""
        name = f"n{len(self._names)}"
        self._names[name] = thing
        return name

    def function(self, head: str, lines: list[str]) -> Callable[..., Any]:
        """Compile a function: its head, such as `encode(values)`, and its lines."""
        source = "\n".join([f"def {head}:", *lines])
        exec(compile(source, f"<{head}>", "exec"), self._names)  # noqa: S102 - no text of it is input
        made: Any = self._names[head.partition("(")[0]]
        return made  # type: ignore[no-any-return]
