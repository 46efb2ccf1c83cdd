"""What users can call, written down: a change of it is a decision, and shows in the diff of `api.txt`.

`API=1 pytest tests/unit/test_api_surface.py` writes it down anew.
"""

import importlib
import inspect
import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

SURFACE = Path(__file__).with_name("api.txt")
MODULES = ("sst_repo", "sst_repo.observers", "sst_repo.provisioning", "sst_repo.testing")
OWN = "sst_repo"


def surface() -> str:
    return "\n".join(line for name in MODULES for line in lines_of(name)) + "\n"


def lines_of(name: str) -> Iterator[str]:
    module = importlib.import_module(name)
    for public in sorted(module.__all__):
        found = getattr(module, public)
        if not inspect.isclass(found):
            yield f"{name}.{public}{signature(found)}"
            continue
        bases = ", ".join(base.__name__ for base in found.__bases__ if base is not object)
        yield f"{name}.{public}({bases})"
        if found.__name__.endswith("Contract"):
            continue  # a suite's tests are specifications, not calls
        yield from (f"  {line}" for line in members_of(found))


def members_of(model: type) -> Iterator[str]:
    if issubclass(model, Enum):
        yield from (f".{member.name}" for member in model)
        return
    if is_ours(getattr(model, "__init__", None)) or hasattr(model, "__dataclass_fields__"):
        yield f"(){signature(model)}"
    for member in sorted(dir(model)):
        if member.startswith("_"):
            continue
        found = inspect.getattr_static(model, member)
        if isinstance(found, property):
            if is_ours(found.fget):
                yield f".{member}"
        elif is_ours(function := getattr(found, "__func__", found)):
            yield f".{member}{signature(function)}"


def is_ours(found: object) -> bool:
    return inspect.isfunction(inspect.unwrap(found)) and found.__module__.startswith(OWN)  # type: ignore[arg-type]  # any object may be asked


def signature(found: object) -> str:
    """Names, kinds and defaults; how Python writes annotations changes from version to version."""
    if not callable(found):
        return ""
    parameters = [
        parameter.replace(annotation=parameter.empty) for parameter in inspect.signature(found).parameters.values()
    ]
    shown = [each.replace(default="...") if " at 0x" in repr(each.default) else each for each in parameters]
    return str(inspect.Signature(shown))


def test_the_surface_is_as_it_is_written_down() -> None:
    if os.environ.get("API") == "1":
        SURFACE.write_text(surface(), encoding="utf-8")

    assert surface() == SURFACE.read_text(encoding="utf-8"), "run it with API=1 if that is meant"


def test_a_change_would_show() -> None:
    lines = SURFACE.read_text(encoding="utf-8").splitlines()

    assert "sst_repo.TableRepository(ReadingRepository)" in lines
    assert "  .save(self, resource)" in lines
    assert "  .list(self, *, where=None, predicate=None, limit=20, cursor=None, newest_first=True, reads=10)" in lines
