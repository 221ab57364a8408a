"""What is something called for somebody who reads one language?

Names and texts are kept by language; under "" stands what is said in every language.
"""

from collections.abc import Collection, Mapping, Sequence


def nearest(there: Collection[str], language: str, languages: Sequence[str]) -> str:
    """The one of `there` for a reader of `language`: their own, another region's, the season's `languages` in order.

    Raises ValueError where there is none at all.
    """
    if not there:
        raise ValueError("there is nothing to choose from")
    root = root_of(language)
    kin = next((each for each in there if each and root_of(each) == root), "")
    for wanted in (language, root, kin or root, "", *languages):
        if wanted in there:
            return wanted
    return next(iter(there))


def root_of(language: str) -> str:
    """The language without its region or script: `en-GB` is `en`."""
    return language.split("-")[0]


def named(names: Mapping[str, str], language: str, languages: Sequence[str]) -> str:
    """What it is called for a reader of `language`. Raises ValueError where it has no name."""
    return names[nearest(names, language, languages)]
