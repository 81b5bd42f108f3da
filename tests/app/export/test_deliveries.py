"""Deliveries: what they decide, what contradicts them, what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import main
from app.export.deliveries import DELIVERIES, check_delivery, delivery_called, preset_of, with_delivery
from app.export.job import RenderJob
from engines.errors import SettingError
from engines.media.presets import PRESETS
from engines.types import ColourSpec, PixelFormat

JOB = RenderJob(Path("/in.mkv"), Path("/out.mkv"))
YUV420, YUV444 = PixelFormat("yuv", 8, 2, 2), PixelFormat("yuv", 10)
RGBA, HALF = PixelFormat("rgb", 16, alpha=True), PixelFormat("rgb", 16, floating=True)
SDR, PQ = ColourSpec("tv", "bt709", "bt709", "bt709"), ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084")


def test_each_says_what_it_keeps_and_is_stored_in_presets_that_exist() -> None:
    assert tuple(DELIVERIES) == ("preservation", "mezzanine", "access", "review", "evidence")
    for delivery in DELIVERIES.values():
        assert delivery.sentence.startswith("Keeps ")
        assert "; loses " in delivery.sentence
        assert all(name in PRESETS for name in delivery.presets)
        # What can be rebuilt loses nothing, and only such.
        assert delivery.reversible == (delivery.loses == "nothing") == PRESETS[delivery.presets[0]].master


@pytest.mark.parametrize(
    ("name", "layout", "preset"),
    [
        ("preservation", YUV420, "ffv1"),
        ("preservation", HALF, "exr"),
        ("evidence", RGBA, "ffv1"),
        ("mezzanine", YUV420, "prores_hq"),
        ("mezzanine", YUV444, "prores_4444"),
        ("mezzanine", RGBA, "prores_4444"),
        ("access", YUV444, "h264"),
        ("review", YUV420, "h264"),
    ],
)
def test_the_preset_follows_the_pictures(name: str, layout: PixelFormat, preset: str) -> None:
    assert preset_of(with_delivery(JOB, name), layout) == preset


def test_a_preset_among_its_own_may_be_chosen() -> None:
    job = with_delivery(replace(JOB, preset="hevc"), "access")
    assert preset_of(job, YUV420) == "hevc"
    assert preset_of(JOB, YUV420) is None


def test_extras_follow_the_delivery() -> None:
    evidence, review = with_delivery(JOB, "evidence"), with_delivery(JOB, "review")
    assert (evidence.forensic, evidence.reversible, evidence.burn_in) == (True, True, False)
    assert (review.forensic, review.reversible, review.burn_in) == (False, False, True)
    assert RenderJob.from_json(review.to_json()) == review
    assert with_delivery(replace(JOB, forensic=True), "access").forensic
    assert with_delivery(JOB, "") == JOB


@pytest.mark.parametrize(
    ("told", "name", "words"),
    [
        ({"preset": "h264"}, "preservation", "A preservation master is not stored as h264."),
        ({"preset": "ffv1"}, "review", "take h264 or hevc"),
        ({"reversible": True}, "access", "cannot be reversible: it loses exact samples"),
        ({"burn_in": True}, "evidence", "carries no burn-in. Choose review"),
        ({}, "cinema", "Known deliveries: preservation, mezzanine, access, review, evidence."),
    ],
)
def test_a_contradiction_is_refused(told: dict[str, object], name: str, words: str) -> None:
    with pytest.raises(SettingError) as refusal:
        with_delivery(replace(JOB, **told), name)  # type: ignore[arg-type]
    assert words in str(refusal.value)


def test_copies_to_look_at_are_of_sdr_pictures() -> None:
    access = with_delivery(JOB, "access")
    check_delivery(access, YUV420, SDR, "h264")
    with pytest.raises(SettingError, match=r"the pictures are PQ\. Add --stage sdr"):
        check_delivery(access, YUV444, PQ, "hevc")
    with pytest.raises(SettingError, match="floats"):
        check_delivery(access, HALF, SDR, "hevc")
    check_delivery(with_delivery(JOB, "preservation"), YUV444, PQ, "ffv1")


def test_a_burn_in_never_passes_for_a_master() -> None:
    burnt = replace(JOB, burn_in=True)
    check_delivery(burnt, YUV420, SDR, "prores_hq")
    for preset in ("ffv1", "dpx", "png"):
        with pytest.raises(SettingError, match="would pass for a master"):
            check_delivery(burnt, YUV420, SDR, preset)
    with pytest.raises(SettingError, match="cannot be reversible"):
        check_delivery(replace(burnt, reversible=True), YUV420, SDR, "prores_hq")


def test_the_command_line_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deliveries"]) == 0
    told = capsys.readouterr().out
    assert all(f"{name}: " in told for name in DELIVERIES)
    assert main(["deliveries", "--json"]) == 0
    held = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert held[-1]["sentence"] == delivery_called("evidence").sentence
