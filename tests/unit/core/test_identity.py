"""The identity map: what a unit of work knows."""

from collections.abc import Callable

import pytest

from sst_repo.core.identity import IdentityMap, Tracked
from sst_repo.core.intents import Claim, Lookup, Target
from sst_repo.core.records import Record
from sst_repo.errors import AlreadyExistsError, Conflict, ConflictError, NotFoundError, SstRepoError

ORDER = Target("Order", "o1", keeps_versions=True)
OTHER = Target("Order", "o2", keeps_versions=True)
ROW = Record(ORDER.key, {"_v": {"N": "3"}, "_w": {"S": "w3"}})
FORMER = Record(ORDER.key, {"_v": {"N": "3"}, "_w": {"S": "w-of-a-former-life"}})
GRAVE = Record(ORDER.key, {"_v": {"N": "4"}, "_w": {"S": "w4"}, "_d": {"BOOL": True}})


class Thing:
    """Stands for a resource."""


def known(*, read: bool = True) -> tuple[IdentityMap, Tracked, Thing]:
    identity, thing = IdentityMap(), Thing()
    return identity, identity.learn(ORDER, ROW, thing, read=read), thing


def test_nothing_is_known_at_first() -> None:
    assert list(IdentityMap()) == []
    assert IdentityMap().get(ORDER) is None


def test_what_is_learned_is_found_by_type_and_id() -> None:
    identity, tracked, thing = known()

    assert identity.get(Target("Order", "o1", keeps_versions=True)) is tracked
    assert identity.get(OTHER) is None
    assert identity.get(Target("Customer", "o1", keeps_versions=True)) is None
    assert (tracked.resource, tracked.base, tracked.version) == (thing, ROW, 3)
    assert (tracked.read, tracked.added, tracked.guarded) == (True, False, False)


def test_what_is_known_stays_in_order() -> None:
    identity = IdentityMap()
    identity.learn(OTHER, None, None, read=True)
    identity.add(ORDER, Thing())
    identity.add(OTHER, Thing())

    assert [tracked.target for tracked in identity] == [OTHER, ORDER]


def test_an_added_resource_has_no_version_yet() -> None:
    identity, thing = IdentityMap(), Thing()
    identity.add(ORDER, thing)

    tracked = identity.get(ORDER)
    assert tracked is not None
    assert (tracked.resource, tracked.base, tracked.version) == (thing, None, 0)
    assert (tracked.read, tracked.added, tracked.guarded) == (False, True, False)


@pytest.mark.parametrize("row", [None, GRAVE])
def test_what_was_read_as_absent_may_be_added(row: Record | None) -> None:
    identity, thing = IdentityMap(), Thing()
    tracked = identity.learn(ORDER, row, None, read=True)
    identity.add(ORDER, thing)

    assert identity.get(ORDER) is tracked
    assert (tracked.resource, tracked.base, tracked.added, tracked.read, tracked.version) == (thing, row, True, True, 0)


def test_what_was_removed_may_be_added_again_over_its_row() -> None:
    identity, tracked, thing = known()
    identity.remove(tracked, thing, 3, ROW)
    identity.add(ORDER, Thing())

    assert (tracked.added, tracked.base, tracked.version) == (True, ROW, 0)


def test_what_was_added_may_be_removed_again() -> None:
    identity, tracked, thing = added()
    identity.remove(tracked, thing, 0, None)

    assert (tracked.resource, tracked.added, tracked.base) == (None, False, None)


@pytest.mark.parametrize("image", [pytest.param(ROW, id="a-copy"), pytest.param(None, id="built-by-hand")])
def test_another_object_of_the_same_version_takes_over(image: Record | None) -> None:
    identity, tracked, _ = known()
    other = Thing()
    identity.replace(tracked, other, 3, image)
    assert (tracked.resource, tracked.base) == (other, ROW)

    identity.remove(tracked, Thing(), 3, image)
    assert (tracked.resource, tracked.base) == (None, ROW)


def test_another_object_for_one_that_was_added_takes_over() -> None:
    identity, tracked, _ = added()
    other = Thing()
    identity.replace(tracked, other, 0, None)

    assert (tracked.resource, tracked.added) == (other, True)


def test_the_object_itself_always_starts_from_what_is_known() -> None:
    identity, tracked, thing = known()
    identity.check(tracked, thing, 99, None)
    identity.replace(tracked, thing, 99, None)

    assert tracked.resource is thing


