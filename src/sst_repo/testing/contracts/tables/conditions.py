"""The contract of what a filter means to a table: what is missing, types, sizes, sets, order.

What filters of every shape mean is a property of `core.filters`; here stands what DynamoDB is known to answer. Sources:
DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions"; ScyllaDB Alternator's tests of
condition expressions, which pass on AWS. That a text's size is that of UTF-16 is a third party's capture.
"""

from collections.abc import Iterable
from typing import Any, Final

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import And, BeginsWith, Compare, Contains, Exists, Filter, In, Not, SizeIs, TypeIs
from sst_repo.core.layout import LATEST, PRIMARY, gsi
from sst_repo.core.queries import Query
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.tables.rows import put_all, records_of, row

_ROW: Final = row(
    "Thing#1",
    attributes={
        "gsi1pk": {"S": "here"},
        "gsi1sk": {"S": "a"},
        "n": {"N": "5"},
        "text": {"S": "a\u00e9\U0001f600"},
        "below": {"S": "\uff5e"},
        "bytes": {"B": b"\x7f\x80\xff"},
        "yes": {"BOOL": True},
        "null": {"NULL": True},
        "texts": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1", "2"]},
        "list": {"L": [{"N": "1"}, {"S": "z"}]},
        "map": {"M": {"inner": {"M": {"leaf": {"N": "1"}}}, "scalar": {"S": "x"}, "list": {"L": [{"N": "1"}]}}},
    },
)

_ONE: Final[dict[str, Any]] = {"N": "1"}
_ORDERS: Final = ("<", "<=", ">", ">=")


