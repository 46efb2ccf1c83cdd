"""What a refusal after a lost answer means: every row of the table, and that no other answer is ever given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import doubts, layout, policy
from sst_repo.core.doubts import Doubt
from sst_repo.core.intents import Create, Erase, Hold, Intent, Remove, Target, Update
from sst_repo.core.policy import Commit
from sst_repo.core.records import Applied, Delete, Put, Reason, Record, Refused, holds

NOW = datetime(2026, 1, 31, tzinfo=UTC)
PLAIN = Target("Order", "o1", keeps_versions=False)
KEPT = Target("Order", "o1", keeps_versions=True)
OURS = "w-ours"


def planned(intent: Intent, write_id: str = OURS) -> Commit:
    return policy.plan([intent], NOW, write_id)


def written(target: Target, base: Record | None, write_id: str) -> Record:
    """What stands there after somebody wrote over `base`."""
    intent = Create(target, {}) if base is None else Update(target, {}, base)
    stored = planned(intent, write_id).steps[0].stored
    assert stored is not None
    return stored


def line(target: Target, *write_ids: str, base: Record | None = None) -> Record:
    """What stands there after several writes."""
    for write_id in write_ids:
        base = written(target, base, write_id)
    assert base is not None
    return base


def refusal(stored: Record | None) -> Refused:
    return Refused((Reason(stored),))


def others(count: int) -> list[str]:
    return [f"w-theirs-{number}" for number in range(count)]


BASE = line(PLAIN, "w1", "w2")
SAVE, ADD, REMOVE = Update(PLAIN, {}, BASE), Create(PLAIN, {}), Remove(PLAIN, BASE)
ADD_KEPT = Create(KEPT, {})
ERASE = Erase(PLAIN, BASE, (), wholly=True)
FOREIGN = Record(PLAIN.key, {"name": {"S": "somebody else's"}})

KNOWN = [
    pytest.param(SAVE, line(PLAIN, OURS, base=BASE), Applied(), id="save-shows-ours"),
    pytest.param(SAVE, line(PLAIN, OURS, *others(8), base=BASE), Applied(), id="save-shows-ours-8-writes-ago"),
    pytest.param(SAVE, line(PLAIN, *others(1), base=BASE), None, id="save-overtaken"),
    pytest.param(SAVE, line(PLAIN, *others(8), base=BASE), None, id="save-overtaken-by-8"),
    pytest.param(SAVE, line(PLAIN, *others(9), base=BASE), Doubt(), id="save-overtaken-by-more-than-are-remembered"),
    pytest.param(SAVE, line(PLAIN, *others(3)), Doubt(), id="save-meets-another-life"),
    pytest.param(SAVE, FOREIGN, Doubt(), id="save-meets-what-is-not-ours"),
    pytest.param(SAVE, None, Doubt(), id="save-meets-nothing"),
    pytest.param(ADD, line(PLAIN, OURS), Applied(), id="add-shows-ours"),
    pytest.param(ADD, line(PLAIN, OURS, *others(8)), Applied(), id="add-shows-ours-8-writes-ago"),
    pytest.param(ADD, line(PLAIN, *others(1)), Doubt(), id="add-meets-another-life"),
    pytest.param(ADD_KEPT, line(KEPT, OURS), Applied(), id="add-kept-shows-ours"),
    pytest.param(ADD_KEPT, line(KEPT, *others(1)), None, id="add-kept-meets-another"),
    pytest.param(
        ADD_KEPT, line(KEPT, *others(2)), Doubt(layout.history_key("Order#o1", 1)), id="add-kept-meets-a-later-version"
    ),
    pytest.param(ADD_KEPT, FOREIGN, Doubt(), id="add-kept-meets-what-is-not-ours"),
    pytest.param(REMOVE, line(PLAIN, *others(1), base=BASE), None, id="delete-overtaken"),
    pytest.param(REMOVE, line(PLAIN, *others(1)), Doubt(), id="delete-meets-another-life"),
    pytest.param(REMOVE, None, Doubt(), id="delete-meets-nothing"),
    pytest.param(ERASE, None, Applied(), id="purge-meets-nothing"),
    pytest.param(ERASE, line(PLAIN, *others(1), base=BASE), None, id="purge-overtaken"),
]


@pytest.mark.parametrize(("intent", "stored", "verdict"), KNOWN)
def test_a_refusal_after_a_lost_answer_means(
    intent: Intent, stored: Record | None, verdict: Applied | Doubt | None
) -> None:
    refused = refusal(stored)

    assert doubts.weigh(planned(intent), refused, by_token=False) == (refused if verdict is None else verdict)


@pytest.mark.parametrize(("intent", "stored", "verdict"), KNOWN)
def test_what_goes_by_token_is_known(intent: Intent, stored: Record | None, verdict: Applied | Doubt | None) -> None:
    refused = refusal(stored)
    shown = stored is not None and stored.write_id == OURS

    assert doubts.weigh(planned(intent), refused, by_token=True) == (Applied() if shown else refused)


def test_of_a_transaction_one_row_that_shows_ours_is_enough() -> None:
    commit = policy.plan([SAVE, Hold(Target("Order", "o2", keeps_versions=False), None)], NOW, OURS)
    refused = Refused((Reason(line(PLAIN, OURS, base=BASE)), None))

    assert doubts.weigh(commit, refused, by_token=True) == Applied()


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (line(KEPT, OURS), Applied()),
        (line(KEPT, *others(1)), None),
        (FOREIGN, None),
        (None, Doubt()),
    ],
    ids=["ours", "another's", "nobody's", "none"],
)
def test_the_history_settles_a_doubt(row: Record | None, verdict: Applied | Doubt | None) -> None:
    refused = refusal(line(KEPT, *others(2)))

    assert doubts.resolve(planned(ADD_KEPT), refused, row) == (refused if verdict is None else verdict)


@dataclass
class Line:
    """The rows under one id as they follow each other, and which writes were applied."""

    stored: Record | None = None
    applied: set[str] = field(default_factory=set)

    def meet(self, commit: Commit) -> Refused | None:
        (op,) = commit.plan.ops
        if not holds(op.guard, self.stored):
            return refusal(self.stored)
        assert isinstance(op, Put | Delete)
        self.stored = op.record if isinstance(op, Put) else None
        self.applied.add(commit.plan.write_id)
        return None


INTENTS: dict[str, Callable[[Record], Intent]] = {
    "add": lambda _: ADD,
    "save": lambda base: Update(PLAIN, {}, base),
    "delete": lambda base: Remove(PLAIN, base),
}


@given(
    kind=st.sampled_from(sorted(INTENTS)),
    earlier=st.integers(0, 3),
    arrives=st.booleans(),
    since=st.lists(st.sampled_from(["save", "delete and add"]), max_size=12),
)
def test_no_verdict_on_a_plain_resource_is_ever_wrong(
    *, kind: str, earlier: int, arrives: bool, since: list[str]
) -> None:
    world = Line(line(PLAIN, *(f"w-before-{number}" for number in range(earlier))) if earlier else None)
    commit = planned(INTENTS[kind](world.stored or BASE))
    if arrives:
        world.meet(commit)
    for number, what in enumerate(since):
        world.stored = written(PLAIN, None if what == "delete and add" else world.stored, f"w-theirs-{number}")
    refused = world.meet(commit)
    if refused is None:
        return  # It is applied now, if not for the first time.

    verdict = doubts.weigh(commit, refused, by_token=False)

    if isinstance(verdict, Applied):
        assert OURS in world.applied
    elif verdict == refused:
        assert OURS not in world.applied
