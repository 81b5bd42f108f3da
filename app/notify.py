"""What the program tells its user without stopping them: a sentence, a hint, and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.errors import TratteggioError

NoticeKind = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Notice:
    """Shown as it is, never modal."""

    kind: NoticeKind
    sentence: str
    hint: str = ""

    @classmethod
    def of(cls, error: TratteggioError, kind: NoticeKind = "error") -> Notice:
        return cls(kind, error.sentence, error.hint)
