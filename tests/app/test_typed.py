"""Manifests and jobs out of JSON that somebody made: every wrong type is refused by the field's name."""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.export.case import CaseFacts
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.manifest import Manifest, manifest_from, read_manifest
from engines.colour.chosen import ChosenTags
from engines.errors import MediaError, TratteggioError
from engines.plain_file import loaded

JOB = RenderJob(
    Path("/a/in.mkv"),
    Path("/a/out.mkv"),
    stages=(StageSpec("detail", {"scale": "2"}),),
    frames=(3, 9),
    masks=Path("/m"),
    tags=ChosenTags(matrix="bt709"),
    shots=(ShotSpec(0, (StageSpec("dirt", {}, enabled=False),), 0.5),),
    case=CaseFacts(case="7"),
    forensic=True,
)

MANIFEST = {
    "version": 1,
    "tool": "1",
    "source": "/a/in.mkv",
    "source_fingerprint": "f",
    "first": 0,
    "last": 1,
    "missing": "stop",
    "deinterlaced": False,
    "preset": "ffv1",
    "lossless": True,
    "width": 96,
    "height": 64,
    "stored_format": "yuv422p10",
    "stages": [{"name": "grade", "settings": {}, "key": "k"}],
    "masks": None,
    "shots": [0],
    "shares": {"SOURCE": 1},
    "master": "out.mkv",
    "framemd5": "out.mkv.framemd5",
    "provenance": "out.mkv.provenance.mkv",
    "provenance_hashes": ["a", "b"],
    "segments": [{"key": "k", "first": 0, "count": 2}],
}


def test_a_job_comes_back_as_it_was() -> None:
    assert RenderJob.from_json(JOB.to_json()) == JOB
    assert RenderJob.from_json(replace(JOB, frames=None, masks=None).to_json()).frames is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", 7),
        ("source", "a\0b"),
        ("frames", [1]),
        ("frames", [1, "2"]),
        ("threads", True),
        ("slider", "0.5"),
        ("missing", "guess"),
        ("stages", {"name": "detail"}),
        ("stages", [{"name": "detail", "settings": ["scale"]}]),
        ("stages", [{"name": "detail", "settings": {"scale": 2}}]),
        ("shots", [[0]]),
        ("forensic", None),
        ("whatever", 1),
    ],
)
def test_a_job_with_a_wrong_type_is_refused_by_name(field: str, value: object) -> None:
    held = {**json.loads(JOB.to_json()), field: value}
    with pytest.raises((TypeError, ValueError), match=r"settings|scale|StageSpec|ShotSpec" + f"|{field}"):
        RenderJob.from_json(json.dumps(held))


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}', "[" * 100_000, "9" * 10_000])
def test_what_json_should_not_hold_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(text)


def test_an_older_manifest_is_read() -> None:
    manifest = manifest_from(dict(MANIFEST), Path("m"))
    assert (manifest.shots, manifest.shares, manifest.job, manifest.audit) == ((0,), {"SOURCE": 1}, {}, {})
    assert manifest.stages[0].applied == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first", "0"),
        ("first", 5),
        ("last", 1.0),
        ("shots", "0"),
        ("shots", [None]),
        ("provenance_hashes", [1, 2]),
        ("hdr", []),
        ("lossless", 1),
        ("stages", [{"name": "x"}]),
        ("stages", [7]),
        ("master", {}),
        ("audit", "head"),
        ("x" * 9999, 1),
    ],
)
def test_a_manifest_with_a_wrong_type_is_refused_in_one_sentence(field: str, value: object) -> None:
    with pytest.raises(MediaError, match=r"The manifest m is damaged") as refused:
        manifest_from({**MANIFEST, field: value}, Path("m"))
    assert len(str(refused.value)) < 300


def test_an_absurdly_large_manifest_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mkv.tratteggio.json"
    path.write_text(json.dumps(MANIFEST))
    assert read_manifest(path).last == 1
    monkeypatch.setattr("app.export.manifest.LARGEST_MANIFEST", 100)
    with pytest.raises(MediaError, match="too large"):
        read_manifest(path)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([field.name for field in fields(Manifest)]), _VALUES, max_size=4))
def test_whatever_a_manifest_holds_it_is_one_or_it_is_refused(held: dict[str, object]) -> None:
    with contextlib.suppress(MediaError):
        assert isinstance(manifest_from({**MANIFEST, **held}, Path("m")), Manifest)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([field.name for field in fields(RenderJob)]), _VALUES, max_size=4))
def test_whatever_a_job_holds_it_is_one_or_it_is_refused(held: dict[str, object]) -> None:
    text = json.dumps({**json.loads(JOB.to_json()), **held})
    with contextlib.suppress(TypeError, ValueError, TratteggioError):
        assert isinstance(RenderJob.from_json(text), RenderJob)
