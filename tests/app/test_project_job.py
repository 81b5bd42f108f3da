"""From document to graph: shots treated apart, masks from the document, and the same pixels as the job's master."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.export.job import RenderJob
from app.export.render import render
from app.mask_plane import MaskPlane
from app.project_job import StageMemory, endpoints, graph_of, project_job, slider_blends
from engines.blend import blend
from engines.cancel import CancelToken
from engines.errors import MediaError, SettingError
from engines.graph import Puller
from engines.masks import MaskFolder
from engines.media.open import open_source
from engines.media.source import Source
from engines.policy import EXPORT, REFINED
from engines.provenance import Origin
from engines.provenance_track import unpack
from engines.stages.inpaint import Inpaint, InpaintSettings
from engines.stages.per_shot import PerShot
from tests.clips import write_clip

FRAMES, WIDTH, HEIGHT = 30, 96, 64
REACH = Inpaint(InpaintSettings()).reach
INPAINT, DETAIL = StageUse("inpaint"), StageUse("detail", settings={"noise": "3", "compression": "0"})


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    opened = open_source(write_clip(tmp_path / "in.mkv", frames=FRAMES, pix_fmt="yuv420p"))
    yield opened
    opened.close()


def _clip(source: Source, *shots: ShotWork) -> ClipWork:
    info = source.info
    media = Media(info.path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    return ClipWork("c", media, shots or (ShotWork(0, stages=(INPAINT,)),), cuts_known=True)


def _painted(x: int, y: int, side: int = 9, value: int = 255) -> MaskPlane:
    coverage = np.zeros((HEIGHT, WIDTH), np.uint8)
    coverage[y : y + side, x : x + side] = value
    return MaskPlane.of(coverage)


def _job(clip: ClipWork, folder: Path, name: str = "out.mkv") -> RenderJob:
    return project_job(Document((clip,)), clip.id, folder / name, None, masks_into=folder / "work")


def _render(job: RenderJob) -> Mapping[str, Any]:
    return render(RenderJob.from_json(job.to_json()), lambda _: None, CancelToken())


def test_the_master_of_a_project_is_what_its_preview_shows(source: Source, tmp_path: Path) -> None:
    """Cuts, per-shot stages and slider, soft masks and brought-back source, all through both ways."""
    shots = (
        ShotWork(0, stages=(INPAINT, DETAIL), slider=0.4),
        ShotWork(11, stages=(replace(INPAINT, settings={"search": "2"}), replace(DETAIL, enabled=False))),
        ShotWork(20, stages=(replace(INPAINT, enabled=False), DETAIL)),
    )
    clip = _clip(source, *shots).with_layer("damage", {4: _painted(20, 20), 12: _painted(40, 30, value=140)})
    clip = clip.with_layer("original", {4: _painted(24, 24, 12), 25: _painted(3, 5, 20, value=90)})
    result = _render(_job(clip, tmp_path))
    puller = Puller(graph_of(clip, source), REFINED)
    master, track = open_source(tmp_path / "out.mkv"), open_source(Path(str(result["provenance"])))
    for number in range(FRAMES):
        shown, held, said = puller.pull(number), master.read(number), unpack(track.read(number))
        for ours, theirs in zip(shown.frame.quantised().planes, held.planes, strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=str(number))
        np.testing.assert_array_equal(shown.provenance.labels, said.labels)
        np.testing.assert_array_equal(shown.provenance.confidence, said.confidence)
    assert (unpack(track.read(4)).labels[24:36, 24:36] == Origin.SOURCE).all()
    master.close()
    track.close()


def test_shots_that_agree_have_the_keys_of_the_command_line(source: Source) -> None:
    same = _clip(source, ShotWork(0, stages=(INPAINT,)), ShotWork(10, stages=(INPAINT,)))
    graph = graph_of(same, source)
    assert not isinstance(graph.stages[0], PerShot)
    assert graph.shots.starts == (0, 10)


def test_editing_one_shot_leaves_the_keys_of_the_others(source: Source) -> None:
    two = _clip(source, ShotWork(0, stages=(INPAINT,)), ShotWork(10, stages=(INPAINT,)))
    two = two.with_layer("damage", {5: _painted(5, 5), 20: _painted(9, 9)})
    edited = replace(two, shots=(two.shots[0], replace(two.shots[1], stages=(replace(INPAINT, enabled=False),))))
    before, after = graph_of(two, source), graph_of(edited, source)
    changed = [number for number in range(FRAMES) if before.key(number, number) != after.key(number, number)]
    assert changed == list(range(20 - REACH, 21 + REACH))
    assert before.key(0, 9) == after.key(0, 9)
    assert before.key(0, 20) != after.key(0, 20)


def test_paint_changes_the_keys_within_reach_only(source: Source) -> None:
    clip = _clip(source, ShotWork(0, stages=(INPAINT,)), ShotWork(12, stages=(INPAINT,)))
    before, after = graph_of(clip, source), graph_of(clip.with_layer("damage", {10: _painted(5, 5)}), source)
    changed = [number for number in range(FRAMES) if before.key(number, number) != after.key(number, number)]
    assert changed == list(range(10 - REACH, 12))
    brought_back = graph_of(clip.with_layer("original", {10: _painted(5, 5)}), source)
    changed = [number for number in range(FRAMES) if before.key(number, number) != brought_back.key(number, number)]
    assert changed == [10]


def test_a_cut_near_a_painted_frame_changes_its_key(source: Source) -> None:
    """What may give content changed, though no setting and no mask did."""
    clip = _clip(source).with_layer("damage", {10: _painted(5, 5)})
    cut = replace(clip, shots=(clip.shots[0], replace(clip.shots[0], start=8)))
    assert graph_of(clip, source).key(10, 10) != graph_of(cut, source).key(10, 10)
    assert graph_of(clip, source).key(20, 20) == graph_of(cut, source).key(20, 20)


def test_nothing_painted_means_nothing_done(source: Source, tmp_path: Path) -> None:
    job = _job(_clip(source), tmp_path)
    assert (job.masks, job.protect, job.original) == (None, None, None)
    assert _render(job)["shares"] == {origin.name: float(origin is Origin.SOURCE) for origin in Origin}


def test_what_is_marked_as_no_damage_goes_with_the_job(source: Source, tmp_path: Path) -> None:
    job = _job(_clip(source).with_layer("protect", {6: _painted(5, 5)}), tmp_path)
    assert job.protect is not None
    info = source.info
    assert MaskFolder(job.protect, info.width, info.height, FRAMES).numbers() == (6,)


def test_in_and_out_points_are_the_range(source: Source, tmp_path: Path) -> None:
    clip = replace(_clip(source), in_point=5)
    assert _job(clip, tmp_path).frames == (5, FRAMES - 1)
    assert _job(replace(clip, out_point=7), tmp_path).frames == (5, 7)
    assert _job(_clip(source), tmp_path).frames is None


def test_another_file_under_the_same_name_is_refused(source: Source, tmp_path: Path) -> None:
    job = _job(_clip(source), tmp_path)
    write_clip(tmp_path / "in.mkv", frames=FRAMES + 1)
    with pytest.raises(MediaError, match="not the file that the project was made with"):
        _render(job)


def test_shots_of_different_sizes_are_refused(source: Source) -> None:
    double = replace(DETAIL, settings={**DETAIL.settings, "scale": "2"})
    with pytest.raises(SettingError, match="192x128 from frame 10 on, but of 96x64 before"):
        graph_of(_clip(source, ShotWork(0, stages=(DETAIL,)), ShotWork(10, stages=(double,))), source)


def test_stages_are_kept_while_nothing_of_theirs_changes(source: Source) -> None:
    memory = StageMemory()
    clip = _clip(source, ShotWork(0, stages=(INPAINT, DETAIL))).with_layer("damage", {3: _painted(1, 1)})
    first = graph_of(clip, source, memory).stages
    slid = graph_of(replace(clip, shots=(replace(clip.shots[0], slider=0.5),)), source, memory).stages
    assert [stage.name for stage in first] == ["painted", "inpaint", "detail"]
    assert slid[1] is first[1]
    assert slid[2] is not first[2]
    painted = graph_of(clip.with_layer("damage", {4: _painted(2, 2)}), source, memory).stages
    assert painted[2] is first[2]


@pytest.mark.parametrize("scale", ["1", "2"])
def test_the_slider_is_the_blend_of_its_ends(source: Source, scale: str) -> None:
    use = replace(DETAIL, settings={**DETAIL.settings, "scale": scale})
    clip = _clip(source, ShotWork(0, stages=(INPAINT, use), slider=0.37))
    assert slider_blends(clip.shots[0])
    faithful, full = (Puller(graph_of(end, source), EXPORT).pull(2) for end in endpoints(clip))
    ours, graphs = blend(faithful, full, 0.37), Puller(graph_of(clip, source), EXPORT).pull(2)
    for a, b in zip(ours.frame.planes, graphs.frame.planes, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(ours.provenance.confidence, graphs.provenance.confidence)
    assert not np.array_equal(faithful.frame.planes[0], full.frame.planes[0])


def test_the_slider_does_not_blend_where_a_repair_comes_after_it() -> None:
    assert not slider_blends(ShotWork(0, stages=(DETAIL, INPAINT)))
    assert slider_blends(ShotWork(0, stages=(DETAIL, replace(INPAINT, enabled=False))))
    assert not slider_blends(ShotWork(0, stages=(replace(DETAIL, settings={"perceptual": "0.5"}),)))
