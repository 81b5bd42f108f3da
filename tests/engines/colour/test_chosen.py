"""Chosen tags are read, refused where they make no sense, and take the place of the file's own."""

from __future__ import annotations

import pytest

from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.errors import SettingError
from engines.types import ColourSpec, PixelFormat


def test_texts_are_read_and_written() -> None:
    chosen = ChosenTags.parse(" matrix=bt709, range=tv ,transfer=cineon")
    assert chosen == ChosenTags(range="tv", matrix="bt709", transfer="cineon")
    assert ChosenTags.parse(chosen.text()) == chosen
    assert ChosenTags.parse("") == AS_TAGGED
    assert AS_TAGGED.text() == ""


@pytest.mark.parametrize("text", ["matrix", "colour=red", "matrix=", "matrix=bt999", "range=limited", "=bt709"])
def test_texts_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(SettingError):
        ChosenTags.parse(text)


def test_only_what_was_chosen_takes_the_place_of_the_files_word() -> None:
    told = ColourSpec("pc", "smpte170m", "smpte170m", "unknown", "left")
    chosen = ChosenTags(matrix="bt709").with_tag("transfer", "bt709")
    assert chosen.applied(told) == ColourSpec("pc", "bt709", "smpte170m", "bt709", "left")
    assert chosen.with_tag("matrix", "").with_tag("transfer", "").applied(told) is not None
    assert chosen.with_tag("matrix", "").with_tag("transfer", "") == AS_TAGGED


@pytest.mark.parametrize(
    ("layout", "chosen"),
    [
        (PixelFormat("rgb", 10), ChosenTags(matrix="bt709")),
        (PixelFormat("gray", 8), ChosenTags(matrix="bt709")),
        (PixelFormat("yuv", 8, 2, 2), ChosenTags(matrix="rgb")),
        (PixelFormat("yuv", 8), ChosenTags(chroma_location="left")),
        (PixelFormat("rgb", 16, floating=True), ChosenTags(range="tv")),
    ],
)
def test_tags_that_pictures_cannot_have_are_refused(layout: PixelFormat, chosen: ChosenTags) -> None:
    with pytest.raises(SettingError, match="clip"):
        chosen.check(layout, "clip.mkv")
