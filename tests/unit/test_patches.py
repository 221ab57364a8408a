"""Does a patch make the new document of the old one, whatever they are?"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.panel.patches import apply, diff

scalars = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
names = st.sampled_from(["a", "b", "c", ""])
documents = st.dictionaries(
    names,
    st.recursive(
        scalars | st.lists(st.text(max_size=2), max_size=3),
        lambda inner: st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=4,
)


def strictly(value: Any) -> Any:
    """For a comparison in which 1, 1.0 and true differ."""
    if isinstance(value, dict):
        return {name: strictly(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [strictly(inner) for inner in value]
    return (type(value).__name__, value)


@given(documents, documents)
def test_the_patch_makes_the_new_document_of_the_old_one(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert strictly(apply(before, diff(before, after))) == strictly(after)


@given(documents)
def test_equal_documents_have_no_difference(document: dict[str, Any]) -> None:
    assert diff(document, apply(document, {})) == {}


def test_only_what_has_changed_is_in_the_patch() -> None:
    before = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": "same"}
    after = {"a": {"x": 1, "z": 3}, "b": [1, 2, 3], "c": "same"}
    assert diff(before, after) == {"a": {"y": None, "z": 3}, "b": [1, 2, 3]}
