"""Unique values in the policy: which guard rows a commit writes, and what their refusal means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import layout, policy
from sst_repo.core.intents import Claim, Create, Derive, Derived, Erase, Hold, Intent, Lookup, Remove, Target, Update
from sst_repo.core.policy import Replan
from sst_repo.core.records import (
    Absent,
    Applied,
    Attributes,
    Check,
    Delete,
    Guard,
    HeldByNoOther,
    Key,
    Op,
    Plan,
    Put,
    Reason,
    Record,
    Refused,
    holds,
)
from sst_repo.errors import (
    AlreadyExistsError,
    Conflict,
    ConflictError,
    CorruptRecordError,
    NotFoundError,
    SstRepoError,
    UniqueViolationError,
)

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BORN = "2025-01-01T00:00:00.000000Z"
OURS = "w-ours"

A, B = Target("Member", "a", keeps_versions=False), Target("Member", "b", keeps_versions=False)
KEPT = Target("Member", "k", keeps_versions=True)


def email(value: str) -> Claim:
    return Claim("Member", "email", f"{value}#", value)


X, Y, Z = email("x"), email("y"), email("z")


def claiming(*claims: Claim) -> Derive:
    return lambda _: Derived({}, claims)


def live(target: Target, *claims: Claim, version: int = 1, write_id: str = "w1") -> Record:
    attributes: Attributes = {
        "_t": {"S": target.type},
        "_v": {"N": str(version)},
        "_w": {"S": write_id},
        "_c": {"S": BORN},
        "_u": {"S": BORN},
    }
    return Record(target.key, {**attributes, **layout.held(claim.guard.pk for claim in claims)})


def grave(target: Target) -> Record:
    row = live(target, version=2, write_id="w2")
    return Record(row.key, {**row.attributes, "_d": {"BOOL": True}})


def guard_row(claim: Claim, holder: str, write_id: str = "w1") -> Record:
    return Record(claim.guard, {"_h": {"S": holder}, "_w": {"S": write_id}})


# -- what a commit does about guard rows

Move: TypeAlias = tuple[str, Claim, Guard, str | None]
"""An op on a guard row: its kind, its value, its guard, and the holder it stores."""


def moves(intents: Sequence[Intent], lookups: Sequence[Lookup] = ()) -> list[Move]:
    of = {claim.guard: claim for claim in (X, Y, Z)}
    ops = policy.plan(intents, NOW, OURS, lookups).plan.ops
    return [
        (type(op).__name__, of[op.key], op.guard, op.record.holder if isinstance(op, Put) else None)
        for op in ops
        if op.key in of
    ]


def take(claim: Claim, taker: str, giver: str | None = None) -> Move:
    return "Put", claim, HeldByNoOther(giver or taker), taker


def give(claim: Claim, giver: str) -> Move:
    return "Delete", claim, HeldByNoOther(giver), None


def create(target: Target, *claims: Claim, over: Record | None = None, looked: bool = False) -> Create:
    return Create(target, {}, over, looked, claiming(*claims))


def update(target: Target, base: Record, *claims: Claim) -> Update:
    return Update(target, {}, base, claiming(*claims))


@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        pytest.param([create(A, X, Y)], [take(X, "a"), take(Y, "a")], id="create"),
        pytest.param([create(A)], [], id="create-without-values"),
        pytest.param([create(KEPT, X, over=grave(KEPT))], [take(X, "k")], id="create-over-a-grave"),
        pytest.param([create(A, X, over=live(A, X))], [], id="delete-and-create-again"),
        pytest.param([create(A, Y, over=live(A, X))], [take(Y, "a"), give(X, "a")], id="replace"),
        pytest.param([update(A, live(A, X), X)], [], id="keep"),
        pytest.param([update(A, live(A, X, Y), Y, Z)], [take(Z, "a"), give(X, "a")], id="change-one-of-two"),
        pytest.param([update(A, live(A), X)], [take(X, "a")], id="adopt"),
        pytest.param([Update(A, {}, live(A, X))], [give(X, "a")], id="a-class-that-has-no-unique-any-more"),
        pytest.param([update(KEPT, grave(KEPT), X)], [take(X, "k")], id="restore"),
        pytest.param([Remove(A, live(A, X, Y))], [give(X, "a"), give(Y, "a")], id="remove"),
        pytest.param([Remove(KEPT, live(KEPT, X))], [give(X, "k")], id="remove-kept"),
        pytest.param([Hold(A, live(A, X))], [], id="hold"),
        pytest.param([Erase(A, live(A, X), (), wholly=True)], [give(X, "a")], id="erase"),
        pytest.param([Erase(KEPT, live(KEPT, X), (), wholly=False)], [], id="erase-history-only"),
        pytest.param([Remove(A, live(A, X)), create(B, X)], [take(X, "b", "a")], id="hand-over"),
        pytest.param([create(B, X), Remove(A, live(A, X))], [take(X, "b", "a")], id="hand-over-in-any-order"),
        pytest.param(
            [update(A, live(A, X), Y), update(B, live(B, Y), X)],
            [take(Y, "a", "b"), take(X, "b", "a")],
            id="swap",
        ),
    ],
)
def test_intents_become_exactly_these_ops_on_guard_rows(intents: list[Intent], expected: list[Move]) -> None:
    assert moves(intents) == expected


def test_the_latest_row_lists_what_it_holds_and_the_guard_says_who_wrote_it() -> None:
    commit = policy.plan([create(A, Y, X)], NOW, OURS)

    latest, *guards = [op.record for op in commit.plan.ops if isinstance(op, Put)]
    assert latest.guards == ("#Member#email#x#", "#Member#email#y#")
    assert [(row.holder, row.write_id, row.version) for row in guards] == [("a", OURS, None)] * 2


def test_a_resource_without_values_lists_none() -> None:
    row = policy.plan([create(A)], NOW, OURS).steps[0].stored

    assert row is not None
    assert "_q" not in row.attributes


def test_neither_a_tombstone_nor_the_history_holds_anything() -> None:
    for op in policy.plan([Remove(KEPT, live(KEPT, X))], NOW, OURS).plan.ops:
        if isinstance(op, Put):
            assert op.record.guards == ()


def test_two_takers_are_refused_when_the_plan_is_made() -> None:
    with pytest.raises(UniqueViolationError) as refused:
        policy.plan([create(A, X), create(B, X)], NOW, OURS, [Lookup(X, held=True)])
    assert (refused.value.field, refused.value.value, refused.value.holder) == ("email", "x", "a")


@pytest.mark.parametrize(
    ("intents", "held", "expected"),
    [
        pytest.param([], True, [("Check", X, Absent(), None)], id="nothing-else"),
        pytest.param([create(B, Y)], True, [take(Y, "b"), ("Check", X, Absent(), None)], id="another-is-taken"),
        pytest.param([create(B, X)], True, [take(X, "b")], id="taken"),
        pytest.param([Remove(A, live(A, X))], True, [give(X, "a")], id="given-up"),
        pytest.param([create(B, Y)], False, [take(Y, "b")], id="not-held"),
    ],
)
def test_a_value_that_was_looked_up_is_checked_unless_it_moves(
    intents: list[Intent],
    held: bool,  # noqa: FBT001 - a column of the table
    expected: list[Move],
) -> None:
    assert moves(intents, [Lookup(X, held)]) == expected


# -- what is up to date

STAMPED: Attributes = {"gsi1pk": {"S": "p"}, "gsi1sk": {"S": "s"}}


@pytest.mark.parametrize(
    ("derived", "expected"),
    [
        (Derived(STAMPED, (X, Y)), True),
        (Derived(STAMPED, (Y, X)), True),
        (Derived(STAMPED, (X,)), False),
        (Derived(STAMPED, (X, Y, Z)), False),
        (Derived({}, (X, Y)), False),
        (Derived({**STAMPED, "gsi1sk": {"S": "t"}}, (X, Y)), False),
        (Derived({**STAMPED, "gsi2pk": {"S": "p"}}, (X, Y)), False),
    ],
)
def test_a_row_is_up_to_date_with_all_that_would_be_derived(derived: Derived, expected: bool) -> None:  # noqa: FBT001
    row = live(A, X, Y)
    row = Record(row.key, {**row.attributes, **STAMPED, "_l": {"S": "0"}})

    assert policy.is_up_to_date(row, lambda system: derived if system == row.attributes else Derived({})) is expected


def test_a_class_without_anything_derived_is_up_to_date_with_a_row_that_has_nothing() -> None:
    assert policy.is_up_to_date(live(A), None)
    assert not policy.is_up_to_date(live(A, X), None)


# -- what a refusal means

FREE = None
FOUND_NOTHING = Reason(None)
SINCE = Conflict("Member", "z", None, None, "email", "x")
CHANGED = Reason(live(A, version=2, write_id="w2"))


def held_by(claim: Claim, holder: str, write_id: str = "w-other") -> Reason:
    return Reason(guard_row(claim, holder, write_id))


def judged(
    intents: Sequence[Intent], reasons: Sequence[Reason | None], lookups: Sequence[Lookup] = ()
) -> Applied | Replan | SstRepoError:
    return policy.judge(policy.plan(intents, NOW, OURS, lookups), Refused(tuple(reasons)))


LOOKED = [Lookup(X, held=False)]
INSISTED = [Lookup(X, held=True)]
VIOLATION = UniqueViolationError("Member", "email", "x", "z")
VERDICTS: list[Any] = [
    pytest.param([create(A, X)], [], [FREE, held_by(X, "z")], VIOLATION, id="taken"),
    pytest.param([create(A, X, Y)], [], [FREE, held_by(X, "z"), held_by(Y, "b")], VIOLATION, id="first-of-two"),
    pytest.param([update(A, live(A), X)], [], [FREE, held_by(X, "z")], VIOLATION, id="taken-by-update"),
    pytest.param([create(A, X)], LOOKED, [FREE, held_by(X, "z")], ConflictError([SINCE]), id="taken-since"),
    pytest.param([create(B, Y)], INSISTED, [FREE, FREE, held_by(X, "z")], ConflictError([SINCE]), id="not-free"),
    pytest.param(
        [create(A, X), create(B, Y)],
        LOOKED,
        [FREE, FREE, held_by(X, "z"), held_by(Y, "a")],
        ConflictError([SINCE]),
        id="a-conflict-before-a-violation",
    ),
    pytest.param(
        [update(A, live(A), X)],
        [],
        [CHANGED, held_by(X, "z")],
        ConflictError([Conflict("Member", "a", 1, 2)]),
        id="another-version-before-a-violation",
    ),
    pytest.param(
        [update(A, live(A), X)],
        LOOKED,
        [CHANGED, held_by(X, "z")],
        ConflictError([Conflict("Member", "a", 1, 2), SINCE]),
        id="another-version-and-taken-since",
    ),
    pytest.param(
        [create(A, X)], [], [CHANGED, held_by(X, "z")], AlreadyExistsError("Member", "a", 2), id="id-taken-first"
    ),
    pytest.param(
        [create(A, X)],
        LOOKED,
        [CHANGED, held_by(X, "z")],
        ConflictError([Conflict("Member", "a", None, 2), SINCE]),
        id="id-taken-and-value-taken-since",
    ),
    pytest.param(
        [create(A, X)],
        LOOKED,
        [Reason(live(A, X)), FREE],
        ConflictError([Conflict("Member", "a", None, 1)]),
        id="what-was-looked-up-has-come-under-the-very-id",
    ),
    pytest.param(
        [create(A, X, Y)],
        [Lookup(Y, held=False)],
        [Reason(live(A, X)), FREE, FREE],
        AlreadyExistsError("Member", "a", 1),
        id="what-was-looked-up-is-another-value",
    ),
    pytest.param(
        [Remove(A, live(A, X))],
        [],
        [FOUND_NOTHING, held_by(X, "z")],
        NotFoundError("Member", "a", hint="it was deleted in the meantime"),
        id="gone-before-its-value",
    ),
    pytest.param([create(KEPT, X)], [], [Reason(grave(KEPT)), held_by(X, "z")], VIOLATION, id="taken-over-a-grave"),
    pytest.param(
        [Remove(A, live(A, X))],
        [],
        [FREE, held_by(X, "z")],
        CorruptRecordError(
            "Member", "a", "it says that it holds a unique value of 'email', but Member 'z' does; check the table"
        ),
        id="given-up-by-one-who-does-not-hold-it",
    ),
    pytest.param(
        [Remove(A, live(A, X)), create(B, X)],
        LOOKED,
        [FREE, FREE, held_by(X, "z")],
        CorruptRecordError(
            "Member", "a", "it says that it holds a unique value of 'email', but Member 'z' does; check the table"
        ),
        id="handed-over-by-one-who-does-not-hold-it",
    ),
    pytest.param(
        [create(A, X)],
        [],
        [FREE, Reason(Record(X.guard, {}))],
        CorruptRecordError("Member", "email", "the guard row of a unique value does not say who holds it"),
        id="a-guard-of-nobody",
    ),
]


@pytest.mark.parametrize(("intents", "lookups", "reasons", "error"), VERDICTS)
def test_a_refusal_means_exactly_this_error(
    intents: list[Intent], lookups: list[Lookup], reasons: list[Reason | None], error: SstRepoError
) -> None:
    verdict = judged(intents, reasons, lookups)

    assert isinstance(verdict, SstRepoError)
    assert (type(verdict), str(verdict), vars(verdict)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("intents", "reasons"),
    [
        pytest.param([create(A, X)], [Reason(live(A, X, write_id=OURS)), FREE], id="in-the-row"),
        pytest.param([create(A, X)], [CHANGED, held_by(X, "a", OURS)], id="in-the-guard"),
        pytest.param(
            [Remove(A, live(A, X)), create(B, X)],
            [FOUND_NOTHING, FREE, held_by(X, "b", OURS)],
            id="in-the-guard-of-a-value-handed-over",
        ),
    ],
)
def test_a_refusal_that_shows_our_own_write_id_is_a_success(
    intents: list[Intent], reasons: list[Reason | None]
) -> None:
    assert judged(intents, reasons) == Applied()


def test_what_is_planned_again_over_a_grave_takes_its_values_again() -> None:
    verdict = judged([create(KEPT, X)], [Reason(grave(KEPT)), FREE])

    assert isinstance(verdict, Replan)
    assert moves(verdict.intents) == [take(X, "k")]


# -- whatever is done

VALUES = ("x", "y", "")
Wish: TypeAlias = tuple[Target, Literal["write", "remove", "erase"], tuple[str | None, str | None]]
"""A resource, what is done to it, and the values that it is to have where it is written."""

TARGETS = [Target(kind, name, kind == "Kept") for kind in ("Plain", "Kept") for name in ("1", "2", "3")]
wishes = st.tuples(
    st.sampled_from(TARGETS),
    st.sampled_from(("write", "write", "remove", "erase")),
    st.tuples(*[st.sampled_from((None, *VALUES))] * 2),
)
commits = st.lists(wishes, min_size=1, max_size=4, unique_by=lambda wish: wish[0])


@dataclass
class Store:
    """A table of the simplest kind."""

    rows: dict[Key, Record]

    def transact(self, plan: Plan) -> Applied | Refused:
        assert len({op.key for op in plan.ops}) == len(plan.ops)
        held = [holds(op.guard, self.rows.get(op.key)) for op in plan.ops]
        if not all(held):
            reasons = [None if ok else Reason(self.rows.get(op.key)) for ok, op in zip(held, plan.ops, strict=True)]
            return Refused(tuple(reasons))
        for op in plan.ops:
            self._apply(op)
        return Applied()

    def _apply(self, op: Op) -> None:
        match op:
            case Put(record):
                self.rows[op.key] = record
            case Delete(key):
                self.rows.pop(key, None)
            case Check():
                pass

    def guards(self) -> dict[Key, str | None]:
        return {key: row.holder for key, row in self.rows.items() if layout.is_guard(key.pk)}

    def latest(self, target: Target) -> Record | None:
        return self.rows.get(target.key)

    def history(self, target: Target) -> tuple[Record, ...]:
        return tuple(row for key, row in self.rows.items() if key.pk == target.pk and key != target.key)


def claims_of(target: Target, values: tuple[str | None, str | None]) -> tuple[Claim, ...]:
    fields = zip(("first", "second"), values, strict=True)
    return tuple(Claim(target.type, field, f"{value}#", value) for field, value in fields if value is not None)


def intent_of(wish: Wish, base: Record | None, history: tuple[Record, ...]) -> Intent | None:
    target, what, values = wish
    derive = claiming(*claims_of(target, values))
    if what == "write":
        return Create(target, {}, derive=derive) if base is None else Update(target, {}, base, derive)
    if base is None:
        return None
    if what == "erase":
        return Erase(target, base, history, wholly=True)
    return None if base.is_tombstone else Remove(target, base)


@given(st.lists(commits, max_size=12))
def test_the_guard_rows_are_exactly_the_values_of_the_living_resources(work: list[list[Wish]]) -> None:
    store = Store({})
    having: dict[Target, tuple[Claim, ...]] = {}
    for number, commit in enumerate(work):
        wanted = dict(having)
        intents: list[Intent] = []
        for wish in commit:
            target, what, values = wish
            intent = intent_of(wish, store.latest(target), store.history(target))
            if intent is not None:
                intents.append(intent)
                wanted[target] = claims_of(target, values) if what == "write" else ()
        claims = [claim.guard for each in wanted.values() for claim in each]

        verdict = committed(store, intents, f"w{number}")

        if len(claims) == len(set(claims)):
            assert verdict == Applied()
            having = wanted
        else:
            assert isinstance(verdict, UniqueViolationError)
        assert store.guards() == {claim.guard: target.id for target, each in having.items() for claim in each}
        for target, each in having.items():
            row = store.latest(target)
            assert set(row.guards if row else ()) == {claim.guard.pk for claim in each}


def committed(store: Store, intents: list[Intent], write_id: str) -> Applied | Replan | SstRepoError:
    try:
        commit = policy.plan(intents, NOW, write_id)
    except UniqueViolationError as error:
        return error
    outcome = store.transact(commit.plan)
    return policy.judge(commit, outcome) if isinstance(outcome, Refused) else outcome
