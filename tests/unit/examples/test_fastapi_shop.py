"""The shop's API: versions as entity tags, errors as problem details, cursors as links."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examples.shop.domain import Order
from sst_repo import Table
from sst_repo.core.records import Outcome, Plan
from sst_repo.testing import CountingTable, DelegatingTable, Fault, FaultSchedule, FaultyTable
from tests.unit.examples.conftest import Api

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Interrupted(DelegatingTable):
    """Lets somebody else do something right before the next write."""

    def __init__(self, table: Table, meanwhile: Callable[[], object]) -> None:
        super().__init__(table)
        self._meanwhile: Callable[[], object] | None = meanwhile

    def transact(self, plan: Plan) -> Outcome:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().transact(plan)


@pytest.fixture
def order(api: Api) -> Order:
    """An order that is placed, and at version 1."""
    return api.shop.checkout().place(api.shop.customers().list()[0].resource_id, {"mug": 2})


def problem(response: Any) -> tuple[int, str]:
    """The status and the kind of a problem, which is to be one by the book."""
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["type"].removeprefix("urn:shop:problem:")


class TestAVersionIsAnEntityTag:
    def test_of_what_is_read_and_of_what_was_written(self, api: Api, order: Order) -> None:
        read = api.client.get(f"/orders/{order.resource_id}")
        written = api.amend(order.resource_id, if_match='"1"')

        assert (read.headers["ETag"], written.headers["ETag"]) == ('"1"', '"2"')
        assert (read.json()["version"], written.json()["version"]) == (1, 2)

    @pytest.mark.parametrize("header", ['"1"', 'W/"1"', '"7", "1"', "*"])
    def test_what_one_has_already_is_not_sent_again(self, api: Api, order: Order, header: str) -> None:
        response = api.client.get(f"/orders/{order.resource_id}", headers={"If-None-Match": header})

        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", '"1"')

    def test_what_one_has_not_is_sent(self, api: Api, order: Order) -> None:
        response = api.client.get(f"/orders/{order.resource_id}", headers={"If-None-Match": '"2", "11"'})

        assert response.status_code == 200

    @pytest.mark.parametrize("header", ['"1"', '"7", "1"', "*"])
    def test_a_change_that_starts_from_it_is_made(self, api: Api, order: Order, header: str) -> None:
        response = api.client.patch(f"/orders/{order.resource_id}", json={"note": "x"}, headers={"If-Match": header})

        assert (response.status_code, response.headers["ETag"]) == (200, '"2"')

    @pytest.mark.parametrize("header", ['"2"', 'W/"1"', '"01"', '"one"', '""', '"2", "3"'])
    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_a_change_that_starts_from_another_is_refused(
        self, api: Api, order: Order, method: str, header: str
    ) -> None:
        body = None if method == "DELETE" else {"address": "3 Mill Lane", "note": None}
        response = api.client.request(method, f"/orders/{order.resource_id}", json=body, headers={"If-Match": header})

        assert problem(response)[0] == 412
        assert api.shop.orders().get(order.resource_id) == order

    @pytest.mark.parametrize(
        ("method", "path"),
        [("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/payment"), ("POST", "/shipment")],
    )
    def test_a_change_that_starts_from_nowhere_is_refused(self, api: Api, order: Order, method: str, path: str) -> None:
        body = {"PUT": {"address": "x", "note": None}, "PATCH": {"note": "x"}}.get(method)
        body = {"/payment": {"amount": "19.80"}, "/shipment": {"parcel": "P-1"}}.get(path, body)
        response = api.client.request(method, f"/orders/{order.resource_id}{path}", json=body)

        assert problem(response) == (428, "PreconditionRequired")
        assert api.shop.orders().get(order.resource_id) == order

    @pytest.mark.parametrize("header", ["1", '"1', '"1" "2"', ""])
    def test_a_header_that_is_none_is_refused(self, api: Api, order: Order, header: str) -> None:
        assert problem(api.amend(order.resource_id, if_match=header)) == (400, "BadRequest")

    def test_a_change_is_one_read_and_one_write(self, api: Api, order: Order) -> None:
        table = CountingTable(api.shop.table())
        api.put_behind(table)

        api.amend(order.resource_id, if_match='"1"')

        assert table.calls == {"read": 1, "transact": 1}


class TestWhoComesSecond:
    def test_is_told_which_version_there_is_by_now(self, api: Api, order: Order) -> None:
        api.amend(order.resource_id, if_match='"1"')

        response = api.amend(order.resource_id, if_match='"1"')

        assert problem(response) == (412, "Conflict")
        assert response.json()["conflicts"] == [{"id": order.resource_id, "expected": 1, "actual": 2}]

    def test_is_told_the_same_if_the_other_was_faster_by_a_hair(self, api: Api, order: Order) -> None:
        desk = api.shop.order_desk()
        api.put_behind(Interrupted(api.shop.table(), lambda: desk.redirect(order.resource_id, "3 Mill Lane")))

        response = api.amend(order.resource_id, if_match='"1"')

        assert problem(response) == (412, "Conflict")
        assert response.json()["conflicts"] == [{"id": order.resource_id, "expected": 1, "actual": 2}]
        assert api.client.get(f"/orders/{order.resource_id}").json()["note"] is None

    def test_withdraws_nothing_that_was_changed_meanwhile(self, api: Api, order: Order) -> None:
        desk, shelf = api.shop.order_desk(), api.client.get("/stock/mug").json()
        api.put_behind(Interrupted(api.shop.table(), lambda: desk.redirect(order.resource_id, "3 Mill Lane")))

        response = api.client.delete(f"/orders/{order.resource_id}", headers={"If-Match": '"1"'})

        assert problem(response) == (412, "Conflict")
        assert api.client.get("/stock/mug").json() == shelf

    def test_withdraws_though_the_shelf_was_changed_meanwhile(self, api: Api, order: Order) -> None:
        warehouse, before = api.shop.warehouse(), api.client.get("/stock/mug").json()["on_hand"]
        api.put_behind(Interrupted(api.shop.table(), lambda: warehouse.receive("mug", 5)))

        response = api.client.delete(f"/orders/{order.resource_id}", headers={"If-Match": '"1"'})

        assert response.status_code == 204
        assert api.client.get("/stock/mug").json()["on_hand"] == before + 5 + 2


class TestChangingAnOrder:
    def test_patch_changes_what_is_given_and_nothing_else(self, api: Api, order: Order) -> None:
        url = f"/orders/{order.resource_id}"
        api.client.patch(url, json={"note": "gift wrap"}, headers=api.etag(order.resource_id))
        changed = api.client.patch(url, json={"address": "3 Mill Lane"}, headers=api.etag(order.resource_id)).json()

        assert (changed["address"], changed["note"]) == ("3 Mill Lane", "gift wrap")

    def test_put_takes_back_what_it_does_not_name(self, api: Api, order: Order) -> None:
        api.amend(order.resource_id, if_match='"1"')
        terms = {"address": "3 Mill Lane", "note": None}
        changed = api.client.put(f"/orders/{order.resource_id}", json=terms, headers={"If-Match": '"2"'}).json()

        assert (changed["address"], changed["note"], changed["version"]) == ("3 Mill Lane", None, 3)

    def test_what_changes_nothing_makes_no_version(self, api: Api, order: Order) -> None:
        response = api.client.patch(f"/orders/{order.resource_id}", json={}, headers={"If-Match": '"1"'})

        assert (response.status_code, response.headers["ETag"]) == (200, '"1"')

    def test_it_is_paid_and_shipped(self, api: Api, order: Order) -> None:
        url = f"/orders/{order.resource_id}"
        api.client.post(f"{url}/payment", json={"amount": "19.80"}, headers={"If-Match": '"1"'})
        shipped = api.client.post(f"{url}/shipment", json={"parcel": "P-1"}, headers={"If-Match": '"2"'})

        assert (shipped.json()["status"], shipped.headers["ETag"]) == ("shipped", '"3"')

    def test_what_the_shop_forbids_is_409(self, api: Api, order: Order) -> None:
        url = f"/orders/{order.resource_id}"
        wrong = api.client.post(f"{url}/payment", json={"amount": "19"}, headers={"If-Match": '"1"'})
        early = api.client.post(f"{url}/shipment", json={"parcel": "P-1"}, headers={"If-Match": '"1"'})

        assert problem(wrong) == (409, "WrongAmount")
        assert problem(early) == (409, "OrderState")

    def test_a_withdrawn_order_is_gone_but_not_its_history(self, api: Api, order: Order) -> None:
        url = f"/orders/{order.resource_id}"

        assert api.client.delete(url, headers={"If-Match": '"1"'}).status_code == 204

        assert problem(api.client.get(url)) == (404, "NotFound")
        assert problem(api.client.delete(url, headers={"If-Match": '"1"'})) == (404, "NotFound")
        placed, deletion = api.client.get(f"{url}/versions").json()["revisions"]
        assert placed["order"]["id"] == order.resource_id
        assert (deletion["version"], deletion["order"]) == (2, None)


class TestTheHistory:
    def test_tells_what_changed_from_version_to_version(self, api: Api, order: Order) -> None:
        api.amend(order.resource_id, if_match='"1"')
        api.shop.order_desk().pay(order.resource_id, order.total)

        revisions = api.client.get(f"/orders/{order.resource_id}/versions").json()["revisions"]

        assert [revision["changes"] for revision in revisions] == [
            [],
            [{"field": "note", "before": None, "after": "gift wrap"}],
            [{"field": "status", "before": "placed", "after": "paid"}],
        ]

    def test_has_each_version_as_it_was(self, api: Api, order: Order) -> None:
        api.amend(order.resource_id, if_match='"1"')

        first = api.client.get(f"/orders/{order.resource_id}/versions/1")

        assert (first.json()["note"], first.headers["ETag"]) == (None, '"1"')
        assert "immutable" in first.headers["Cache-Control"]

    @pytest.mark.parametrize("version", ["3", "0", "99999999999999"])
    def test_has_no_others(self, api: Api, order: Order, version: str) -> None:
        assert problem(api.client.get(f"/orders/{order.resource_id}/versions/{version}")) == (404, "NotFound")


class TestPlacingAnOrder:
    def test_says_where_it_is(self, api: Api) -> None:
        customer = api.shop.customers().list()[0]
        response = api.client.post("/orders", json={"customer_id": customer.resource_id, "basket": {"mug": 1}})

        assert (response.status_code, response.headers["ETag"]) == (201, '"1"')
        assert api.client.get(response.headers["Location"]).json() == response.json()

    @pytest.mark.parametrize(
        "body",
        [
            {"customer_id": NOBODY, "basket": {"mug": 1}},
            {"customer_id": NOBODY, "basket": {}},
            {"customer_id": NOBODY, "basket": {"mug": 0}},
            {"customer_id": "x" * 2000, "basket": {"mug": 1}},
            {"customer_id": NOBODY, "basket": {"mug": 1}, "discount": 50},
        ],
    )
    def test_of_what_can_t_be_is_422(self, api: Api, body: object) -> None:
        assert problem(api.client.post("/orders", json=body))[0] == 422

    def test_says_what_is_out_of_stock(self, api: Api) -> None:
        customer = api.shop.customers().list()[0]
        response = api.client.post("/orders", json={"customer_id": customer.resource_id, "basket": {"mug": 999}})

        assert problem(response) == (409, "OutOfStock")
        assert response.json().items() >= {"sku": "mug", "wanted": 999}.items()

    def test_text_that_is_no_text_is_422(self, api: Api) -> None:
        body = b'{"customer_id": "\\ud800", "basket": {"\\udfff": 1}}'
        response = api.client.post("/orders", content=body, headers={"Content-Type": "application/json"})

        assert problem(response)[0] == 422


class TestRegistering:
    def test_twice_is_409_and_does_not_tell_whose_the_email_is(self, api: Api) -> None:
        new = {"name": "Eve", "email": "eve@example.org", "address": "5 Mill Lane"}
        first = api.client.post("/customers", json=new)
        again = api.client.post("/customers", json=new)

        assert api.client.get(first.headers["Location"]).json() == first.json()
        assert problem(again) == (409, "UniqueViolation")
        assert again.json()["field"] == "email"
        assert first.json()["id"] not in again.text


class TestAPage:
    def test_leads_to_the_next_one_and_back_by_links(self, api: Api) -> None:
        first = api.client.get("/orders", params={"limit": 3})
        second = api.client.get(first.json()["links"]["next"])
        third = api.client.get(second.json()["links"]["next"])
        back = api.client.get(second.json()["links"]["prev"])

        pages = [[order["id"] for order in page.json()["orders"]] for page in (first, second, third, back)]
        assert list(map(len, pages)) == [3, 3, 2, 3]
        assert sorted(pages[0] + pages[1] + pages[2]) == sorted(api.orders)
        assert pages[3] == pages[0]
        assert (first.json()["links"]["prev"], third.json()["links"]["next"]) == (None, None)

    def test_has_its_links_in_the_header_too(self, api: Api) -> None:
        response = api.client.get(api.client.get("/orders", params={"limit": 3}).json()["links"]["next"])

        named = {relation: link for link, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])}
        assert named == response.json()["links"]
        assert "Link" not in api.client.get("/orders").headers

    def test_holds_what_is_asked_for_and_so_do_its_links(self, api: Api) -> None:
        first = api.client.get("/orders", params={"limit": 1, "status": "shipped"}).json()
        second = api.client.get(first["links"]["next"]).json()

        assert [order["status"] for order in first["orders"] + second["orders"]] == ["shipped"] * 2

    def test_is_not_found_by_a_cursor_that_was_tampered_with(self, api: Api) -> None:
        link = api.client.get("/orders", params={"limit": 3}).json()["links"]["next"]

        assert problem(api.client.get(link[:-4] + "AAAA")) == (400, "InvalidCursor")
        assert problem(api.client.get(link + "&status=paid")) == (400, "InvalidCursor")


class TestWhenTheTableFails:
    def test_for_being_busy_it_is_503_and_says_when_to_come_again(self, api: Api, order: Order) -> None:
        api.put_behind(FaultyTable(api.shop.table(), FaultSchedule.always(Fault.THROTTLE)))

        response = api.amend(order.resource_id, if_match='"1"')

        assert problem(response) == (503, "Contention")
        assert response.headers["Retry-After"] == "1"

    def test_with_its_answers_lost_it_is_504_and_not_said_to_be_worth_another_try(self, api: Api, order: Order) -> None:
        api.put_behind(FaultyTable(api.shop.table(), FaultSchedule.always(Fault.DROP_AFTER)))

        response = api.amend(order.resource_id, if_match='"1"')

        assert problem(response) == (504, "CommitOutcomeUnknown")
        assert "Retry-After" not in response.headers

    def test_for_the_shop_s_own_fault_only_the_log_has_the_reason(
        self, api: Api, order: Order, caplog: pytest.LogCaptureFixture
    ) -> None:
        api.put_behind(FaultyTable(api.shop.table(), FaultSchedule.always(Fault.EXPIRED_CREDENTIALS)))

        response = api.amend(order.resource_id, if_match='"1"')

        assert problem(response) == (500, "AccessDenied")
        assert "credentials" not in response.text
        assert "AccessDeniedError" in caplog.text


class TestWhatIsNotThere:
    def test_is_a_problem_like_any_other(self, api: Api) -> None:
        assert problem(api.client.get("/parcels")) == (404, "NotFound")
        assert problem(api.client.delete("/orders")) == (405, "MethodNotAllowed")
        assert problem(api.client.get(f"/orders/{NOBODY}")) == (404, "NotFound")
        assert problem(api.client.get("/orders", params={"limit": 0})) == (422, "InvalidRequest")
