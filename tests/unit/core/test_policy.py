"""THE policy as tables: every (state, intent) -> plan, every (plan, reasons) -> verdict, every change -> intent."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import policy
from sst_repo.core.history import unarchive
from sst_repo.core.intents import Create, Derived, Erase, Hold, Intent, Remove, Target, Update
from sst_repo.core.policy import Replan
from sst_repo.core.records import (
    Absent,
    Applied,
    Attributes,
    Guard,
    Key,
    Matches,
    Op,
    Put,
    Reason,
    Record,
    Refused,
)
from sst_repo.errors import (
    AlreadyExistsError,
    Conflict,
    ConflictError,
    CorruptRecordError,
    NotFoundError,
    SstRepoError,
)

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
NOW_TEXT = "2026-01-31T12:00:00.000000Z"
BORN = "2025-01-01T00:00:00.000000Z"
BEFORE = "2026-01-30T00:00:00.000000Z"
OURS = "w-ours"

PAID: Attributes = {"status": {"S": "paid"}}
OPEN: Attributes = {"status": {"S": "open"}}
INDEXED: Attributes = {"gsi1pk": {"S": "open"}, "gsi1sk": {"S": "7"}}

KEPT = Target("Order", "o1", keeps_versions=True)
PLAIN = Target("Order", "o1", keeps_versions=False)
LATEST = Key("Order#o1", "@")


def old(version: int) -> Key:
    return Key("Order#o1", f"v#{version:012d}")


def live(version: int, write_id: str, content: Attributes = OPEN, pk: str = "Order#o1") -> Record:
    _, _, resource_id = pk.partition("#")
    system: Attributes = {
        "_t": {"S": "Order"},
        "_v": {"N": str(version)},
        "_w": {"S": write_id},
        "_c": {"S": BORN},
        "_u": {"S": BEFORE},
        "_l": {"S": f"{BEFORE}#{resource_id}"},
    }
    return Record(Key(pk, "@"), {**content, **INDEXED, **system})


def grave(version: int, write_id: str, pk: str = "Order#o1") -> Record:
    attributes: Attributes = {
        "_t": {"S": "Order"},
        "_v": {"N": str(version)},
        "_w": {"S": write_id},
        "_c": {"S": BORN},
        "_u": {"S": BEFORE},
        "_d": {"BOOL": True},
    }
    return Record(Key(pk, "@"), attributes)


LIVE = live(3, "w3")
GRAVE = grave(4, "w4")
V1, V2 = Record(old(1), live(1, "w1").attributes), Record(old(2), live(2, "w2").attributes)
IF_LIVE, IF_GRAVE = Matches(3, "w3"), Matches(4, "w4")


# -- what each intent becomes

Seen: TypeAlias = tuple[str, Key, Guard, Attributes | None]
"""An op as it is compared: its kind, its row, its guard, and the attributes it stores, unpacked."""


def seen(op: Op) -> Seen:
    return type(op).__name__, op.key, op.guard, unarchive(op.record).attributes if isinstance(op, Put) else None


def stored(version: int, created: str = BORN) -> Attributes:
    return {
        **PAID,
        "_t": {"S": "Order"},
        "_v": {"N": str(version)},
        "_w": {"S": OURS},
        "_c": {"S": created},
        "_u": {"S": NOW_TEXT},
        "_l": {"S": f"{NOW_TEXT}#o1"},
    }


def replacing(version: int, *recent: str) -> Attributes:
    """What is stored of a type that keeps no versions: it remembers its last writes instead."""
    return {**stored(version), "_r": {"B": b"".join(blake2b(each.encode(), digest_size=8).digest() for each in recent)}}


def buried(version: int) -> Attributes:
    return {
        "_t": {"S": "Order"},
        "_v": {"N": str(version)},
        "_w": {"S": OURS},
        "_c": {"S": BORN},
        "_u": {"S": NOW_TEXT},
        "_d": {"BOOL": True},
    }


KEEP_LIVE: Seen = (
    "Put",
    old(3),
    Absent(),
    {
        "status": {"S": "open"},
        "_t": {"S": "Order"},
        "_v": {"N": "3"},
        "_w": {"S": "w3"},
        "_c": {"S": BORN},
        "_u": {"S": BEFORE},
    },
)
KEEP_GRAVE: Seen = ("Put", old(4), Absent(), GRAVE.attributes)
ERASE_V1: Seen = ("Delete", old(1), Matches(1, "w1"), None)
ERASE_V2: Seen = ("Delete", old(2), Matches(2, "w2"), None)

PLANS = [
    pytest.param(Create(KEPT, PAID), [("Put", LATEST, Absent(), stored(1, NOW_TEXT))], id="kept-create-nothing"),
    pytest.param(
        Create(KEPT, PAID, LIVE), [("Put", LATEST, IF_LIVE, stored(4)), KEEP_LIVE], id="kept-create-over-live"
    ),
    pytest.param(
        Create(KEPT, PAID, GRAVE), [("Put", LATEST, IF_GRAVE, stored(5)), KEEP_GRAVE], id="kept-create-over-grave"
    ),
    pytest.param(Update(KEPT, PAID, LIVE), [("Put", LATEST, IF_LIVE, stored(4)), KEEP_LIVE], id="kept-update-live"),
    pytest.param(Update(KEPT, PAID, GRAVE), [("Put", LATEST, IF_GRAVE, stored(5)), KEEP_GRAVE], id="kept-update-grave"),
    pytest.param(Remove(KEPT, LIVE), [("Put", LATEST, IF_LIVE, buried(4)), KEEP_LIVE], id="kept-remove-live"),
    pytest.param(Remove(KEPT, GRAVE), [("Put", LATEST, IF_GRAVE, buried(5)), KEEP_GRAVE], id="kept-remove-grave"),
    pytest.param(Hold(KEPT, None), [("Check", LATEST, Absent(), None)], id="kept-hold-nothing"),
    pytest.param(Hold(KEPT, LIVE), [("Check", LATEST, IF_LIVE, None)], id="kept-hold-live"),
    pytest.param(Hold(KEPT, GRAVE), [("Check", LATEST, IF_GRAVE, None)], id="kept-hold-grave"),
    pytest.param(
        Erase(KEPT, LIVE, (V1, V2), wholly=True),
        [("Delete", LATEST, IF_LIVE, None), ERASE_V1, ERASE_V2],
        id="kept-erase-live-wholly",
    ),
    pytest.param(
        Erase(KEPT, LIVE, (V1,), wholly=False),
        [("Check", LATEST, IF_LIVE, None), ERASE_V1],
        id="kept-erase-live-history-only",
    ),
    pytest.param(
        Erase(KEPT, GRAVE, (), wholly=True), [("Delete", LATEST, IF_GRAVE, None)], id="kept-erase-grave-wholly"
    ),
    pytest.param(
        Erase(KEPT, GRAVE, (V1, V2), wholly=False),
        [("Check", LATEST, IF_GRAVE, None), ERASE_V1, ERASE_V2],
        id="kept-erase-grave-history-only",
    ),
    pytest.param(Create(PLAIN, PAID), [("Put", LATEST, Absent(), stored(1, NOW_TEXT))], id="plain-create-nothing"),
    pytest.param(
        Create(PLAIN, PAID, LIVE), [("Put", LATEST, IF_LIVE, replacing(4, "w3"))], id="plain-create-over-live"
    ),
    pytest.param(
        Create(PLAIN, PAID, GRAVE), [("Put", LATEST, IF_GRAVE, replacing(5, "w4"))], id="plain-create-over-grave"
    ),
    pytest.param(Update(PLAIN, PAID, LIVE), [("Put", LATEST, IF_LIVE, replacing(4, "w3"))], id="plain-update-live"),
    pytest.param(Update(PLAIN, PAID, GRAVE), [("Put", LATEST, IF_GRAVE, replacing(5, "w4"))], id="plain-update-grave"),
    pytest.param(Remove(PLAIN, LIVE), [("Delete", LATEST, IF_LIVE, None)], id="plain-remove-live"),
    pytest.param(Remove(PLAIN, GRAVE), [("Delete", LATEST, IF_GRAVE, None)], id="plain-remove-grave"),
    pytest.param(Hold(PLAIN, None), [("Check", LATEST, Absent(), None)], id="plain-hold-nothing"),
    pytest.param(Hold(PLAIN, LIVE), [("Check", LATEST, IF_LIVE, None)], id="plain-hold-live"),
    pytest.param(Hold(PLAIN, GRAVE), [("Check", LATEST, IF_GRAVE, None)], id="plain-hold-grave"),
    pytest.param(
        Erase(PLAIN, LIVE, (), wholly=True), [("Delete", LATEST, IF_LIVE, None)], id="plain-erase-live-wholly"
    ),
    pytest.param(
        Erase(PLAIN, LIVE, (V1,), wholly=False),
        [("Check", LATEST, IF_LIVE, None), ERASE_V1],
        id="plain-erase-live-history-only",
    ),
    pytest.param(
        Erase(PLAIN, GRAVE, (V1,), wholly=True),
        [("Delete", LATEST, IF_GRAVE, None), ERASE_V1],
        id="plain-erase-grave-wholly",
    ),
]


@pytest.mark.parametrize(("intent", "ops"), PLANS)
def test_an_intent_becomes_exactly_these_ops(intent: Intent, ops: list[Seen]) -> None:
    commit = policy.plan([intent], NOW, OURS)

    assert [seen(op) for op in commit.plan.ops] == ops
    assert commit.plan.write_id == commit.plan.token == OURS
    assert [step.intent for step in commit.steps] == [intent]
    head = commit.plan.ops[0]
    assert commit.steps[0].stored == (head.record if isinstance(head, Put) else None)


def test_the_table_has_every_state_and_intent() -> None:
    rows = [param.values[0] for param in PLANS]
    told = set[tuple[type, int | None, bool]]()
    for row in rows:
        assert isinstance(row, Create | Update | Remove | Hold | Erase)
        base = row.over if isinstance(row, Create) else row.base
        told.add((type(row), base.version if base else None, row.target.keeps_versions))
    from_a_row: tuple[type, ...] = (Update, Remove, Erase)
    expected: set[tuple[type, int | None, bool]] = {
        *((kind, state, kept) for kind in (Create, Hold) for state in (None, 3, 4) for kept in (True, False)),
        *((kind, state, kept) for kind in from_a_row for state in (3, 4) for kept in (True, False)),
    }
    assert told == expected


def test_several_intents_are_one_plan_with_the_ops_in_order() -> None:
    other = Target("Customer", "c1", keeps_versions=False)
    commit = policy.plan([Update(KEPT, PAID, LIVE), Create(other, PAID)], NOW, OURS)

    assert [op.key for op in commit.plan.ops] == [LATEST, old(3), Key("Customer#c1", "@")]
    assert [len(step.ops) for step in commit.steps] == [2, 1]


def test_no_content_overrides_what_the_system_writes() -> None:
    content: Attributes = {**PAID, "_v": {"N": "99"}, "_w": {"S": "forged"}, "_l": {"S": "0"}}

    assert policy.plan([Create(KEPT, content)], NOW, OURS).plan == policy.plan([Create(KEPT, PAID)], NOW, OURS).plan


def by_stamp(system: Attributes) -> Derived:
    stamps = (system[name].get("S") or system[name]["N"] for name in ("_v", "_c", "_u"))
    return Derived({"gsi2pk": {"S": " ".join(stamps)}})


@pytest.mark.parametrize(
    ("intent", "key"),
    [
        pytest.param(Create(KEPT, PAID, derive=by_stamp), f"1 {NOW_TEXT} {NOW_TEXT}", id="create"),
        pytest.param(Create(KEPT, PAID, GRAVE, derive=by_stamp), f"5 {BORN} {NOW_TEXT}", id="create-over-a-grave"),
        pytest.param(Update(KEPT, PAID, LIVE, by_stamp), f"4 {BORN} {NOW_TEXT}", id="update"),
    ],
)
def test_index_keys_are_made_anew_of_what_the_write_stamps(intent: Intent, key: str) -> None:
    row = policy.plan([intent], NOW, OURS).steps[0].stored

    assert row is not None
    slots = {name: value for name, value in row.attributes.items() if name.startswith("gsi")}
    assert slots == {"gsi2pk": {"S": key}}


def test_no_intent_is_an_empty_plan() -> None:
    assert policy.plan([], NOW, OURS).plan.ops == ()


def test_the_time_of_a_write_is_stored_in_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert policy.plan([Create(KEPT, PAID)], elsewhere, OURS) == policy.plan([Create(KEPT, PAID)], NOW, OURS)


def without(name: str) -> Record:
    return Record(LATEST, {key: value for key, value in LIVE.attributes.items() if key != name})


@pytest.mark.parametrize(
    ("base", "reason", "version"),
    [
        pytest.param(without("_v"), "it has no version", None, id="no-version"),
        pytest.param(without("_w"), "it has no write id", 3, id="no-write-id"),
        pytest.param(without("_c"), "it does not say when it was created", 3, id="no-creation"),
    ],
)
def test_no_write_starts_from_a_row_that_is_not_whole(base: Record, reason: str, version: int | None) -> None:
    with pytest.raises(CorruptRecordError, match=reason) as caught:
        policy.plan([Update(KEPT, PAID, base)], NOW, OURS)
    assert (caught.value.type, caught.value.id, caught.value.version) == ("Order", "o1", version)


# -- what each refusal means

OTHER = Target("Order", "o2", keeps_versions=True)
THIRD = Target("Order", "o3", keeps_versions=True)
OTHER_LIVE = live(7, "w7", pk="Order#o2")

HELD = None
FOUND_NOTHING = Reason(None)
OWN = Reason(live(4, OURS, PAID))
FOREIGN_4 = Reason(live(4, "w-other", PAID))
ARCHIVED = Reason(Record(old(3), KEEP_LIVE[3] or {}))
IN_THE_WAY = Reason(Record(old(3), live(9, "w9").attributes))
NOT_OURS = Reason(Record(old(3), {}))


def conflict(expected: int | None, actual: int | None, resource_id: str = "o1") -> Conflict:
    return Conflict("Order", resource_id, expected, actual)


APPLIED = [
    pytest.param([Update(KEPT, PAID, LIVE)], [OWN, ARCHIVED], id="update-kept"),
    pytest.param([Update(PLAIN, PAID, LIVE)], [OWN], id="update-plain"),
    pytest.param([Create(KEPT, PAID)], [Reason(live(1, OURS, PAID))], id="create"),
    pytest.param([Create(KEPT, PAID, GRAVE)], [Reason(live(5, OURS, PAID)), HELD], id="create-over-a-grave"),
    pytest.param([Remove(KEPT, LIVE)], [Reason(grave(4, OURS)), ARCHIVED], id="remove-kept"),
    pytest.param(
        [Hold(OTHER, OTHER_LIVE), Update(KEPT, PAID, LIVE)],
        [HELD, OWN, HELD],
        id="one-of-our-rows-is-enough",
    ),
    pytest.param(
        [Update(KEPT, PAID, LIVE), Update(OTHER, PAID, OTHER_LIVE)],
        [OWN, ARCHIVED, Reason(live(9, "w-later", PAID, "Order#o2")), Reason(Record(Key("Order#o2", "v#7"), {}))],
        id="also-if-others-have-written-since",
    ),
]


@pytest.mark.parametrize(("intents", "reasons"), APPLIED)
def test_a_refusal_that_shows_our_own_write_id_is_a_success(
    intents: list[Intent], reasons: list[Reason | None]
) -> None:
    assert judged(intents, reasons) == Applied()


GRAVE_OF_OTHER = grave(2, "w2", "Order#o2")

REPLANS = [
    pytest.param(
        [Create(KEPT, PAID)],
        [Reason(GRAVE)],
        [Create(KEPT, PAID, GRAVE)],
        id="a-new-resource-on-a-grave",
    ),
    pytest.param(
        [Create(KEPT, PAID, grave(2, "w2"))],
        [Reason(GRAVE), HELD],
        [Create(KEPT, PAID, GRAVE)],
        id="another-grave-than-was-read",
    ),
    pytest.param(
        [Create(KEPT, PAID, GRAVE, looked=True)],
        [Reason(None), HELD],
        [Create(KEPT, PAID, None, looked=True)],
        id="a-grave-that-was-purged-since",
    ),
    pytest.param(
        [Create(KEPT, PAID), Update(THIRD, PAID, live(1, "w1", pk="Order#o3")), Create(OTHER, OPEN)],
        [Reason(GRAVE), HELD, HELD, Reason(GRAVE_OF_OTHER)],
        [
            Create(KEPT, PAID, GRAVE),
            Update(THIRD, PAID, live(1, "w1", pk="Order#o3")),
            Create(OTHER, OPEN, GRAVE_OF_OTHER),
        ],
        id="several-and-the-rest-as-it-was",
    ),
]


@pytest.mark.parametrize(("intents", "reasons", "again"), REPLANS)
def test_a_deleted_resource_in_the_way_of_a_new_one_is_built_upon(
    intents: list[Intent], reasons: list[Reason | None], again: list[Intent]
) -> None:
    assert judged(intents, reasons) == Replan(tuple(again))


ERRORS = [
    # Create
    pytest.param([Create(KEPT, PAID)], [Reason(LIVE)], AlreadyExistsError("Order", "o1", 3), id="create-taken"),
    pytest.param(
        [Create(KEPT, PAID, looked=True)],
        [Reason(LIVE)],
        ConflictError([conflict(None, 3)]),
        id="create-taken-since-one-looked",
    ),
    pytest.param(
        [Create(KEPT, PAID, GRAVE)],
        [Reason(live(5, "w-other")), HELD],
        AlreadyExistsError("Order", "o1", 5),
        id="create-over-a-grave-that-was-built-upon",
    ),
    pytest.param(
        [Create(KEPT, PAID), Create(OTHER, PAID)],
        [Reason(LIVE), Reason(OTHER_LIVE)],
        AlreadyExistsError("Order", "o1", 3),
        id="create-two-taken-names-the-first",
    ),
    pytest.param(
        [Create(KEPT, PAID), Create(OTHER, PAID)],
        [Reason(GRAVE), Reason(OTHER_LIVE)],
        AlreadyExistsError("Order", "o2", 7),
        id="create-taken-beside-a-grave",
    ),
    pytest.param(
        [Create(KEPT, PAID, LIVE)], [FOREIGN_4, ARCHIVED], ConflictError([conflict(3, 4)]), id="re-create-overwritten"
    ),
    pytest.param(
        [Create(PLAIN, PAID, LIVE)], [FOUND_NOTHING], ConflictError([conflict(3, None)]), id="re-create-deleted"
    ),
    pytest.param(
        [Create(KEPT, PAID, LIVE)],
        [Reason(GRAVE), ARCHIVED],
        ConflictError([conflict(3, None)]),
        id="re-create-of-what-someone-else-buried",
    ),
    # Update
    pytest.param(
        [Update(KEPT, PAID, LIVE)], [FOREIGN_4, ARCHIVED], ConflictError([conflict(3, 4)]), id="update-kept-stale"
    ),
    pytest.param(
        [Update(KEPT, PAID, LIVE)], [FOREIGN_4, HELD], ConflictError([conflict(3, 4)]), id="update-kept-head-only"
    ),
    pytest.param([Update(PLAIN, PAID, LIVE)], [FOREIGN_4], ConflictError([conflict(3, 4)]), id="update-plain-stale"),
    pytest.param(
        [Update(PLAIN, PAID, LIVE)],
        [Reason(live(3, "w-remade"))],
        ConflictError([conflict(3, 3)]),
        id="update-of-a-re-created-one",
    ),
    pytest.param(
        [Update(PLAIN, PAID, LIVE)], [FOUND_NOTHING], ConflictError([conflict(3, None)]), id="update-plain-deleted"
    ),
    pytest.param(
        [Update(KEPT, PAID, LIVE)],
        [Reason(GRAVE), ARCHIVED],
        ConflictError([conflict(3, None)]),
        id="update-kept-deleted",
    ),
    pytest.param(
        [Update(KEPT, PAID, GRAVE)],
        [Reason(live(5, "w-other")), HELD],
        ConflictError([conflict(None, 5)]),
        id="restore-of-what-someone-else-restored",
    ),
    pytest.param(
        [Update(KEPT, PAID, LIVE)],
        [HELD, IN_THE_WAY],
        CorruptRecordError(
            "Order", "o1", "a history row stands where the latest version would go; check the table", version=9
        ),
        id="update-with-a-history-row-in-the-way",
    ),
    # Remove
    pytest.param(
        [Remove(KEPT, LIVE)], [FOREIGN_4, ARCHIVED], ConflictError([conflict(3, 4)]), id="remove-kept-overwritten"
    ),
    pytest.param([Remove(PLAIN, LIVE)], [FOREIGN_4], ConflictError([conflict(3, 4)]), id="remove-plain-overwritten"),
    pytest.param(
        [Remove(KEPT, LIVE)],
        [Reason(GRAVE), ARCHIVED],
        NotFoundError("Order", "o1", hint="it was deleted in the meantime"),
        id="remove-kept-deleted",
    ),
    pytest.param(
        [Remove(PLAIN, LIVE)],
        [FOUND_NOTHING],
        NotFoundError("Order", "o1", hint="it was deleted in the meantime"),
        id="remove-plain-deleted",
    ),
    pytest.param(
        [Remove(KEPT, LIVE)],
        [HELD, NOT_OURS],
        CorruptRecordError("Order", "o1", "a history row stands where the latest version would go; check the table"),
        id="remove-with-a-history-row-in-the-way",
    ),
    # Hold
    pytest.param([Hold(KEPT, None)], [Reason(LIVE)], ConflictError([conflict(None, 3)]), id="hold-nothing-but-found"),
    pytest.param(
        [Hold(KEPT, None)], [Reason(GRAVE)], ConflictError([conflict(None, None)]), id="hold-nothing-but-buried"
    ),
    pytest.param([Hold(KEPT, LIVE)], [FOREIGN_4], ConflictError([conflict(3, 4)]), id="hold-overwritten"),
    pytest.param([Hold(KEPT, LIVE)], [FOUND_NOTHING], ConflictError([conflict(3, None)]), id="hold-deleted"),
    pytest.param(
        [Hold(KEPT, GRAVE)], [Reason(live(5, "w5"))], ConflictError([conflict(None, 5)]), id="hold-grave-but-found"
    ),
    # Erase
    pytest.param(
        [Erase(KEPT, LIVE, (V1, V2), wholly=True)],
        [FOREIGN_4, HELD, HELD],
        ConflictError([conflict(3, 4)]),
        id="erase-overwritten",
    ),
    pytest.param(
        [Erase(KEPT, LIVE, (V1, V2), wholly=True)],
        [FOUND_NOTHING, FOUND_NOTHING, FOUND_NOTHING],
        ConflictError([conflict(3, None)]),
        id="erase-of-what-someone-else-erased",
    ),
    pytest.param(
        [Erase(KEPT, GRAVE, (V1,), wholly=False)],
        [Reason(live(5, "w5")), HELD],
        ConflictError([conflict(None, 5)]),
        id="erase-of-what-someone-else-restored",
    ),
    # Several at once
    pytest.param(
        [Update(KEPT, PAID, LIVE), Update(OTHER, PAID, OTHER_LIVE)],
        [FOREIGN_4, ARCHIVED, HELD, HELD],
        ConflictError([conflict(3, 4)]),
        id="only-what-is-at-fault-is-listed",
    ),
    pytest.param(
        [Update(KEPT, PAID, LIVE), Remove(OTHER, OTHER_LIVE), Hold(THIRD, None)],
        [
            FOREIGN_4,
            ARCHIVED,
            Reason(grave(8, "w8", "Order#o2")),
            HELD,
            Reason(live(1, "w1", pk="Order#o3")),
        ],
        ConflictError([conflict(3, 4), conflict(7, None, "o2"), conflict(None, 1, "o3")]),
        id="mixed-faults-list-all",
    ),
    pytest.param(
        [Create(KEPT, PAID), Update(OTHER, PAID, OTHER_LIVE)],
        [Reason(LIVE), Reason(live(8, "w8", pk="Order#o2")), HELD],
        ConflictError([conflict(None, 3), conflict(7, 8, "o2")]),
        id="taken-beside-stale",
    ),
    pytest.param(
        [Create(KEPT, PAID), Update(OTHER, PAID, OTHER_LIVE)],
        [Reason(GRAVE), Reason(live(8, "w8", pk="Order#o2")), HELD],
        ConflictError([conflict(7, 8, "o2")]),
        id="a-grave-under-a-new-resource-is-no-conflict",
    ),
]


@pytest.mark.parametrize(("intents", "reasons", "error"), ERRORS)
def test_a_refusal_means_exactly_this_error(
    intents: list[Intent], reasons: list[Reason | None], error: SstRepoError
) -> None:
    verdict = judged(intents, reasons)

    assert isinstance(verdict, SstRepoError)
    assert (type(verdict), vars(verdict), str(verdict)) == (type(error), vars(error), str(error))


def test_as_many_reasons_as_ops_are_insisted_on() -> None:
    with pytest.raises(ValueError, match="zip"):
        judged([Update(KEPT, PAID, LIVE)], [FOREIGN_4])


def judged(intents: Sequence[Intent], reasons: Sequence[Reason | None]) -> Applied | Replan | SstRepoError:
    return policy.judge(policy.plan(intents, NOW, OURS), Refused(tuple(reasons)))


# -- what is to be done about one resource

INTENTS: dict[tuple[str, str], dict[tuple[str, str], Intent | None]] = {
    # (base, content): {(added?, held?): intent}
    ("nothing", "none"): {
        ("", ""): None,
        ("added", ""): None,
        ("", "held"): Hold(KEPT, None),
        ("added", "held"): Hold(KEPT, None),
    },
    ("nothing", "some"): {
        ("", ""): Create(KEPT, PAID),
        ("added", ""): Create(KEPT, PAID),
        ("", "held"): Create(KEPT, PAID),
        ("added", "held"): Create(KEPT, PAID),
    },
    ("live", "none"): {
        ("", ""): Remove(KEPT, LIVE),
        ("added", ""): Remove(KEPT, LIVE),
        ("", "held"): Remove(KEPT, LIVE),
        ("added", "held"): Remove(KEPT, LIVE),
    },
    ("live", "equal"): {
        ("", ""): None,
        ("added", ""): Create(KEPT, OPEN, LIVE),
        ("", "held"): Hold(KEPT, LIVE),
        ("added", "held"): Create(KEPT, OPEN, LIVE),
    },
    ("live", "different"): {
        ("", ""): Update(KEPT, PAID, LIVE),
        ("added", ""): Create(KEPT, PAID, LIVE),
        ("", "held"): Update(KEPT, PAID, LIVE),
        ("added", "held"): Create(KEPT, PAID, LIVE),
    },
    ("grave", "none"): {
        ("", ""): None,
        ("added", ""): None,
        ("", "held"): Hold(KEPT, GRAVE),
        ("added", "held"): Hold(KEPT, GRAVE),
    },
    ("grave", "equal"): {  # a model without fields: its content is that of a tombstone
        ("", ""): Update(KEPT, {}, GRAVE),
        ("added", ""): Create(KEPT, {}, GRAVE),
        ("", "held"): Update(KEPT, {}, GRAVE),
        ("added", "held"): Create(KEPT, {}, GRAVE),
    },
    ("grave", "different"): {
        ("", ""): Update(KEPT, PAID, GRAVE),
        ("added", ""): Create(KEPT, PAID, GRAVE),
        ("", "held"): Update(KEPT, PAID, GRAVE),
        ("added", "held"): Create(KEPT, PAID, GRAVE),
    },
}
BASES: dict[str, Record | None] = {"nothing": None, "live": LIVE, "grave": GRAVE}


@pytest.mark.parametrize(
    ("base", "content", "added", "held", "intent"),
    [
        pytest.param(base, content, added, held, intent, id="-".join(filter(None, (base, content, added, held))))
        for (base, content), cases in INTENTS.items()
        for (added, held), intent in cases.items()
    ],
)
def test_what_was_done_to_a_resource_is_one_intent(
    base: str, content: str, added: str, held: str, intent: Intent | None
) -> None:
    row = BASES[base]
    equal: Attributes = OPEN if base == "live" else {}
    wanted: Attributes | None = {"none": None, "equal": equal}.get(content, PAID)

    assert policy.intent(KEPT, row, wanted, added=bool(added), held=bool(held)) == intent


def test_a_restored_version_is_written_even_if_it_equals_the_latest() -> None:
    assert policy.intent(KEPT, LIVE, OPEN, restored=True) == Update(KEPT, OPEN, LIVE)


def test_a_resource_that_is_made_where_one_looked_and_found_none_says_so() -> None:
    assert policy.intent(KEPT, None, PAID, added=True, looked=True) == Create(KEPT, PAID, looked=True)
    assert policy.intent(KEPT, GRAVE, PAID, added=True, looked=True) == Create(KEPT, PAID, GRAVE, looked=True)


def test_what_is_written_takes_along_how_its_keys_are_derived() -> None:
    assert policy.intent(KEPT, None, PAID, added=True, derive=by_stamp) == Create(KEPT, PAID, derive=by_stamp)
    assert policy.intent(KEPT, LIVE, PAID, derive=by_stamp) == Update(KEPT, PAID, LIVE, by_stamp)


def test_what_was_only_read_is_not_held_unless_that_is_asked_for() -> None:
    assert policy.intent(KEPT, LIVE, OPEN) is None


STALE = [
    pytest.param(2, LIVE, False, ConflictError([conflict(2, 3)]), id="save-older"),
    pytest.param(9, LIVE, False, ConflictError([conflict(9, 3)]), id="save-newer-than-stored"),
    pytest.param(2, GRAVE, False, ConflictError([conflict(2, None)]), id="save-deleted"),
    pytest.param(2, None, False, ConflictError([conflict(2, None)]), id="save-missing"),
    pytest.param(2, LIVE, True, ConflictError([conflict(2, 3)]), id="delete-older"),
    pytest.param(2, GRAVE, True, NotFoundError("Order", "o1"), id="delete-deleted"),
    pytest.param(2, None, True, NotFoundError("Order", "o1"), id="delete-missing"),
]


@pytest.mark.parametrize(("expected", "row", "removing", "error"), STALE)
def test_a_resource_built_by_hand_that_is_not_the_latest(
    expected: int,
    row: Record | None,
    removing: bool,  # noqa: FBT001 - a column of the table
    error: SstRepoError,
) -> None:
    found = policy.stale(KEPT, expected, row, removing=removing)

    assert (type(found), vars(found)) == (type(error), vars(error))


def test_content_is_all_but_what_the_system_adds() -> None:
    assert policy.content_of(LIVE) == OPEN
    assert policy.content_of(GRAVE) == {}


@pytest.mark.parametrize(("row", "alive"), [(None, False), (LIVE, True), (GRAVE, False)])
def test_a_resource_is_there_if_its_row_is_no_tombstone(row: Record | None, alive: bool) -> None:  # noqa: FBT001
    assert policy.is_alive(row) is alive


# -- whatever the intents are

contents = st.sampled_from([PAID, OPEN, {}, {"name": {"S": "n" * 500}}])
versions = st.sampled_from([1, 2, 9, 10**11])


kinds = st.sampled_from([Create, Update, Remove, Hold, Erase])
states = st.sampled_from(["nothing", "live", "grave"])
targets = st.builds(Target, st.sampled_from(["Order", "Customer"]), st.sampled_from(["1", "2", "1#"]), st.booleans())


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    target, kind, state, content = draw(targets), draw(kinds), draw(states), draw(contents)
    number = draw(versions)
    base = grave(number, "w", target.pk) if state == "grave" else live(number, "w", draw(contents), target.pk)
    over = None if state == "nothing" else base
    history = tuple(Record(Key(target.pk, row.key.sk), row.attributes) for row in (V1, V2)[: number % 3])
    made: dict[type, Intent] = {
        Create: Create(target, content, over),
        Update: Update(target, content, base),
        Remove: Remove(target, base),
        Hold: Hold(target, over),
        Erase: Erase(target, base, history, wholly=state == "grave"),
    }
    return made[kind]


commits = st.lists(intents(), max_size=5, unique_by=lambda intent: intent.target.key)


@given(commits)
def test_a_plan_has_one_op_a_row(work: list[Intent]) -> None:
    keys = [op.key for op in policy.plan(work, NOW, OURS).plan.ops]

    assert len(keys) == len(set(keys))


@given(commits)
def test_a_write_raises_the_version_by_one_and_bears_our_write_id(work: list[Intent]) -> None:
    for step in policy.plan(work, NOW, OURS).steps:
        if step.stored is not None:
            base: Any = step.intent.over if isinstance(step.intent, Create) else getattr(step.intent, "base", None)
            assert step.stored.version == (base.version if base else 0) + 1
            assert step.stored.write_id == OURS


@given(commits)
def test_every_op_insists_on_what_was_read(work: list[Intent]) -> None:
    for step in policy.plan(work, NOW, OURS).steps:
        base: Any = step.intent.over if isinstance(step.intent, Create) else step.intent.base
        assert step.ops[0].guard == (Absent() if base is None else Matches(base.version, base.write_id))


@given(commits)
def test_history_rows_are_the_old_images_in_no_index(work: list[Intent]) -> None:
    for step in policy.plan(work, NOW, OURS).steps:
        for op in step.ops[1:]:
            if isinstance(op, Put):
                assert isinstance(step.intent, Create | Update | Remove)
                assert step.intent.target.keeps_versions
                base = step.intent.over if isinstance(step.intent, Create) else step.intent.base
                assert base is not None
                in_an_index = {"_l", *INDEXED}
                assert not in_an_index & {*op.record.attributes, *unarchive(op.record).attributes}
                kept = {name: value for name, value in base.attributes.items() if name not in in_an_index}
                assert unarchive(op.record).attributes == kept
                assert op.guard == Absent()


@given(commits)
def test_what_is_gone_is_in_no_index(work: list[Intent]) -> None:
    for step in policy.plan(work, NOW, OURS).steps:
        if step.stored is not None and step.stored.is_tombstone:
            assert set(step.stored.attributes) == {"_t", "_v", "_w", "_c", "_u", "_d"}
