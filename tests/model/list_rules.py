"""The rules that read many: listings with cursors that are kept over later writes, indexes, values, versions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.acting import Acting, Walk
from tests.model.resources import CODES, CONSTRAINED, IDS, OWNERS, SIZES, Content, told
from tests.model.sides import Side
from tests.model.strategies import constrained, contents, keys, kinds, numbers
from tests.model.truth import Key, Written
from tests.model.truth import told as told_version

MOST_WALKS = 3


class ListRules(Acting):
    """Reads of many, all of them exact."""

    @rule(kind=kinds, newest_first=st.booleans(), limit=st.integers(1, 2), number=numbers)
    def walk(self, kind: Any, newest_first: bool, limit: int, number: int) -> None:  # noqa: FBT001
        """Go on with a walk, or begin one."""
        if number < len(self.walks):
            self.lists(self.walks.pop(number), limit, number)
            return
        listed = self.truth.listed(kind)
        self.lists(Walk(kind, newest_first, None, listed[-1][0] if listed else None), limit, None)

    def lists(self, walk: Walk, limit: int, number: int | None) -> None:
        """Read a page of a walk; its cursor is kept for another one."""
        places = [place for place in self.truth.listed(walk.kind) if self.is_ahead(walk, place)]
        ahead = places[::-1] if walk.newest_first else places
        expected = [self.truth.told((walk.kind, resource_id)) for _, resource_id in ahead[:limit]]
        following = []
        for side in self.sides:
            cursor = None if number is None else side.cursors.pop(number)
            page = side.repositories[0, walk.kind].list(newest_first=walk.newest_first, limit=limit, cursor=cursor)
            assert [told(each) for each in page] == expected
            assert page.has_more == (len(ahead) > limit)
            following.append(page.cursor)
        if len(ahead) > limit and len(self.walks) < MOST_WALKS:
            self.walks.append(Walk(walk.kind, walk.newest_first, ahead[limit - 1], walk.horizon))
            for side, cursor in zip(self.sides, following, strict=True):
                side.cursors.append(cursor or "")

    @staticmethod
    def is_ahead(walk: Walk, place: tuple[Any, str]) -> bool:
        if walk.newest_first:
            return walk.last is None or place < walk.last
        return (walk.last is None or place > walk.last) and place[0] <= walk.horizon

    @rule(key=keys, kind=constrained, content=contents, descending=st.booleans(), number=st.integers(1, 4))
    def read(self, key: Key, kind: Any, content: Content, descending: bool, number: int) -> None:  # noqa: FBT001
        """Read in every other way."""
        self.all_are_found(key[0])
        self.queries_are_true(kind, kind.by_size(content["size"]), ("size", content["size"]), _by_version)
        if content["owner"] is not None:
            by_owner = kind.by_owner(content["owner"])
            self.queries_are_true(kind, by_owner, ("owner", content["owner"]), _by_size, descending=descending)
        if content["code"] is not None:
            self.value_is_found(kind, content["code"])
        self.versions_are_true(key, number)

    def all_are_found(self, kind: Any) -> None:
        living = {key[1]: self.truth.told(key) for key, _ in self.truth.living(kind)}
        self.asks(lambda side: side.repositories[0, kind].count(), lambda: len(living))
        self.asks(
            lambda side: {each: told(found) for each, found in side.repositories[0, kind].get_many(IDS).items()},
            lambda: living,
        )

    def queries_are_true(
        self, kind: Any, query: Any, wanted: tuple[str, Any], order: Any, *, descending: bool = False
    ) -> None:
        name, value = wanted
        living = [(key, written) for key, written in self.truth.living(kind) if (written.content or {})[name] == value]
        if name == "owner":
            living = [(key, written) for key, written in living if (written.content or {})["size"] != 0]
        wanted_now = [self.truth.told(key) for key, _ in living]
        keys_in_order = sorted((order(written) for _, written in living), reverse=descending)
        for side in self.sides:
            found = [told(each) for each in side.repositories[0, kind].query(query, descending=descending)]
            # Resources of one sort key may come in any order.
            assert sorted(found, key=repr) == sorted(wanted_now, key=repr)
            stored = dict(
                zip((each[0] for each in wanted_now if each), (written for _, written in living), strict=True)
            )
            assert [order(stored[each[0]]) for each in found if each] == keys_in_order

    def value_is_found(self, kind: Any, code: str) -> None:
        holder = self.truth.holder(kind, code)
        self.asks(
            lambda side: told(side.repositories[0, kind].find_by("code", code)),
            lambda: None if holder is None else self.truth.told((kind, holder)),
        )

    def versions_are_true(self, key: Key, version: int) -> None:
        self.asks(lambda side: _walk(side, key, limit=version), lambda: self.truth.versions(key))
        self.asks(
            lambda side: told(side.repositories[0, key[0]].get_version(key[1], version)),
            lambda: told_version(key, self.truth.version(key, version)),
        )

    def teardown(self) -> None:
        """Compare every index and every value once more."""
        super().teardown()
        if not hasattr(self, "rows"):
            return
        for kind in CONSTRAINED:
            for owner in OWNERS[1:]:
                self.queries_are_true(kind, kind.by_owner(owner), ("owner", owner), _by_size)
            for size in SIZES:
                self.queries_are_true(kind, kind.by_size(size), ("size", size), _by_version)
            for code in CODES[1:]:
                self.value_is_found(kind, code)


def _by_size(written: Written) -> tuple[Any, ...]:
    return ((written.content or {})["size"],)


def _by_version(written: Written) -> tuple[Any, ...]:
    return (written.version, written.updated)


def _walk(side: Side, key: Key, limit: int) -> list[Any]:
    """Read all versions, page by page; each page is full while there are more."""
    repository = side.repositories[0, key[0]]
    pages = [repository.versions(key[1], limit=limit)]
    while pages[-1].has_more:
        assert len(pages[-1]) == limit
        pages.append(repository.versions(key[1], limit=limit, cursor=pages[-1].cursor))
    return [told(each) for page in pages for each in page]
