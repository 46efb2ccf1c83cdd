"""What a row tells of a write whose answer was lost: never what is not so, and all that can be known."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import policy
from sst_repo.core.history import archive
from sst_repo.core.intents import Create, Erase, Intent, Remove, Target, Update
from sst_repo.core.records import (
    Absent,
    Applied,
    Attributes,
    Delete,
    Key,
    Matches,
    Put,
    Reason,
    Record,
    Refused,
    Unknown,
    holds,
)
from sst_repo.core.traces import KEPT, Fate, LookAt, Told, Trace, fate, recent
from sst_repo.errors import AlreadyExistsError, ConflictError, SstRepoError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CONTENT: Attributes = {"status": {"S": "open"}}
PLAIN = Target("Order", "o1", keeps_versions=False)
HISTORY = Target("Order", "o1", keeps_versions=True)
OURS = "ours"


def written(base: Record | None, write_id: str, target: Target = PLAIN) -> Record:
    intent = Create(target, CONTENT) if base is None else Update(target, CONTENT, base)
    stored = policy.plan([intent], NOW, write_id).steps[0].stored
    assert stored is not None
    return stored


def life(*write_ids: str, base: Record | None = None, target: Target = PLAIN) -> Record:
    for write_id in write_ids:
        base = written(base, write_id, target)
    assert base is not None
    return base


BASE = life("a", "b")
OTHERS = tuple(f"w{number}" for number in range(KEPT))
FIRST_KEPT = life("a", target=HISTORY)
CREATE, UPDATE, REMOVE = Create(PLAIN, CONTENT), Update(PLAIN, CONTENT, BASE), Remove(PLAIN, BASE)
ERASE, ADD = Erase(PLAIN, BASE, (), wholly=True), Create(HISTORY, CONTENT)
ERASE_KEPT = Erase(HISTORY, FIRST_KEPT, (), wholly=True)
LOOK = LookAt(Key("Order#o1", "v#000000000001"))

FATES = [
    pytest.param(CREATE, None, None, Fate.UNKNOWN, id="create-nothing"),
    pytest.param(CREATE, life(OURS), None, Fate.APPLIED, id="create-ours"),
    pytest.param(CREATE, life(OURS, *OTHERS), None, Fate.APPLIED, id="create-written-over"),
    pytest.param(CREATE, life(OURS, *OTHERS, "w"), None, Fate.UNKNOWN, id="create-written-over-too-often"),
    pytest.param(CREATE, life("a"), None, Fate.UNKNOWN, id="create-another"),
    pytest.param(CREATE, BASE, None, Fate.UNKNOWN, id="create-another-written-over"),
    pytest.param(UPDATE, None, None, Fate.UNKNOWN, id="update-nothing"),
    pytest.param(UPDATE, life(OURS, base=BASE), None, Fate.APPLIED, id="update-ours"),
    pytest.param(UPDATE, life(OURS, *OTHERS, base=BASE), None, Fate.APPLIED, id="update-written-over"),
    pytest.param(UPDATE, life(OURS, *OTHERS, "w", base=BASE), None, Fate.UNKNOWN, id="update-written-over-too-often"),
    pytest.param(UPDATE, BASE, None, Fate.NOT_APPLIED, id="update-as-it-was"),
    pytest.param(UPDATE, life(*OTHERS, base=BASE), None, Fate.NOT_APPLIED, id="update-not-ours"),
    pytest.param(UPDATE, life(*OTHERS, "w", base=BASE), None, Fate.UNKNOWN, id="update-not-ours-too-often"),
    pytest.param(UPDATE, life("x", "y", "z"), None, Fate.UNKNOWN, id="update-made-again"),
    pytest.param(REMOVE, None, None, Fate.UNKNOWN, id="remove-nothing"),
    pytest.param(REMOVE, BASE, None, Fate.NOT_APPLIED, id="remove-as-it-was"),
    pytest.param(REMOVE, life("w", base=BASE), None, Fate.NOT_APPLIED, id="remove-written-over"),
    pytest.param(REMOVE, life("x"), None, Fate.UNKNOWN, id="remove-made-again"),
    pytest.param(ERASE, None, None, Fate.APPLIED, id="erase-nothing"),
    pytest.param(ERASE, life("w", base=BASE), None, Fate.NOT_APPLIED, id="erase-written-over"),
    pytest.param(ERASE, life("x"), None, Fate.UNKNOWN, id="erase-made-again"),
    pytest.param(ERASE_KEPT, None, None, Fate.APPLIED, id="erase-kept-nothing"),
    pytest.param(ERASE_KEPT, life("x", target=HISTORY), None, Fate.UNKNOWN, id="erase-kept-made-again"),
    pytest.param(ADD, None, None, Fate.UNKNOWN, id="add-nothing"),
    pytest.param(ADD, life(OURS, target=HISTORY), None, Fate.APPLIED, id="add-ours"),
    pytest.param(ADD, FIRST_KEPT, None, Fate.NOT_APPLIED, id="add-another"),
    pytest.param(ADD, life(OURS, "b", target=HISTORY), None, LOOK, id="add-look"),
    pytest.param(
        ADD,
        life(OURS, "b", target=HISTORY),
        Trace(archive(life(OURS, target=HISTORY))),
        Fate.APPLIED,
        id="add-written-over",
    ),
    pytest.param(ADD, life("a", "b", target=HISTORY), Trace(archive(FIRST_KEPT)), Fate.NOT_APPLIED, id="add-not-ours"),
    pytest.param(ADD, life("a", "b", target=HISTORY), Trace(None), Fate.NOT_APPLIED, id="add-erased"),
]


@pytest.mark.parametrize(("intent", "stored", "trace", "expected"), FATES)
def test_the_row_that_refuses_a_write_tells_what_became_of_it(
    intent: Intent, stored: Record | None, trace: Trace | None, expected: Told
) -> None:
    (op,) = policy.plan([intent], NOW, OURS).plan.ops

    assert fate(intent, op, OURS, stored, trace) == expected


def test_a_row_names_the_last_writes_before_it_in_64_bytes() -> None:
    assert recent(None) == {}
    assert len(recent(life("a"))["_r"]["B"]) == 8
    assert len(recent(life(*OTHERS, *OTHERS))["_r"]["B"]) == 64


def test_a_row_with_a_history_names_none_and_one_that_has_got_a_history_keeps_none() -> None:
    assert "_r" not in life("a", "b", target=HISTORY).attributes
    assert "_r" not in archive(BASE).attributes


def test_what_is_no_list_of_writes_names_none() -> None:
    odd = Record(PLAIN.key, {"_v": {"N": "3"}, "_w": {"S": "x"}, "_r": {"S": "odd"}})

    assert fate(UPDATE, Put(written(BASE, OURS), Matches(2, "b")), OURS, odd) == Fate.UNKNOWN


# -- the judgement

JUDGED = [
    pytest.param(CREATE, life(OURS, "w"), {}, Applied, id="applied"),
    pytest.param(CREATE, life("a"), {}, Unknown, id="unknown"),
    pytest.param(CREATE, life("a"), {"exact": True}, AlreadyExistsError, id="exact"),
    pytest.param(CREATE, life("a"), {"ambiguous": False}, AlreadyExistsError, id="first-answer"),
    pytest.param(UPDATE, life("w", base=BASE), {}, ConflictError, id="not-applied"),
    pytest.param(ADD, life("a", "b", target=HISTORY), {}, LookAt, id="look"),
    pytest.param(ADD, life("a", "b", target=HISTORY), {"trace": Trace(None)}, AlreadyExistsError, id="looked"),
]


@pytest.mark.parametrize(("intent", "stored", "given", "kind"), JUDGED)
def test_a_refusal_after_a_lost_answer_is_judged_by_the_row(
    intent: Intent, stored: Record, given: dict[str, object], kind: type[object]
) -> None:
    options: dict[str, object] = {"ambiguous": True, **given}
    verdict = policy.judge(policy.plan([intent], NOW, OURS), Refused((Reason(stored),)), **options)  # type: ignore[arg-type]

    assert isinstance(verdict, kind)


def test_a_refusal_of_a_transaction_is_definite_since_it_has_a_token() -> None:
    kept = life("a", target=HISTORY)
    commit = policy.plan([Update(HISTORY, CONTENT, kept)], NOW, OURS)
    refused = Refused((Reason(life("a", "b", target=HISTORY)), None))

    verdict = policy.judge(commit, refused, ambiguous=True)

    assert isinstance(verdict, ConflictError)
    assert isinstance(verdict, SstRepoError)


# -- whatever happens in between


@dataclass
class World:
    """One plain row, and whether our write was ever applied to it."""

    row: Record | None = None
    applied: bool = False
    lives: int = 0
    writes: int = field(default=0)

    def someone(self, step: str) -> None:
        if step == "delete":
            self.row = None
            self.lives += 1
            return
        self.writes += 1
        self.row = written(self.row, f"other-{self.lives}-{self.writes}")

    def ours(self, op: Put | Delete) -> bool:
        if not holds(op.guard, self.row):
            return False
        self.row = op.record if isinstance(op, Put) else None
        self.applied = True
        return True


STEPS = st.lists(st.sampled_from(["write", "write", "write", "delete"]), max_size=2 * KEPT)


@given(st.sampled_from(["create", "update", "remove"]), STEPS, st.booleans(), STEPS, STEPS)
def test_a_fate_is_never_a_guess(kind: str, before: list[str], sent: bool, between: list[str], late: list[str]) -> None:  # noqa: FBT001
    world = World()
    for step in before:
        world.someone(step)
    if kind != "create" and world.row is None:
        world.someone("write")
    base = world.row
    intent: Intent = (
        Create(PLAIN, CONTENT)
        if base is None or kind == "create"
        else Update(PLAIN, CONTENT, base)
        if kind == "update"
        else Remove(PLAIN, base)
    )
    (op,) = policy.plan([intent], NOW, OURS).plan.ops
    assert isinstance(op, Put | Delete)
    for step in between:
        world.someone(step)
    if sent:
        world.ours(op)
    for step in late:
        world.someone(step)
    was_applied, lives = world.applied, world.lives
    if world.ours(op):
        return

    told = fate(intent, op, OURS, world.row)

    assert told in ({Fate.APPLIED, Fate.UNKNOWN} if was_applied else {Fate.NOT_APPLIED, Fate.UNKNOWN})
    one_life = "delete" not in (*between, *late) and lives == world.lives
    if kind == "update" and one_life and len(between) + len(late) < KEPT:
        assert told != Fate.UNKNOWN


def test_the_guard_of_a_create_is_that_there_is_nothing() -> None:
    (op,) = policy.plan([CREATE], NOW, OURS).plan.ops
    assert op.guard == Absent()
