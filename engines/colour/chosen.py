"""Colour tags that a person chose for a clip: what its code values mean, whatever its file says."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from engines.colour.spaces import PRIMARIES
from engines.colour.transfer import TRANSFERS
from engines.errors import SettingError
from engines.types import ColourSpec, PixelFormat

MATRICES = ("bt709", "smpte170m", "bt470bg", "bt2020nc", "bt2020c", "smpte240m", "fcc", "rgb")
CHROMA_LOCATIONS = ("left", "center", "topleft", "top", "bottomleft", "bottom")
VALUES = {
    "range": ("tv", "pc"),
    "matrix": MATRICES,
    "primaries": tuple(name for name in PRIMARIES if name != "unknown"),
    "transfer": tuple(name for name in TRANSFERS if name != "unknown"),
    "chroma_location": CHROMA_LOCATIONS,
}
"""What each tag may be chosen to be."""


@dataclass(frozen=True)
class ChosenTags:
    """FFmpeg's names, and "cineon" for printing density codes; empty where the file's own word stands."""

    range: str = ""
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""
    chroma_location: str = ""

    def __post_init__(self) -> None:
        """Raises SettingError for a value that is not among `VALUES`."""
        for name, value in self.items():
            if value not in VALUES[name]:
                raise SettingError(f"The tag {name}={value} is not possible.", f"Choose {', '.join(VALUES[name])}.")

    @classmethod
    def parse(cls, text: str) -> ChosenTags:
        """From `matrix=bt709,range=tv`; empty for nothing chosen. Raises SettingError."""
        chosen: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = (word.strip() for word in part.partition("="))
            if name not in VALUES or not value:
                hint = f"Write {', '.join(VALUES)}, each once, as in matrix=bt709,range=tv."
                raise SettingError(f"The tag {part!r} is not understood.", hint)
            chosen[name] = value
        return cls(**chosen)

    def items(self) -> tuple[tuple[str, str], ...]:
        """(tag, value) of what was chosen."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple((name, value) for name, value in named if value)

    def text(self) -> str:
        """As `parse` reads it."""
        return ",".join(f"{name}={value}" for name, value in self.items())

    def with_tag(self, tag: str, value: str) -> ChosenTags:
        """Another value for `tag`, "" for the file's own. Raises SettingError."""
        return replace(self, **{tag: value})

    def applied(self, colour: ColourSpec) -> ColourSpec:
        """What the file says, with what was chosen in its place."""
        return replace(colour, **dict(self.items()))

    def check(self, layout: PixelFormat, name: str) -> None:
        """Raises SettingError where pictures of `layout` have no such tag. name: of the clip, for the sentence."""
        if layout.family != "yuv" and self.matrix not in ("", "rgb"):
            raise SettingError(f"{name} is {layout.name}: it has no matrix {self.matrix}.", "Leave the matrix out.")
        if layout.family == "yuv" and self.matrix == "rgb":
            hint = f"Choose {', '.join(m for m in MATRICES if m != 'rgb')}."
            raise SettingError(f"{name} is stored as Y'CbCr ({layout.name}): its matrix cannot be rgb.", hint)
        if layout.chroma_x == layout.chroma_y == 1 and self.chroma_location:
            raise SettingError(f"{name} is {layout.name}: its chroma is not subsampled.", "Leave chroma_location out.")
        if layout.floating and self.range == "tv":
            raise SettingError(f"{name} is {layout.name}: floats have no limited range.", "Leave the range out.")


AS_TAGGED = ChosenTags()
