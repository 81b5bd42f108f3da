"""What manifests tell of a fade that was brought back: read by frame of the master, refused where it is unsound."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.errors import MediaError, SettingError, TratteggioError
from engines.fade.parameters import LIMITS, SIZE, FadeParameters
from engines.fade.undo import read_undo

Held = dict[str, Any]


def drawn(seed: int) -> FadeParameters:
    return FadeParameters.from_vector(np.random.default_rng(seed).uniform(-0.5, 0.5, SIZE) * LIMITS)


def told(first: int, last: int, seed: int) -> Held:
    parameters = {name: array.tolist() for name, array in drawn(seed).arrays().items()}
    return {"first": first, "last": last, "parameters": parameters}


def stage(name: str, **settings: object) -> Held:
    return {"name": name, "settings": settings, "key": ""}


def manifest() -> Held:
    """Of frames 10 to 29: two shots that faded, and one between that did not."""
    fade = {**stage("fade"), "applied": [told(10, 14, 1), told(20, 29, 2)]}
    return {"version": 1, "first": 10, "last": 29, "width": 64, "height": 48, "stages": [stage("detail"), fade]}


def written(folder: Path, held: object) -> Path:
    path = folder / "m.mkv.tratteggio.json"
    path.write_text(json.dumps(held))
    return path


def test_frames_are_counted_as_the_master_counts_them(tmp_path: Path) -> None:
    undo = read_undo(written(tmp_path, manifest()))
    for number, seed in ((0, 1), (4, 1), (10, 2), (19, 2)):
        found = undo.at(number)
        assert found is not None
        np.testing.assert_array_equal(found.vector(), drawn(seed).vector())
    assert undo.at(5) is undo.at(9) is undo.at(20) is None


def test_another_clip_is_refused(tmp_path: Path) -> None:
    undo = read_undo(written(tmp_path, manifest()))
    undo.check(64, 48, 20)
    undo.check(22, 16, 20, reduction=3)
    for width, height, count in ((64, 46, 20), (32, 48, 20), (64, 48, 19)):
        with pytest.raises(SettingError, match="master of 20 frames of 64x48 pixels, but this clip has"):
            undo.check(width, height, count)


def test_another_manifest_is_another_key(tmp_path: Path) -> None:
    first = read_undo(written(tmp_path, manifest())).key
    assert read_undo(written(tmp_path, manifest())).key == first
    assert read_undo(written(tmp_path, {**manifest(), "width": 66})).key != first


def test_what_only_stores_the_picture_otherwise_may_come_after(tmp_path: Path) -> None:
    held = manifest()
    plain = {"primaries": "as_is", "transfer": "as_is", "depth": "16"}
    held["stages"].append(stage("convert", **plain))
    assert read_undo(written(tmp_path, held)).count == 20
    held["stages"][-1] = stage("convert", **{"from frame 0": plain, "from frame 20": None})
    assert read_undo(written(tmp_path, held)).count == 20


@pytest.mark.parametrize(
    "after",
    [
        stage("grade"),
        stage("fade"),
        stage("original"),
        stage("convert", primaries="bt2020", transfer="as_is"),
        stage("convert", **{"from frame 0": {"primaries": "as_is", "transfer": "bt709"}}),
    ],
)
def test_what_changes_colours_may_not_come_after(after: Held, tmp_path: Path) -> None:
    held = manifest()
    held["stages"].append(after)
    with pytest.raises(SettingError, match=f"stage {after['name']} came after fade"):
        read_undo(written(tmp_path, held))


def _changed(change: Callable[[Held], object]) -> Held:
    held = manifest()
    change(held)
    return held


def _parameters(held: Held) -> Held:
    found: Held = held["stages"][1]["applied"][0]["parameters"]
    return found


@pytest.mark.parametrize(
    ("held", "error", "sentence"),
    [
        ([], MediaError, "damaged"),
        ("", MediaError, "damaged"),
        (_changed(lambda m: m.pop("first")), MediaError, "damaged"),
        (_changed(lambda m: m.update(stages=["fade"])), MediaError, "damaged"),
        (_changed(lambda m: m["stages"][1].update(applied=[{}])), MediaError, "damaged"),
        (_changed(lambda m: _parameters(m).pop("base")), MediaError, "damaged"),
        (_changed(lambda m: _parameters(m).update(gain=[1, 1])), MediaError, "damaged"),
        (_changed(lambda m: _parameters(m).update(gain=[1, 0, 1])), MediaError, "damaged"),
        (_changed(lambda m: _parameters(m).update(base=[0, float("nan"), 0])), MediaError, "damaged"),
        (_changed(lambda m: _parameters(m).update(bend=[9, 0, 0])), MediaError, "damaged"),
        (_changed(lambda m: m["stages"].pop()), SettingError, "no fade"),
        (_changed(lambda m: m["stages"][1].pop("applied")), SettingError, "no fade"),
    ],
)
def test_what_cannot_be_undone_is_one_sentence(
    held: Mapping[str, Any], error: type[TratteggioError], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=sentence):
        read_undo(written(tmp_path, held))


def test_a_file_that_is_missing_or_no_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="is missing"):
        read_undo(tmp_path / "none.json")
    with pytest.raises(MediaError, match="cannot be read"):
        read_undo(tmp_path)
    (tmp_path / "picture.json").write_bytes(bytes(range(256)))
    with pytest.raises(MediaError, match="damaged"):
        read_undo(tmp_path / "picture.json")
