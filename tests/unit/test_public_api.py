"""What `from sst_repo import ...` offers: complete, documented, and without boto3 until it is needed."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import sst_repo
import sst_repo.testing

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def own_public_names(module: ModuleType) -> set[str]:
    """Everything a module binds that is ours: neither private, nor a module, nor imported from elsewhere."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", type(value).__module__).partition(".")[0] == sst_repo.__name__
    }


def rendered_names() -> set[str]:
    """The names that the pages in docs/reference have rendered: one by one, or all those of a module."""
    names = set[str]()
    pages = "".join(page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md"))
    for path in re.findall(r"^::: (\S+)$", pages, re.MULTILINE):
        parent, _, name = path.rpartition(".")
        member = getattr(importlib.import_module(parent), name, None)
        if member is None or isinstance(member, ModuleType):
            names |= own_public_names(importlib.import_module(path))
        else:
            names.add(name)
    return names


def test_all_is_complete() -> None:
    assert own_public_names(sst_repo) <= set(sst_repo.__all__)


def test_all_is_sorted_and_names_each_thing_once() -> None:
    assert list(sst_repo.__all__) == sorted(set(sst_repo.__all__))


@pytest.mark.parametrize("name", sst_repo.__all__)
def test_a_public_name_can_be_imported_and_has_a_docstring_of_its_own(name: str) -> None:
    docstring = getattr(sst_repo, name).__doc__

    assert docstring
    assert not docstring.startswith(f"{name}("), "a dataclass without one is given its signature instead"


@pytest.mark.parametrize("module", [sst_repo, sst_repo.testing], ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_reference(module: ModuleType) -> None:
    assert set(module.__all__) - rendered_names() == set()


def test_an_unknown_name_is_an_attribute_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="NoSuchThing"):
        getattr(sst_repo, "NoSuchThing")  # noqa: B009 - as an attribute, no type checker would let it pass


def test_the_in_memory_table_does_not_load_boto3() -> None:
    program = "import sys, sst_repo; sst_repo.InMemoryTable(); print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)

    loaded = {module.partition(".")[0] for module in process.stdout.split()}
    assert "sst_repo" in loaded
    assert loaded & {"boto3", "botocore"} == set()
