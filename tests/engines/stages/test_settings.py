"""Settings from text: types, ranges, and sentences for what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engines.errors import SettingError
from engines.stages.base import StageContext
from engines.stages.catalogue import STAGES, make_stage
from engines.stages.detail import DetailSettings
from engines.stages.settings import described, parse_settings, setting


def test_texts_become_typed_settings() -> None:
    settings = parse_settings("detail", DetailSettings, {"scale": "2", "noise": "3.5", "compression": "auto"})
    assert settings == DetailSettings(scale=2, noise=3.5, compression=None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ({"size": "2"}, "has no setting 'size'. Known: scale"),
        ({"scale": "3"}, "Choose one of 1, 2, 4"),
        ({"scale": "two"}, "Give a whole number"),
        ({"noise": "-1"}, "Give a value from 0 to 50"),
        ({"noise": "loud"}, 'Give a number or "auto"'),
        ({"perceptual": "nan"}, "out of range"),
        ({"perceptual": "auto"}, "Give a number"),
    ],
)
def test_wrong_settings_are_named(text: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        parse_settings("detail", DetailSettings, text)


@dataclass(frozen=True)
class _Texts:
    points: str = setting("", "Spots", "Where.", draws="points")
    curve: str = setting("", "Curve", "How.", curve=True)
    gain: str = setting("1,1,1", "Gain", "How much.", colour=True, low=0.0, high=4.0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ({"points": "4"}, "Give frame:x,y"),
        ({"curve": "1,1 0,0"}, "curve='1,1 0,0' is not understood"),
        ({"gain": "1,1,9"}, "three numbers r,g,b from 0 to 4"),
    ],
)
def test_texts_that_stand_for_more_are_read_before_a_stage_is_made(text: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        parse_settings("colour", _Texts, text)
    assert parse_settings("colour", _Texts, {}).gain == "1,1,1"


def test_unknown_stages_are_named_with_the_known() -> None:
    with pytest.raises(SettingError, match=r"no stage 'sharpen'. Known stages: .*detail"):
        make_stage("sharpen", {}, StageContext())


def test_every_setting_of_every_stage_is_described() -> None:
    for stage_type in STAGES.values():
        assert stage_type.purpose.endswith(".")
        for about in described(stage_type.settings_type).values():
            assert about.label
            assert about.help.endswith(".")
