"""Ids as keys: what fits into DynamoDB's, to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.errors import UnstorableValueError
from sst_repo.mapping.keys import check_id

IN_THE_LISTING = 1024 - len("2026-01-31T12:00:00.000000Z#")


@pytest.mark.parametrize(
    "resource_id",
    [
        pytest.param("x", id="one-character"),
        pytest.param("a#b", id="with-a-hash"),
        pytest.param("\0", id="control-character"),
        pytest.param("😀", id="emoji"),
        pytest.param("x" * IN_THE_LISTING, id="longest"),
        pytest.param("é" * (IN_THE_LISTING // 2), id="longest-in-bytes"),
    ],
)
def test_an_id_that_fits_is_allowed(resource_id: str) -> None:
    check_id("Order", resource_id)


@pytest.mark.parametrize(
    ("resource_id", "message"),
    [
        pytest.param("", "at least one character", id="empty"),
        pytest.param("\ud800", "no Unicode text", id="lone-surrogate"),
        pytest.param("x" * (IN_THE_LISTING + 1), "1025 bytes in the listing's sort key", id="a-byte-too-long"),
        pytest.param("é" * (IN_THE_LISTING // 2 + 1), "1026 bytes", id="counted-in-utf-8"),
    ],
)
def test_an_id_that_does_not_fit_is_refused_by_name(resource_id: str, message: str) -> None:
    with pytest.raises(UnstorableValueError, match=message) as caught:
        check_id("Order", resource_id)
    assert caught.value.path == "Order.resource_id"


@given(st.text(st.characters(codec=None, categories=None)) | st.text("\ud800\udfff#\0a", min_size=900, max_size=1100))
def test_any_text_is_an_id_or_refused_by_name(resource_id: str) -> None:
    try:
        check_id("Order", resource_id)
    except UnstorableValueError:
        return
    assert 0 < len(resource_id.encode()) <= IN_THE_LISTING


def test_type_and_id_share_the_partition_key() -> None:
    resource_id = "x" * IN_THE_LISTING
    check_id("T" * (2048 - IN_THE_LISTING - 1), resource_id)

    with pytest.raises(UnstorableValueError, match="2049 in the partition key"):
        check_id("T" * (2048 - IN_THE_LISTING), resource_id)
