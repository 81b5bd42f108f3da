"""Whose picture this is and who works on it: what reports, logs and packages say of a case or a collection."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from engines.errors import SettingError

_LONGEST = 400


@dataclass(frozen=True)
class CaseFacts:
    """All free texts, empty where nobody said. Raises SettingError where one is too long or holds control characters.

    case: number of a forensic case; exhibit: of the item in it. collection: where an archive keeps the item, with
    its identifier. examiner: the person who answers for the work; organisation: whom they work for.
    """

    case: str = ""
    exhibit: str = ""
    collection: str = ""
    examiner: str = ""
    organisation: str = ""

    def __post_init__(self) -> None:
        for one in fields(self):
            text = getattr(self, one.name)
            if not isinstance(text, str) or len(text) > _LONGEST or not text.isprintable():
                raise SettingError(
                    f"The {one.name} is not a line of at most {_LONGEST} printable characters.", "Shorten it."
                )

    def overridden(self, later: CaseFacts) -> CaseFacts:
        """These texts, with every one that `later` says in its place."""
        return replace(self, **{one.name: text for one in fields(later) if (text := getattr(later, one.name))})


NO_CASE = CaseFacts()
