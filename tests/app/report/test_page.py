"""The page says what it must, and no text it is given can change what it is."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest

from app.export.manifest import Manifest, StageRecord
from app.report.data import SCRIPT_ID
from app.report.logbook import Logbook, MaskFacts, Weights
from tests.app.report.report_kit import HOSTILE, Elements, manifest, page

_OURS = set(re.findall(r"<([a-z]+[0-9]?)", files("resources.report").joinpath("template.html").read_text())) | {
    "script"
}


def _hostile() -> Manifest:
    """Every text of a manifest is HOSTILE."""
    told = manifest(
        case=dict.fromkeys(("case", "exhibit", "collection", "examiner", "organisation"), HOSTILE),
        identity={"sha256": "0" * 64, "files": [{"name": HOSTILE, "size": 1, "md5": HOSTILE, "sha256": HOSTILE}]},
        clip={"metadata": {HOSTILE: HOSTILE}, "streams": [{"index": 1, "kind": HOSTILE, "codec": HOSTILE}]},
        audit={"name": HOSTILE, "entries": 3, "head": HOSTILE},
        environment={HOSTILE: HOSTILE},
        notes=(HOSTILE,),
        stages=(StageRecord(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE, {HOSTILE: HOSTILE}),),
        delta=HOSTILE,
        hdr={"words": HOSTILE},
        tags=HOSTILE,
        job={
            "source": HOSTILE,
            "out": HOSTILE,
            "stages": [{"name": HOSTILE, "settings": {HOSTILE: HOSTILE}, "enabled": True}],
            "shots": [],
            "frames": None,
        },
    )
    texts = {f.name: HOSTILE for f in fields(told) if isinstance(getattr(told, f.name), str)}
    return Manifest(**{f.name: getattr(told, f.name) for f in fields(told)} | texts)


def _hostile_log() -> Logbook:
    weights = (Weights(HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE}),)
    masks = (MaskFacts(HOSTILE, 1, HOSTILE),)
    return Logbook({0: weights}, masks, {HOSTILE: HOSTILE}, HOSTILE, HOSTILE, HOSTILE, HOSTILE)


def test_hostile_texts_stay_texts() -> None:
    text = page(_hostile(), _hostile_log(), no_stills=HOSTILE)
    elements = Elements(text)
    tags = {tag for tag, _ in elements.found}
    assert tags <= _OURS
    scripts = [attrs for tag, attrs in elements.found if tag == "script"]
    assert scripts == [{"type": "application/json", "id": SCRIPT_ID}]
    for tag, attrs in elements.found:
        assert not any(name.startswith("on") for name in attrs)
        assert str(attrs.get("src", "data:")).startswith("data:"), (tag, attrs)
        assert str(attrs.get("href", "#")).startswith("#")
    assert "{{7*7}}" in elements.text
    # What turns the direction of writing would let one name pass for another.
    assert "\u202e" not in text
    assert "\x07" not in text


def test_hostile_texts_do_not_leave_the_style() -> None:
    text = page(_hostile())
    style = text[text.index("<style>") : text.index("</style>")]
    running = [line for line in style.splitlines() if "@top-left" in line]
    assert len(running) == 1
    assert re.fullmatch(r' @top-left \{ content: "[A-Za-z0-9 \\]*"; [^<>]*\}', running[0])


def test_data_is_read_back_as_it_was() -> None:
    told = _hostile()
    text = page(told)
    script = text[text.index(f'id="{SCRIPT_ID}">') + len(SCRIPT_ID) + 6 :]
    data = json.loads(script[: script.index("</script>")])
    assert data["manifest"]["notes"] == [HOSTILE]
    assert data["manifest"]["master"] == HOSTILE
    assert data["manifest"]["provenance_hashes"] == []


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "This is an enhanced image, and parts of it are invented"),
        ({"shares": {"SOURCE": 0.5, "ADJUSTED": 0.5}, "flagged": (0.0,) * 10}, "This is an enhanced image"),
        ({"shares": {"SOURCE": 1.0}, "stages": ()}, "This is an exact copy, not an enhanced image"),
        ({"shares": {"SOURCE": 1.0}, "stages": (), "lossless": False}, "This is a copy, not an enhanced image"),
    ],
)
def test_banner_says_what_it_is(changes: dict[str, Any], title: str) -> None:
    assert f"<strong>{title}</strong>" in page(manifest(**changes))


def test_a_case_is_named_on_every_page() -> None:
    text = page(manifest(case={"case": "2026 17", "examiner": "J Doe"}))
    assert 'content: "2026 17 ' in text
    assert "Forensic report" in text
    assert "J Doe" in Elements(text).text


def test_source_is_identified() -> None:
    files = [{"name": f"f_{n}.dpx", "size": 1000, "md5": "b" * 32, "sha256": f"{n:064}"} for n in range(100)]
    seen = Elements(page(manifest(identity={"sha256": "c" * 64, "files": files}))).text
    assert "100,000 bytes" in seen
    assert "c" * 64 in seen
    assert "f_0.dpx to f_99.dpx" in seen
    assert f"{59:064}" in seen
    assert f"{60:064}" not in seen
    assert "40 more files" in seen


def test_gaps_and_repeats_are_told() -> None:
    held = {
        "missing": [{"first": 3, "last": 5}],
        "gaps": [{"frame": 7, "seconds": 0.5, "usual": 0.04}],
        "crowds": [],
        "uneven": 2,
        "duplicates": [{"first": 10, "last": 12}],
        "repeated": 2,
    }
    seen = Elements(page(manifest(continuity=held))).text
    assert "frames 3 to 5" in seen
    assert "0.5000 s after frame 7 (usually 0.0400 s)" in seen
    assert "2 steps" in seen
    assert "2 frames: frames 10 to 12" in seen


def test_settings_by_shot_are_told_where_they_differ() -> None:
    usual = {"strength": 1.0, "window": None}
    settings = {"from frame 0": usual, "from frame 9": usual, "from frame 50": {**usual, "strength": 0.5}}
    record = StageRecord("deflicker", {**settings, "from frame 70": None}, "deflicker 1")
    seen = Elements(page(manifest(stages=(record,)))).text
    assert "from frame 50strength 0.5" in seen.replace("\n", "")
    assert "from frame 70off" in seen.replace("\n", "")
    assert "from frame 9" not in seen


def test_weights_and_masks_come_from_the_log() -> None:
    weights = Weights("fill", "d" * 64, "Apache-2.0", {"pictures": "568", "config.half": "32"})
    log = Logbook({0: (weights,)}, (MaskFacts("masks", 4, "e" * 64),), {"out.mkv": "f" * 64})
    seen = Elements(page(manifest(), log)).text
    for wanted in ("d" * 64, "pictures: 568", "4 masks, SHA-256 of the set " + "e" * 64, "f" * 64):
        assert wanted in seen
    assert "config.half" not in seen


def test_verification_is_told_or_said_to_be_missing() -> None:
    assert "not yet" in Elements(page(manifest())).text
    found = {
        "frames": 10,
        "source_samples_compared": 1234,
        "source_identified": True,
        "rerun": {"seed": 5, "frames": [101, 105], "pixels": True},
    }
    seen = Elements(page(manifest(), verified=found)).text
    assert "10 frames equal their checksums" in seen
    assert "2 random frames (seed 5): 101, 105; and every sample is the same" in seen


def test_a_long_film_gives_a_small_page() -> None:
    count = 200_000
    flagged = tuple(0.1 * (n % 7 == 0) for n in range(count))
    told = manifest(last=99 + count, flagged=flagged, provenance_hashes=("a" * 32,) * count, areas={})
    assert len(page(told)) < 120_000


def test_damage_left_alone_is_told() -> None:
    seen = Elements(page(manifest(unrepaired=(0, 12, 0, 40, *(0,) * 6)))).text
    assert "in 2 frames, most in frame 103 (40 pixels)" in seen
