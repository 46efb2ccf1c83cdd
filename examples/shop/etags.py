"""Versions as entity tags, and what requests demand by them: the third version of an order is `"3"`.

A version number says all that a strong tag must: no two states of an order share one, not even after it was deleted
and brought back.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from examples.shop.problems import RequestError

_TAG = r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"'  # RFC 9110, 8.8.3
_LIST = re.compile(rf"{_TAG}([ \t]*,[ \t]*{_TAG})*")
_VERSION = re.compile("[1-9][0-9]{0,15}")


def etag(version: int) -> str:
    return f'"{version}"'


class EntityTags:
    """What an `If-Match` or an `If-None-Match` names: some tags, or any (`*`).

    Raises:
        RequestError: The header is no list of entity tags.
    """

    def __init__(self, header: str) -> None:
        self.any = header == "*"
        if not self.any and not _LIST.fullmatch(header):
            raise RequestError(HTTPStatus.BAD_REQUEST, 'An entity tag is a version in quotes, such as "3".')
        self._tags = re.findall(_TAG, header)

    def match(self, version: int) -> bool:
        """Compare strongly, as `If-Match` is to: a weak tag does not promise that nothing changed."""
        return self.any or ("", str(version)) in self._tags

    def match_weakly(self, version: int) -> bool:
        """Compare weakly, as `If-None-Match` is to."""
        return self.any or str(version) in {opaque for _, opaque in self._tags}

    @property
    def only_version(self) -> int | None:
        """The version, where they are one tag that can be that of a version; else None."""
        match self._tags:
            case [("", opaque)] if _VERSION.fullmatch(opaque):
                return int(opaque)
            case _:
                return None


def expected_version(if_match: str | None, current: Callable[[], int]) -> int | None:
    """Return the version that a change is meant for; None if it is meant for any.

    The service compares it, when it has read the order anyway. Only of several tags it must be found here which of
    them is meant, by looking at the current version; and a tag that can be no version matches none.

    Raises:
        RequestError: There is no `If-Match`, it is none, or it can't hold.
    """
    if if_match is None:
        detail = "Say by If-Match which version is to be changed: the ETag of what you have seen."
        raise RequestError(HTTPStatus.PRECONDITION_REQUIRED, detail)
    tags = EntityTags(if_match)
    if tags.any or tags.only_version:
        return tags.only_version
    version = current()
    if not tags.match(version):
        raise RequestError(HTTPStatus.PRECONDITION_FAILED, f"The order is at version {version}.")
    return version
