"""What the handlers of the example do with real events, wherever the shop lives."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.lambda_handler import api, cold_start, queue
from examples.lambda_handler.cold_start import LambdaShop
from examples.shop.domain import Customer, Order
from sst_repo.testing import Fault, FaultSchedule, FaultyTable, ManualClock

EVENTS = Path(__file__).parents[1] / "examples" / "lambda_handler" / "events"

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def answer_to(event: Any) -> api.Answer:
    return api.handler(event)


def body_of(answer: api.Answer) -> Any:
    return json.loads(answer["body"])


class LambdaScenarios:
    """Derive from it and give it a fixture `shop_environment`, which says where the shop lives."""

    @pytest.fixture
    def shop(self, shop_environment: None) -> Iterator[LambdaShop]:
        """The shop of a process that was just started."""
        cold_start.shop.cache_clear()
        shop = cold_start.shop()
        shop.clock.override(ManualClock())
        shop.warehouse().stock_up("mug", Decimal("9.90"), 10)
        shop.warehouse().stock_up("teapot", Decimal("34.50"), 3)
        yield shop
        cold_start.shop.cache_clear()

    @pytest.fixture
    def ada(self, shop: LambdaShop) -> str:
        customer = Customer(name="Ada", email="ada@example.org", address="12 Vine Street")
        return shop.customers().add(customer).resource_id

    @pytest.fixture
    def order(self, shop: LambdaShop, ada: str) -> Order:
        return shop.checkout().place(ada, {"mug": 2, "teapot": 1})

    @pytest.fixture
    def batch(self, order: Order) -> Any:
        """A delivery of 5 mugs, the payment of the order, and a message that is none."""
        batch = event("sqs_batch")
        payment = json.loads(batch["Records"][1]["body"])
        batch["Records"][1]["body"] = json.dumps({**payment, "order_id": order.resource_id})
        return batch

    def get(self, order_id: str, **headers: str) -> api.Answer:
        got = event("get_order")
        return answer_to({**got, "pathParameters": {"order_id": order_id}, "headers": {**got["headers"], **headers}})

    def test_an_order_is_placed_and_read(self, shop: LambdaShop, ada: str) -> None:
        request = event("place_order")
        request["body"] = json.dumps({**json.loads(request["body"]), "customer_id": ada})

        placed = answer_to(request)
        read = self.get(body_of(placed)["id"])

        assert (placed["statusCode"], placed["headers"]["ETag"]) == (201, '"1"')
        assert placed["headers"]["Location"] == f"/orders/{body_of(read)['id']}"
        assert (read["statusCode"], read["body"]) == (200, placed["body"])
        assert shop.warehouse().on_hand() == {"mug": 8, "teapot": 2}

    def test_a_body_may_come_in_base64(self, ada: str) -> None:
        request = event("place_order")
        body = json.dumps({"customer_id": ada, "basket": {"mug": 1}})

        placed = answer_to({**request, "body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True})

        assert placed["statusCode"] == 201

    def test_what_one_has_already_is_not_sent_again(self, order: Order) -> None:
        assert self.get(order.resource_id, **{"if-none-match": '"1"'})["statusCode"] == 304
        assert self.get(order.resource_id, **{"if-none-match": '"2"'})["statusCode"] == 200

    @pytest.mark.parametrize(("if_match", "status"), [('"1"', 200), ('"2"', 412), ("1", 400), (None, 428)])
    def test_an_order_is_paid_if_it_is_as_it_was_seen(
        self, shop: LambdaShop, order: Order, if_match: str | None, status: int
    ) -> None:
        answer = answer_to(
            {
                "routeKey": "POST /orders/{order_id}/payment",
                "pathParameters": {"order_id": order.resource_id},
                "headers": {"if-match": if_match} if if_match else {},
                "body": '{"amount": "54.30"}',
                "isBase64Encoded": False,
            }
        )

        assert answer["statusCode"] == status
        assert shop.orders().get(order.resource_id).status == ("paid" if status == 200 else "placed")

    def test_an_order_is_withdrawn(self, shop: LambdaShop, order: Order) -> None:
        answer = answer_to(
            {
                "routeKey": "DELETE /orders/{order_id}",
                "pathParameters": {"order_id": order.resource_id},
                "headers": {"if-match": '"1"'},
                "isBase64Encoded": False,
            }
        )

        assert answer["statusCode"] == 204
        assert shop.warehouse().on_hand() == {"mug": 10, "teapot": 3}

    def test_what_goes_wrong_is_told_as_a_problem(self, shop: LambdaShop) -> None:
        unknown = self.get(NOBODY)
        nameless = answer_to(event("place_order"))
        unreadable = answer_to({**event("place_order"), "body": '{"basket": {}}'})
        nowhere = answer_to({**event("get_order"), "routeKey": "$default"})

        answers = [unknown, nameless, unreadable, nowhere]
        assert [answer["statusCode"] for answer in answers] == [404, 422, 422, 404]
        assert {answer["headers"]["Content-Type"] for answer in answers} == {"application/problem+json"}
        assert [error["where"] for error in body_of(unreadable)["errors"]] == [["customer_id"], ["basket"]]

    def test_a_busy_table_is_503_and_says_when_to_come_again(self, shop: LambdaShop, order: Order, ada: str) -> None:
        shop.table.override(FaultyTable(shop.table(), FaultSchedule.always(Fault.THROTTLE)))
        request = {**event("place_order"), "body": json.dumps({"customer_id": ada, "basket": {"mug": 1}})}

        answer = answer_to(request)

        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "1")

    def test_the_messages_of_a_batch_are_dealt_with_and_those_that_failed_are_named(
        self, shop: LambdaShop, order: Order, batch: Any
    ) -> None:
        answer = queue.handler(batch)

        assert answer == {"batchItemFailures": [{"itemIdentifier": batch["Records"][2]["messageId"]}]}
        assert shop.warehouse().on_hand()["mug"] == 8 + 5
        assert shop.orders().get(order.resource_id).status == "paid"

    def test_a_message_that_is_delivered_again_is_not_dealt_with_again(
        self, shop: LambdaShop, order: Order, batch: Any
    ) -> None:
        first, again = queue.handler(batch), queue.handler(batch)

        assert first == again
        assert shop.warehouse().on_hand()["mug"] == 8 + 5
        assert shop.orders().get(order.resource_id).version == 2

    def test_a_message_that_comes_to_several_at_once_is_dealt_with_once(
        self, shop: LambdaShop, order: Order, batch: Any
    ) -> None:
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(queue.handler, [batch] * 4))

        unreadable = {"itemIdentifier": batch["Records"][2]["messageId"]}
        assert all(unreadable in answer["batchItemFailures"] for answer in answers)
        assert {"batchItemFailures": [unreadable]} in answers
        assert shop.warehouse().on_hand()["mug"] == 8 + 5
        assert shop.orders().get(order.resource_id).version == 2

    def test_a_message_that_the_shop_refuses_fails_and_leaves_nothing_behind(
        self, shop: LambdaShop, order: Order, batch: Any
    ) -> None:
        payment = batch["Records"][1]
        payment["body"] = payment["body"].replace("54.30", "1.00")

        assert {"itemIdentifier": payment["messageId"]} in queue.handler(batch)["batchItemFailures"]
        payment["body"] = payment["body"].replace("1.00", "54.30")
        assert {"itemIdentifier": payment["messageId"]} not in queue.handler(batch)["batchItemFailures"]
        assert shop.orders().get(order.resource_id).status == "paid"

    def test_a_message_whose_commit_was_done_but_not_confirmed_is_dealt_with_once(
        self, shop: LambdaShop, order: Order, batch: Any
    ) -> None:
        shop.table.override(FaultyTable(shop.table(), FaultSchedule.always(Fault.DROP_AFTER)))
        unconfirmed = queue.handler(batch)
        shop.table.reset_last_overriding()
        confirmed = queue.handler(batch)

        assert len(unconfirmed["batchItemFailures"]) == 3
        assert len(confirmed["batchItemFailures"]) == 1
        assert shop.warehouse().on_hand()["mug"] == 8 + 5
        assert shop.orders().get(order.resource_id).version == 2

    def test_the_shop_is_put_together_by_the_first_event_alone(self, shop_environment: None) -> None:
        cold_start.shop.cache_clear()

        for _ in range(3):
            assert self.get(NOBODY)["statusCode"] == 404

        assert cold_start.shop.cache_info().misses == 1
