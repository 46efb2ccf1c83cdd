"""What the machine draws."""

from hypothesis import strategies as st

from tests.model.acting import FAULTS
from tests.model.resources import CODES, CONSTRAINED, IDS, KINDS, OWNERS, SIZES
from tests.model.truth import Key

kinds = st.sampled_from(KINDS)
constrained = st.sampled_from(CONSTRAINED)
keys: st.SearchStrategy[Key] = st.tuples(kinds, st.sampled_from(("1", "1", "1", *IDS)))
clients = st.integers(0, 2)
numbers = st.integers(0, 7)
faults = st.sampled_from((None, None, None, *FAULTS))
_fields = {"owner": st.sampled_from(OWNERS), "size": st.sampled_from(SIZES), "code": st.sampled_from(CODES)}
contents = st.fixed_dictionaries(_fields)
changed = st.fixed_dictionaries({}, optional=_fields)
