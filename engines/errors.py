"""What can go wrong, as sentences for the user: what happened, and what to do about it."""

from __future__ import annotations

_LONGEST = 600


class TratteggioError(Exception):
    """Base of every expected failure. `str(error)` is one line that may be shown as it is."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        self.sentence = _shown(sentence)
        self.hint = _shown(hint)
        super().__init__(f"{self.sentence} {self.hint}".strip())


def _shown(text: str) -> str:
    """What files say of themselves goes into sentences: nothing in it steers a terminal or hides the rest."""
    text = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST * 2 // 3]}… {text[-_LONGEST // 4 :]}"


class MediaError(TratteggioError):
    """A source cannot be read, or a sink cannot be written."""


class FrameError(MediaError):
    """One frame of a readable source is damaged or missing; `frame` is its number."""

    def __init__(self, frame: int, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.frame = frame


class ModelError(TratteggioError):
    """Weights are missing, unreadable or of another network."""


class SettingError(TratteggioError):
    """A stage, preset or option does not exist or has a value out of range."""


class MaskError(TratteggioError):
    """A mask does not fit the clip."""


class RenderError(TratteggioError):
    """A render stopped; what was finished is kept."""


class Cancelled(TratteggioError):  # noqa: N818 - not an error, a request granted
    """The user asked for a stop."""

    def __init__(self) -> None:
        super().__init__("The job was cancelled.", "What was finished is kept.")
