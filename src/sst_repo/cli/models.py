"""The classes of the resources: found in the modules that the command line names."""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from sst_repo.cli.exits import UsageFault
from sst_repo.resource import Resource, VersionedResource

_BASES = (Resource, VersionedResource)


def models_in(names: Iterable[str]) -> dict[str, type[Resource]]:
    """Import modules and return the Resource classes in them, by the names that they are stored under.

    The current directory is looked in, too, as `python -m` does.

    Raises:
        UsageFault: There is no such module, it can't be imported, it has no such class, or two have one name.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    found: dict[str, type[Resource]] = {}
    for name in names:
        for model in _models_of(name):
            other = found.setdefault(model.__type_name__, model)
            if other is not model:
                raise UsageFault(
                    f"{_place(other)} and {_place(model)} are both stored as {model.__type_name__!r}; "
                    "name the module of one of them"
                )
    return found


def model_named(models: Mapping[str, type[Resource]], name: str) -> type[Resource]:
    """Return the class that is stored under a name.

    Raises:
        UsageFault: There is none.
    """
    if name not in models:
        raise UsageFault(f"there is no type {name!r} among the models; there are {', '.join(sorted(models))}")
    return models[name]


def _models_of(name: str) -> list[type[Resource]]:
    try:
        members = vars(import_module(name)).values()
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageFault(f"there is no module {name!r}; models are named as `package.module`") from error
        raise UsageFault(f"the module {name!r} can't be imported: {error}") from error
    except Exception as error:
        # A module that is imported may raise anything.
        raise UsageFault(f"importing {name!r} raised {type(error).__name__}: {error}") from error
    classes = (cast("type[object]", member) for member in members if isinstance(member, type))
    models = [each for each in classes if issubclass(each, Resource) and each not in _BASES]
    if not models:
        raise UsageFault(f"the module {name!r} has no Resource classes")
    return list(dict.fromkeys(models))


def _place(model: type[Resource]) -> str:
    return f"{model.__module__}.{model.__qualname__}"
