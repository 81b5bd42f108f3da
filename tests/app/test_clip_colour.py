"""Colour tags are chosen in a new document, reach the graph and the job, and are found doubtful where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.clip_colour import clip_colour, set_tag
from app.commands import add_clip, set_tags
from app.document import Document, Media
from app.project_job import graph_of, project_job
from app.source_desk import media_key
from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.errors import SettingError
from engines.media.open import open_source
from tests.clips import write_clip


def _clip(tmp_path: Path) -> tuple[Document, str]:
    info = open_source(write_clip(tmp_path / "in.mkv", frames=3)).info
    media = Media(info.path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    return add_clip(Document(), media, stages=())


def test_a_choice_leaves_the_document_before_as_it_was(tmp_path: Path) -> None:
    document, clip_id = _clip(tmp_path)
    chosen = set_tag(document, clip_id, "matrix", "bt709")
    assert chosen.clip(clip_id).media.tags == ChosenTags(matrix="bt709")
    assert document.clip(clip_id).media.tags == AS_TAGGED


def test_choosing_what_is_chosen_changes_nothing(tmp_path: Path) -> None:
    document, clip_id = _clip(tmp_path)
    assert set_tag(document, clip_id, "matrix", "") is document
    chosen = set_tag(document, clip_id, "range", "pc")
    assert set_tags(chosen, clip_id, ChosenTags(range="pc")) is chosen
    with pytest.raises(SettingError):
        set_tag(document, clip_id, "matrix", "bt999")


def test_what_is_shown_follows_the_choice(tmp_path: Path) -> None:
    document, clip_id = _clip(tmp_path)
    media = document.clip(clip_id).media
    told = clip_colour(open_source(media.path).info)
    assert told.tagged == told.current
    assert "matrix" in {one.tag for one in told.findings}
    chosen = set_tag(document, clip_id, "matrix", told.choices["matrix"][0]).clip(clip_id).media
    shown = clip_colour(open_source(chosen.path, tags=chosen.tags).info)
    assert shown.tagged == told.tagged
    assert shown.current.matrix == told.choices["matrix"][0]
    assert "matrix" not in {one.tag for one in shown.findings if one.kind == "missing"}
    assert media_key(chosen) != media_key(media)


def test_graph_and_job_go_by_the_choice(tmp_path: Path) -> None:
    document, clip_id = _clip(tmp_path)
    chosen = set_tag(document, clip_id, "range", "pc")
    keys = []
    for one in (document, chosen):
        clip = one.clip(clip_id)
        source = open_source(clip.media.path, tags=clip.media.tags)
        graph = graph_of(clip, source)
        assert graph.geometry().colour == source.read(0).colour
        keys.append(graph.key(0, 2))
    assert keys[0] != keys[1]
    job = project_job(chosen, clip_id, tmp_path / "out.mkv", None, masks_into=tmp_path)
    assert job.tags == ChosenTags(range="pc")
    assert type(job).from_json(job.to_json()) == job
