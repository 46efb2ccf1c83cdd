"""The Lambda handlers on a shop in memory."""

import pytest

from tests.lambda_scenarios import LambdaScenarios


class TestTheHandlersInMemory(LambdaScenarios):
    @pytest.fixture
    def shop_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_BACKEND", "memory")
