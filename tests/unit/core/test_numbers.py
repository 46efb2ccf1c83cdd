"""Numbers in DynamoDB's form: exact, canonical, within its limits."""

import re
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.numbers import canonical_number

PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", re.ASCII)


@st.composite
def storable(draw: st.DrawFn) -> Decimal:
    """A number of 1 to 38 significant digits, of any magnitude that DynamoDB holds."""
    digits = draw(st.text("0123456789", min_size=1, max_size=38))
    adjusted = draw(st.integers(-130, 125))
    number = Decimal(digits)
    sign = draw(st.sampled_from([1, -1]))
    return (number.scaleb(adjusted - number.adjusted()) if number else number) * sign


@given(storable())
def test_a_number_within_the_limits_is_kept_exactly(number: Decimal) -> None:
    text = canonical_number(number)

    assert Decimal(text) == number
    assert PLAIN.fullmatch(text)
    assert text != "-0"


@given(storable())
def test_the_canonical_form_is_canonical(number: Decimal) -> None:
    text = canonical_number(number)

    assert canonical_number(text) == text


@given(storable(), st.integers(0, 40))
def test_equal_numbers_have_one_text(number: Decimal, zeros: int) -> None:
    with localcontext(prec=200):
        padded = number.quantize(Decimal(1).scaleb(min(0, int(number.as_tuple().exponent)) - zeros))

    assert canonical_number(padded) == canonical_number(number)
    assert canonical_number(f"{number:E}") == canonical_number(number)


@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_an_int_is_its_digits(number: int) -> None:
    assert canonical_number(number) == str(number)


@given(
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number or 1e-130 <= abs(number) < 1e126)
)
def test_a_float_comes_back(number: float) -> None:
    assert float(canonical_number(number)) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.3333333333333333"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
        (Decimal("-0.00"), "0"),
        (Decimal("0.10"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-1.50"), "-1.5"),
        ("0012.300", "12.3"),
        (10**38, "1" + "0" * 38),
        (10**125, "1" + "0" * 125),
        (Decimal("9." + "9" * 37 + "E+125"), "9" * 38 + "0" * 88),
        (Decimal("1E-130"), "0." + "0" * 129 + "1"),
        (Decimal("1." + "0" * 60), "1"),
    ],
)
def test_known_numbers(value: float | Decimal | str, text: str) -> None:
    assert canonical_number(value) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "no place"),
        (float("inf"), "no place"),
        (Decimal("-Infinity"), "no place"),
        (Decimal("sNaN"), "no place"),
        (10**38 + 1, "39 significant digits, DynamoDB keeps 38"),
        (-(10**38) - 1, "39 significant digits"),
        (Decimal("1." + "0" * 37 + "1"), "39 significant digits"),
        (10**126, "outside 1E-130 to 9.9E125"),
        (Decimal("1E126"), "outside"),
        (Decimal("9.9E-131"), "outside"),
        (1e-200, "outside"),
        (1e300, "outside"),
        pytest.param(10**5000, "outside", id="10**5000"),
        ("one", "it is not a number"),
        ("", "not a number"),
        ("1e999999999999999999999", "number"),
    ],
)
def test_what_dynamodb_cannot_hold_is_refused(value: float | Decimal | str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        canonical_number(value)


def test_the_decimal_context_of_the_caller_plays_no_part() -> None:
    with localcontext(prec=3):
        assert canonical_number(Decimal("1.23456789")) == "1.23456789"
        assert canonical_number(Decimal(12345678900)) == "12345678900"
