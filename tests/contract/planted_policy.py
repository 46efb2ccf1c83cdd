"""Bugs planted in the policy of versions and conflicts: what the machine of `tests/model` is there to catch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sst_repo.core import layout, policy
from sst_repo.core.history import archive
from sst_repo.core.intents import Derived, Intent, Update
from sst_repo.core.policy import Commit, Step
from sst_repo.core.records import Applied, Plan, Put, Record, Refused
from sst_repo.errors import CommitError, SstRepoError


def history_not_written(patch: pytest.MonkeyPatch) -> None:
    """What is overwritten is not kept."""
    patch.setattr(policy, "_archived", lambda target, base: ())


def history_of_what_follows(patch: pytest.MonkeyPatch) -> None:
    """The history keeps the content of another version than it says: each row has lost its owner."""

    def lossy(latest: Record, honest: Any = archive) -> Record:
        kept = {name: value for name, value in latest.attributes.items() if name != "owner"}
        row: Record = honest(Record(latest.key, kept))
        return row

    patch.setattr(policy, "archive", lossy)


def versions_in_steps_of_two(patch: pytest.MonkeyPatch) -> None:
    """A version number is left out."""

    def system(*given: Any, honest: Any = policy._system) -> dict[str, Any]:
        made: dict[str, Any] = honest(*given)
        version = int(made[layout.VERSION]["N"])
        return {**made, layout.VERSION: {"N": str(version if version == 1 else version + 1)}}

    patch.setattr(policy, "_system", system)


def indexes_not_derived_again(patch: pytest.MonkeyPatch) -> None:
    """A resource that is updated is in no index but the listing."""

    def step(intent: Intent, *given: Any, honest: Any = policy._step) -> Step:
        made: Step = honest(intent, *given)
        head = made.ops[0]
        if not isinstance(intent, Update) or not isinstance(head, Put):
            return made
        slots = layout.slots(head.record.attributes)
        left = {name: value for name, value in head.record.attributes.items() if name not in slots}
        return replace(made, ops=(replace(head, record=Record(head.record.key, left)), *made.ops[1:]))

    patch.setattr(policy, "_step", step)


def values_not_derived(patch: pytest.MonkeyPatch) -> None:
    """Nobody claims a unique value."""

    def derived(*given: Any, honest: Any = policy._derived) -> Derived:
        made: Derived = honest(*given)
        return replace(made, claims=())

    patch.setattr(policy, "_derived", derived)


def own_writes_not_recognised(patch: pytest.MonkeyPatch) -> None:
    """A plan that is delivered twice is taken for a conflict with somebody else."""

    def judge(commit: Commit, refused: Refused, honest: Any = policy.judge) -> Any:
        return honest(replace(commit, plan=replace(commit.plan, write_id="nobody")), refused)

    patch.setattr(policy, "judge", judge)


def conflicts_believed_applied(patch: pytest.MonkeyPatch) -> None:
    """Whoever is refused is told that all is well."""

    def judge(commit: Commit, refused: Refused, honest: Any = policy.judge) -> Any:
        verdict = honest(commit, refused)
        return Applied() if isinstance(verdict, CommitError | SstRepoError) else verdict

    patch.setattr(policy, "judge", judge)


def half_of_a_commit_written(patch: pytest.MonkeyPatch) -> None:
    """The last resource of a unit is left out of its plan."""

    def plan(intents: Sequence[Intent], *given: Any, honest: Any = policy.plan) -> Commit:
        commit: Commit = honest(intents, *given)
        if len(commit.steps) < 2:
            return commit
        left_out = commit.steps[-1].ops
        ops = tuple(op for op in commit.plan.ops if op not in left_out)
        return replace(commit, plan=Plan(ops, commit.plan.write_id))

    patch.setattr(policy, "plan", plan)


def reads_of_units_not_held(patch: pytest.MonkeyPatch) -> None:
    """A serializable unit does not insist on what it only read."""

    def intent(*given: Any, held: bool = False, honest: Any = policy.intent, **named: Any) -> Intent | None:
        made: Intent | None = honest(*given, held=False, **named)
        return made

    patch.setattr(policy, "intent", intent)


def graves_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is added over a grave begins at version 1 again."""

    def system(target: Any, base: Record | None, now: str, write_id: str, honest: Any = policy._system) -> Any:
        return honest(target, None if base is not None and base.is_tombstone else base, now, write_id)

    patch.setattr(policy, "_system", system)


def times_never_go_back(patch: pytest.MonkeyPatch) -> None:
    """A client whose clock is behind stamps what it writes with the time of the version before."""

    def system(target: Any, base: Record | None, now: str, write_id: str, honest: Any = policy._system) -> Any:
        before = "" if base is None else base.attributes[layout.UPDATED]["S"]
        return honest(target, base, max(now, before), write_id)

    patch.setattr(policy, "_system", system)


def birthdays_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Each version says that it was created when it was written."""

    def system(target: Any, base: Record | None, now: str, write_id: str, honest: Any = policy._system) -> Any:
        return {**honest(target, base, now, write_id), layout.CREATED: {"S": now}}

    patch.setattr(policy, "_system", system)
