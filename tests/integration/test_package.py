"""The wheel, as users get it: built, installed where nothing else is, and run."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    process = subprocess.run([*map(str, command)], cwd=cwd, env=alone, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and an sdist."""
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, ROOT, cwd=dist)
    return dist


@pytest.fixture(scope="module")
def clean(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment that has the wheel and what that asks for, and with the examples."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home / "env", with_pip=True)
    (wheel,) = dist.glob("*.whl")
    run(home / "env/bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=home)
    shutil.copytree(ROOT / "examples" / "shop", home / "examples" / "shop")
    return home


def test_the_wheel_has_the_package_its_types_and_nothing_else(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = ZipFile(wheel).namelist()

    assert "sst_repo/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"sst_repo"}
    assert {Path(name).suffix for name in names if name.startswith("sst_repo/")} == {".py", ".typed"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_has_all_it_takes_to_test_it(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}

    wanted = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile", "src/sst_repo/py.typed"}
    assert wanted | {"tests/conftest.py", "examples/shop/domain.py", "docs/index.md"} <= names


def test_what_the_wheel_brings_runs_the_demo(clean: Path) -> None:
    told = run(clean / "env/bin/python", "-W", "error", "-m", "examples.shop", cwd=clean)

    assert told.startswith("A day in the shop, in the memory of this process")


def test_without_its_extra_the_command_line_says_what_to_install(clean: Path) -> None:
    process = subprocess.run([clean / "env/bin/sst-repo", "--help"], capture_output=True, text=True, check=False)

    assert process.returncode != 0
    assert "sst-repo[cli]" in process.stderr
    assert "Traceback" not in process.stderr


def test_the_pytest_plugin_is_found_by_itself(clean: Path) -> None:
    (clean / "test_it.py").write_text(
        "def test_it(memory_table):\n    assert memory_table.exists()\n", encoding="utf-8"
    )
    run(clean / "env/bin/python", "-m", "pip", "install", "--quiet", "pytest", cwd=clean)

    assert "1 passed" in run(clean / "env/bin/python", "-m", "pytest", "-q", "-W", "error", cwd=clean)