class ConditionContract(Contract):
    """What a filter means.

    Attributes:
        lacks: "order of types", "sizes of text", "sizes of anything", "parts of binaries".
    """

    @staticmethod
    def _decides(table: Table, holding: Iterable[Filter], failing: Iterable[Filter]) -> None:
        put_all(table, [_ROW])
        for expected, conditions in ((1, holding), (0, failing)):
            for condition in conditions:
                query = Query(PRIMARY, _ROW.key.pk, filter=compile_filter(condition))

                assert table.query(query).count == expected, condition

    def test_what_is_missing_is_unequal_to_everything_and_has_no_order(self, table: Table) -> None:
        self._decides(
            table,
            [Compare(("gone",), "<>", _ONE), Not(Compare(("gone",), "=", _ONE)), Not(Compare(("gone",), "<", _ONE))],
            [Compare(("gone",), "=", _ONE), *(Compare(("gone",), order, _ONE) for order in _ORDERS)],
        )

    def test_values_of_different_types_are_unequal(self, table: Table) -> None:
        self._decides(
            table,
            [Compare(("n",), "<>", {"S": "5"}), Compare(("null",), "<>", {"BOOL": True})],
            [Compare(("n",), "=", {"S": "5"}), Compare(("text",), "=", {"B": b"a"}), In(("n",), ({"S": "5"},))],
        )

    @requires("order of types")
    def test_values_of_different_types_have_no_order(self, table: Table) -> None:
        self._decides(
            table,
            [Not(Compare(("n",), order, {"S": "5"})) for order in _ORDERS],
            [Compare((name,), order, {"S": "5"}) for order in _ORDERS for name in ("n", "bytes", "null", "list")],
        )

    def test_a_part_exists_where_every_step_to_it_does(self, table: Table) -> None:
        self._decides(
            table,
            [Exists(path) for path in (("null",), ("list", 1), ("map", "inner", "leaf"), ("map", "list", 0))],
            [
                Exists(path)
                for path in (
                    ("gone",),
                    ("list", 2),
                    ("map", "inner", "gone"),
                    ("gone", "inner", "leaf"),
                    ("map", "scalar", "leaf"),
                    ("map", 0),
                )
            ],
        )

    @requires("sizes of text")
    def test_a_text_has_the_size_of_its_utf_16_units(self, table: Table) -> None:
        self._decides(table, [SizeIs(("text",), "=", 4)], [SizeIs(("text",), "=", size) for size in (3, 5, 7)])

    def test_binaries_sets_lists_and_maps_have_a_size(self, table: Table) -> None:
        sizes = {"bytes": 3, "texts": 2, "numbers": 2, "list": 2, "map": 3}
        self._decides(
            table,
            [SizeIs((name,), "=", size) for name, size in sizes.items()],
            [SizeIs((name,), "<", size) for name, size in sizes.items()],
        )

    @requires("sizes of anything")
    def test_what_has_no_size_satisfies_nothing_about_it(self, table: Table) -> None:
        self._decides(
            table,
            [Not(SizeIs(("n",), ">=", 0))],
            [SizeIs((name,), ">=", 0) for name in ("n", "yes", "null", "gone")],
        )

    def test_text_sets_and_lists_contain_their_parts(self, table: Table) -> None:
        self._decides(
            table,
            [
                Contains(("text",), {"S": "\u00e9\U0001f600"}),
                Contains(("texts",), {"S": "b"}),
                Contains(("numbers",), {"N": "1.0"}),
                Contains(("list",), {"S": "z"}),
            ],
            [
                Contains(("text",), _ONE),
                Contains(("texts",), {"S": "ab"}),
                Contains(("numbers",), {"S": "1"}),
                Contains(("list",), {"S": "1"}),
                Contains(("map",), {"S": "scalar"}),
                Contains(("n",), {"N": "5"}),
                Contains(("gone",), {"S": "a"}),
            ],
        )

    def test_text_begins_with_its_beginnings(self, table: Table) -> None:
        self._decides(
            table,
            [BeginsWith(("text",), {"S": "a\u00e9"}), BeginsWith(("text",), {"S": ""})],
            [
                BeginsWith(("text",), {"S": "\u00e9"}),
                BeginsWith(("text",), {"B": b"a"}),
                BeginsWith(("texts",), {"S": "a"}),
                BeginsWith(("gone",), {"S": "a"}),
            ],
        )

    @requires("parts of binaries")
    def test_binaries_contain_and_begin_with_their_parts(self, table: Table) -> None:
        self._decides(
            table,
            [Contains(("bytes",), {"B": b"\x80\xff"}), BeginsWith(("bytes",), {"B": b"\x7f\x80"})],
            [Contains(("bytes",), {"B": b"\x7f\xff"}), BeginsWith(("bytes",), {"B": b"\x80"})],
        )

    def test_one_of_a_hundred_values_is_found(self, table: Table) -> None:
        self._decides(
            table,
            [In(("n",), tuple({"N": str(number)} for number in range(-94, 6)))],
            [In(("n",), tuple({"N": str(number)} for number in range(6, 106)))],
        )

    def test_sets_and_maps_are_equal_in_any_order_and_lists_only_in_theirs(self, table: Table) -> None:
        inner: dict[str, Any] = {"M": {"leaf": {"N": "1.0"}}}
        self._decides(
            table,
            [
                Compare(("texts",), "=", {"SS": ["b", "a"]}),
                Compare(("numbers",), "=", {"NS": ["2.0", "1"]}),
                Compare(("list",), "=", {"L": [{"N": "1.0"}, {"S": "z"}]}),
                Compare(("map",), "=", {"M": {"list": {"L": [_ONE]}, "scalar": {"S": "x"}, "inner": inner}}),
            ],
            [
                Compare(("texts",), "=", {"SS": ["a"]}),
                Compare(("list",), "=", {"L": [{"S": "z"}, {"N": "1"}]}),
                Compare(("map",), "=", {"M": {"inner": inner}}),
            ],
        )

    def test_numbers_text_and_binaries_are_ordered_as_keys_are(self, table: Table) -> None:
        # UTF-16 has the text the other way round, signed bytes the binary; as text 10 is less than 5.
        self._decides(
            table,
            [
                Compare(("n",), "<", {"N": "10"}),
                Compare(("n",), ">", {"N": "-10"}),
                Compare(("n",), "<=", {"N": "5.0"}),
                Compare(("below",), "<", {"S": "\U0001f600"}),
                Compare(("bytes",), "<", {"B": b"\x80"}),
                Compare(("bytes",), ">", {"B": b"\x7f\x80"}),
            ],
            [Compare(("n",), ">", {"N": "10"}), Compare(("below",), ">", {"S": "\U0001f600"})],
        )

    def test_values_have_the_type_they_were_put_with(self, table: Table) -> None:
        types = {"n": "N", "text": "S", "bytes": "B", "yes": "BOOL", "null": "NULL", "texts": "SS", "map": "M"}
        self._decides(
            table,
            [TypeIs((name,), tag) for name, tag in types.items()],
            [TypeIs(("gone",), "NULL"), TypeIs(("n",), "S"), TypeIs(("numbers",), "SS"), TypeIs(("list",), "M")],
        )

    def test_any_attribute_can_be_asked_for_reserved_words_included(self, table: Table) -> None:
        names = ("name", "status", "size", "AND", "a b", "a.b", "#0", ":0", "_v", "\u00e9")
        put_all(table, [row("Thing#1", attributes=dict.fromkeys(names, _ONE))])
        for name in names:
            condition = And((Compare((name,), "=", _ONE), Not(Exists((name, "name")))))

            assert table.query(Query(PRIMARY, "Thing#1", filter=compile_filter(condition))).count == 1, name

    def test_a_filter_on_an_index_may_ask_for_the_key_of_the_row(self, table: Table) -> None:
        put_all(table, [_ROW, row("Thing#2", "v#1", {"gsi1pk": {"S": "here"}, "gsi1sk": {"S": "b"}})])
        for condition in (Compare(("pk",), "=", {"S": "Thing#1"}), Compare(("sk",), "=", {"S": LATEST})):
            query = Query(gsi(1), "here", filter=compile_filter(condition))

            assert records_of(table, query) == [_ROW]