def added() -> tuple[IdentityMap, Tracked, Thing]:
    identity, thing = IdentityMap(), Thing()
    identity.add(ORDER, thing)
    tracked = identity.get(ORDER)
    assert tracked is not None
    return identity, tracked, thing


def add_a_known_one() -> None:
    identity, _, _ = known()
    identity.add(ORDER, Thing())


def add_twice() -> None:
    identity, _, _ = added()
    identity.add(ORDER, Thing())


def replace_an_older_one() -> None:
    identity, tracked, _ = known()
    identity.replace(tracked, Thing(), 2, None)


def replace_one_of_a_former_life() -> None:
    identity, tracked, _ = known()
    identity.replace(tracked, Thing(), 3, FORMER)


def replace_one_that_was_never_stored() -> None:
    identity, tracked, _ = known()
    identity.replace(tracked, Thing(), 0, None)


def replace_an_added_one_by_a_stored_one() -> None:
    identity, tracked, _ = added()
    identity.replace(tracked, Thing(), 3, None)


def replace_a_removed_one() -> None:
    identity, tracked, thing = known()
    identity.remove(tracked, thing, 3, ROW)
    identity.replace(tracked, thing, 3, ROW)


def remove_an_older_one() -> None:
    identity, tracked, _ = known()
    identity.remove(tracked, Thing(), 2, None)


def remove_one_of_a_former_life() -> None:
    identity, tracked, _ = known()
    identity.remove(tracked, Thing(), 3, FORMER)


def remove_twice() -> None:
    identity, tracked, thing = known()
    identity.remove(tracked, thing, 3, ROW)
    identity.remove(tracked, thing, 3, ROW)


def remove_an_absent_one() -> None:
    identity = IdentityMap()
    identity.remove(identity.learn(ORDER, GRAVE, None, read=True), Thing(), 3, None)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (add_a_known_one, AlreadyExistsError("Order", "o1", 3)),
        (add_twice, AlreadyExistsError("Order", "o1")),
        (replace_an_older_one, ConflictError([Conflict("Order", "o1", 2, 3)])),
        (replace_one_of_a_former_life, ConflictError([Conflict("Order", "o1", 3, 3)])),
        (replace_one_that_was_never_stored, NotFoundError("Order", "o1")),
        (replace_an_added_one_by_a_stored_one, ConflictError([Conflict("Order", "o1", 3, 0)])),
        (replace_a_removed_one, ConflictError([Conflict("Order", "o1", 3, None)])),
        (remove_an_older_one, ConflictError([Conflict("Order", "o1", 2, 3)])),
        (remove_one_of_a_former_life, ConflictError([Conflict("Order", "o1", 3, 3)])),
        (remove_twice, NotFoundError("Order", "o1")),
        (remove_an_absent_one, NotFoundError("Order", "o1")),
    ],
)
def test_what_does_not_fit_what_is_known_is_refused(act: Callable[[], None], error: SstRepoError) -> None:
    with pytest.raises(type(error)) as caught:
        act()
    assert vars(caught.value) == vars(error)


def test_a_refusal_leaves_what_is_known_alone() -> None:
    identity, tracked, thing = known()
    with pytest.raises(ConflictError):
        identity.replace(tracked, Thing(), 2, None)
    with pytest.raises(ConflictError):
        identity.remove(tracked, Thing(), 2, None)
    with pytest.raises(AlreadyExistsError):
        identity.add(ORDER, Thing())

    assert (tracked.resource, tracked.added, tracked.base) == (thing, False, ROW)


# -- unique values


def test_what_nobody_was_found_to_hold_is_noted_once() -> None:
    identity, free, held = IdentityMap(), Claim("Order", "number", "a7#", 7), Claim("Order", "number", "a8#", 8)
    assert not identity.looked_up(free)
    identity.note(free, free=True)
    identity.note(held, free=False)

    assert identity.looked_up(Claim("Order", "number", "a7#", 7.0))
    assert not identity.looked_up(Claim("Customer", "number", "a7#", 7))
    assert identity.lookups(held=True) == [Lookup(free, held=True), Lookup(held, held=False)]
    assert identity.lookups(held=False) == [Lookup(free, held=False), Lookup(held, held=False)]
