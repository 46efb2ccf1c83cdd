"""A day in the shop, chapter by chapter. It uses the services as an application would, and knows no table."""

from decimal import Decimal

from examples.shop.container import ShopContainer
from examples.shop.domain import Customer, Order, OrderStateError, OutOfStockError
from examples.shop.narrator import Narrator
from examples.shop.services import ShopUnitOfWork
from sst_repo import ConflictError, NotFoundError, Page, UniqueViolationError


class Story:
    def __init__(self, shop: ShopContainer, narrator: Narrator) -> None:
        self.shop = shop
        self.checkout = shop.checkout()
        self.desk = shop.order_desk()
        self.warehouse = shop.warehouse()
        self.tell = narrator

    def run(self) -> None:
        ada, bob = self.open()
        adas_order = self.place(ada)
        self.run_out_of_stock(bob)
        self.collide(adas_order)
        self.collide_and_retry(adas_order)
        self.pay_and_ship(adas_order)
        bobs_order = self.save_a_request_body(bob)
        self.withdraw(bobs_order)
        self.reinstate(bobs_order)
        self.list_orders(ada)
        self.register_again(ada)
        self.sum_up()

    def open(self) -> tuple[Customer, Customer]:
        self.tell.chapter("The shop opens")
        self.warehouse.stock_up("mug", Decimal("9.90"), 10)
        self.warehouse.stock_up("teapot", Decimal("34.50"), 3)
        ada = self.shop.customers().add(Customer(name="Ada", email="ada@example.org", address="12 Vine Street"))
        bob = self.shop.customers().add(Customer(name="Bob", email="bob@example.org", address="7 Quay Road"))
        self.tell.say("Mugs at 9.90 and teapots at 34.50 are put on the shelf; Ada and Bob become customers.")
        self.on_the_shelf(mugs=10, teapots=3)
        return ada, bob

    def place(self, ada: Customer) -> str:
        self.tell.chapter("Ada places an order: the order and the stock change in one transaction")
        order = self.checkout.place(ada.resource_id, {"mug": 2, "teapot": 1})
        self.tell.say(f"Ada orders 2 mugs and a teapot. The order got an id of its own: {order.resource_id}")
        self.tell.fact("it comes to {:.2f}", order.total, expected=Decimal("54.30"))
        self.tell.fact("it is at version {}", order.version, expected=1)
        self.on_the_shelf(mugs=8, teapots=2)
        return order.resource_id

    def run_out_of_stock(self, bob: Customer) -> None:
        self.tell.chapter("Out of stock: nothing is half-written")
        self.tell.say("Bob wants 3 mugs and 5 teapots. The mugs are taken first, then the teapots run out.")
        with self.tell.refused(OutOfStockError):
            self.checkout.place(bob.resource_id, {"mug": 3, "teapot": 5})
        self.tell.fact("orders in the table: {}", self.shop.orders().count(), expected=1)
        self.on_the_shelf(mugs=8, teapots=2)

    def collide(self, order_id: str) -> None:
        self.tell.chapter("Two clerks change Ada's order at once: one wins")
        first, second = self.shop.unit_of_work(), self.shop.unit_of_work()
        with first, second:
            ours, theirs = first.orders.get(order_id), second.orders.get(order_id)
            self.tell.say(f"Both clerks have it open at version {ours.version}.")
            ours.redirect("3 Mill Lane")
            theirs.note = "gift wrap"
            first.commit()
            self.tell.say(f"The first one redirects it and commits: version {ours.version}.")
            self.tell.say("The second one notes 'gift wrap' and commits too:")
            with self.tell.refused(ConflictError) as errors:
                second.commit()
        conflict = errors[0].conflicts[0]
        self.tell.fact("the error knows the version that was expected: {}", conflict.expected, expected=1)
        self.tell.fact("and the one that was found: {}", conflict.actual, expected=2)
        stored = self.shop.orders().get(order_id)
        self.tell.fact("stored is the first one's address: {!r}", stored.address, expected="3 Mill Lane")
        self.tell.fact("and no note: {!r}", stored.note, expected=None)
        self.tell.fact("the second one's object is as it was, at version {}", theirs.version, expected=1)

    def collide_and_retry(self, order_id: str) -> None:
        self.tell.chapter("The same again with `run`: the loser starts over from the latest version")
        started_from: list[int] = []

        def wrap(unit: ShopUnitOfWork) -> Order:
            order = unit.orders.get(order_id)
            started_from.append(order.version)
            order.note = "gift wrap"
            if len(started_from) == 1:
                self.desk.redirect(order_id, "5 Mill Lane")
            return order

        self.shop.run_unit(wrap)
        self.tell.say("The second clerk notes it again; meanwhile the first one corrects the address once more.")
        for attempt, version in enumerate(started_from, start=1):
            outcome = "committed" if attempt == len(started_from) else "conflict, so once more"
            self.tell.say(f"attempt {attempt}: from version {version}: {outcome}")
        self.tell.fact("the attempts started from versions {}", started_from, expected=[2, 3])
        stored = self.shop.orders().get(order_id)
        self.tell.fact("both changes are in version {}", stored.version, expected=4)
        self.tell.fact("the address: {!r}", stored.address, expected="5 Mill Lane")
        self.tell.fact("the note: {!r}", stored.note, expected="gift wrap")

    def pay_and_ship(self, order_id: str) -> None:
        self.tell.chapter("Ada pays, her parcel is shipped, and every version is still there")
        self.tell.say("What is not paid is not shipped:")
        with self.tell.refused(OrderStateError):
            self.desk.ship(order_id, parcel="P-1001")
        paid = self.desk.pay(order_id, Decimal("54.30"))
        self.tell.say(f"Ada pays {paid.total:.2f}.")
        shipped = self.desk.ship(order_id, parcel="P-1001")
        self.tell.say(f"Parcel {shipped.parcel} is on its way. The story of her order:")
        history = self.desk.history(order_id)
        self.tell.timeline(history)
        versions = [revision.version for revision in history]
        self.tell.fact("no version is missing: {}", versions, expected=[1, 2, 3, 4, 5, 6])

    def save_a_request_body(self, bob: Customer) -> str:
        self.tell.chapter("An order comes back from Bob's browser: it is saved if nobody changed it meanwhile")
        order = self.checkout.place(bob.resource_id, {"mug": 3})
        body = order.model_copy(update={"note": "ring twice"}).model_dump_json()
        self.tell.say(
            "Bob orders 3 mugs, and adds a note to the order in his browser. What comes back is JSON with an id and a "
            "version; the model made of it is saved like any other.",
        )
        self.desk.update(Order.model_validate_json(body))
        stored = self.shop.orders().get(order.resource_id)
        self.tell.fact("version {} is stored", stored.version, expected=2)
        self.tell.fact("with his note: {!r}", stored.note, expected="ring twice")
        self.tell.say("He goes back in his browser and sends the form again, as made from version 1:")
        with self.tell.refused(ConflictError):
            self.desk.update(Order.model_validate_json(body))
        self.on_the_shelf(mugs=5, teapots=2)
        return order.resource_id

    def withdraw(self, order_id: str) -> None:
        self.tell.chapter("Bob withdraws his order: it is deleted, but not forgotten")
        self.checkout.withdraw(order_id)
        with self.tell.refused(NotFoundError):
            self.shop.orders().get(order_id)
        self.on_the_shelf(mugs=8, teapots=2)
        statuses = [order.status for order in self.desk.latest(limit=20)]
        self.tell.fact("listed is Ada's order only: {}", statuses, expected=["shipped"])
        self.tell.say("Its story can still be told:")
        history = self.desk.history(order_id)
        self.tell.timeline(history)
        self.tell.fact("the deletion is version {}", history[-1].version, expected=3)

    def reinstate(self, order_id: str) -> None:
        self.tell.chapter("He changes his mind: a version is restored, and the stock taken again, in one transaction")
        self.checkout.reinstate(order_id, version=2)
        self.tell.timeline(self.desk.history(order_id))
        stored = self.shop.orders().get(order_id)
        self.tell.fact("it goes on as version {}", stored.version, expected=4)
        self.tell.fact("with the note of version 2: {!r}", stored.note, expected="ring twice")
        self.on_the_shelf(mugs=5, teapots=2)

    def list_orders(self, ada: Customer) -> None:
        self.tell.chapter("The orders by last update, two a page")
        self.warehouse.receive("teapot", 6)
        for quantity in (1, 2, 3):
            self.checkout.place(ada.resource_id, {"teapot": quantity})
        self.tell.say("Teapots are delivered, and Ada places three more orders. The latest first:")
        page = self.desk.latest(limit=2)
        sizes = [self.show(page)]
        while page.has_more:
            page = self.desk.latest(limit=2, cursor=page.cursor)
            sizes.append(self.show(page))
        self.tell.fact("orders on the pages: {}", sizes, expected=[2, 2, 1])

    def show(self, page: Page[Order]) -> int:
        self.tell.say(f"a page, {'and there are more' if page.has_more else 'the last one'}:")
        self.tell.table(
            (f"{order.updated_at:%H:%M}", f"version {order.version}", f"{order.status:7}", f"{order.total:6.2f}")
            for order in page
        )
        return len(page)

    def register_again(self, ada: Customer) -> None:
        self.tell.chapter("Ada has forgotten that she is a customer: no two have one email")
        self.tell.say("She registers again, from her new address. Emails are declared unique, so:")
        with self.tell.refused(UniqueViolationError) as errors:
            self.shop.customers().add(Customer(name="Ada L.", email=ada.email, address="5 Mill Lane"))
        holder = self.shop.customers().get(errors[0].holder)
        self.tell.fact("the error knows the id of {}", holder.name, expected="Ada")
        found = self.shop.customers().get_by("email", ada.email)
        self.tell.fact("by the email one finds {}", found.name, expected="Ada")

    def sum_up(self) -> None:
        self.tell.chapter("What it comes to")
        orders = list(self.shop.orders().iterate())
        worth = sum((order.total for order in orders), Decimal(0))
        versions = sum(order.version for order in orders)
        stock = self.warehouse.on_hand()
        self.tell.table(
            [
                ("customers", self.shop.customers().count()),
                ("orders", f"{len(orders)}, in {versions} versions, worth {worth:.2f}"),
                ("stock", ", ".join(f"{number} x {sku}" for sku, number in stock.items())),
                *(("refused", f"{number} x {error}") for error, number in self.tell.refusals.items()),
            ],
        )
        self.tell.fact("54.30 + 3 x 9.90 + 6 x 34.50 = {:.2f}", worth, expected=Decimal("291.00"))
        self.on_the_shelf(mugs=5, teapots=2)
        self.tell.say(f"Each line marked [ok] was checked when it was printed: {self.tell.facts} facts.")

    def on_the_shelf(self, *, mugs: int, teapots: int) -> None:
        found = self.warehouse.on_hand()
        self.tell.fact(
            "on the shelf: {0[mug]} mugs, {0[teapot]} teapots", found, expected={"mug": mugs, "teapot": teapots}
        )
