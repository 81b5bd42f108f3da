"""Masters that are opened again: their labels are those of their track, go on into what is made of them, and a track
that was changed is not believed.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.export.job import RenderJob, StageSpec
from app.export.paths import master_paths
from app.export.render import render
from app.master_beside import check_labels, master_beside, with_labels
from app.open_media import MediaOpener
from app.project_format import clip_of, clip_values
from app.project_job import graph_of, project_job
from app.source_desk import SourceDesk
from engines.cancel import CancelToken
from engines.errors import FrameError, MediaError
from engines.graph import Puller
from engines.masks import write_mask
from engines.media.open import open_source
from engines.policy import EXPORT, SCRUB
from engines.provenance import Origin
from tests.clips import write_clip

WIDTH, HEIGHT, FRAMES = 96, 64, 6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `master.mkv`: one painted frame of six was repaired."""
    folder = tmp_path_factory.mktemp("made")
    source = write_clip(folder / "film.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    coverage = np.zeros((HEIGHT, WIDTH), np.uint8)
    coverage[20:30, 40:52] = 255
    write_mask(folder / "masks", 2, coverage)
    job = RenderJob(source, folder / "master.mkv", stages=(StageSpec("inpaint"),), masks=folder / "masks")
    render(job, lambda _: None, CancelToken())
    return folder


@pytest.fixture
def master(made: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(made, tmp_path / "made")
    return tmp_path / "made" / "master.mkv"


def clip_at(path: Path, *stages: StageUse) -> ClipWork:
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate, tracked=True)
    return ClipWork("c", media, (ShotWork(0, stages=stages),), cuts_known=True)


def spoil(track: Path) -> None:
    """Another track of the same size, labelled SOURCE all over."""
    shutil.copyfile(track.with_name("other.mkv.provenance.mkv"), track)


def test_the_labels_of_a_master_are_those_of_its_track(master: Path) -> None:
    desk = SourceDesk(2**24)
    source = desk.source(clip_at(master).media)
    puller = Puller(graph_of(clip_at(master), source), EXPORT)
    assert puller.pull(0).provenance.shares()["SOURCE"] == 1.0
    labels = puller.pull(2).provenance.labels
    repaired = labels > Origin.ADJUSTED
    assert repaired[20:30, 40:52].any()
    assert not repaired[:20].any()
    assert not repaired[30:].any()
    assert desk.keyframe(clip_at(master).media, 3) == 3
    desk.close()


def test_approximations_show_the_highest_label_of_each_block(master: Path) -> None:
    desk = SourceDesk(2**24)
    graph = graph_of(clip_at(master), desk.source(clip_at(master).media))
    full, small = Puller(graph, EXPORT).pull(2).provenance, Puller(graph, SCRUB).pull(2).provenance
    assert small.labels.shape == (HEIGHT // 4, WIDTH // 4)
    for y, x in np.ndindex(small.labels.shape):
        assert small.labels[y, x] == full.labels[4 * y : 4 * y + 4, 4 * x : 4 * x + 4].max()
    desk.close()


def test_what_is_made_of_a_master_keeps_its_labels(master: Path, tmp_path: Path) -> None:
    clip = clip_at(master)
    job = project_job(Document((clip,)), "c", tmp_path / "again.mkv", None, masks_into=tmp_path / "work")
    assert RenderJob.from_json(job.to_json()) == job
    shares = render(job, lambda _: None, CancelToken())["shares"]
    held = json.loads(master_paths(master).manifest.read_text())["shares"]
    assert shares == held
    assert shares["SOURCE"] < 1.0
    bare = render(replace(job, tracked=False, out=tmp_path / "bare.mkv"), lambda _: None, CancelToken())
    assert bare["shares"]["SOURCE"] == 1.0


def test_labels_belong_to_the_content_of_a_picture(master: Path) -> None:
    clip = clip_at(master)
    bare = replace(clip, media=replace(clip.media, tracked=False))
    desk = SourceDesk(2**24)
    keys = {graph_of(one, desk.source(one.media)).key(0, 0) for one in (clip, bare)}
    assert len(keys) == 2
    desk.close()


def test_a_project_remembers_that_a_clip_is_a_master(master: Path) -> None:
    clip = clip_at(master)
    assert clip_of(clip_values(clip)) == clip
    old = clip_values(clip)
    del old["media"]["tracked"]
    assert not clip_of(old).media.tracked


def test_a_track_that_was_changed_is_refused_with_the_frame_named(master: Path) -> None:
    folder = master.parent
    job = RenderJob(folder / "film.mkv", folder / "other.mkv")
    render(job, lambda _: None, CancelToken())
    spoil(master_paths(master).provenance)
    source = with_labels(open_source(master), master)
    with pytest.raises(FrameError, match=r"Frame 2 of the provenance track master\.mkv\.prov\S+ is not as it was"):
        source.descent(2)
    check_labels(with_labels(open_source(folder / "other.mkv"), folder / "other.mkv"))
    source.close()


def test_a_track_of_other_frames_or_size_does_not_belong(master: Path) -> None:
    write_clip(master, frames=FRAMES, width=WIDTH + 2, height=HEIGHT)
    with pytest.raises(MediaError, match="does not belong to this master: its pictures are 96 x 64"):
        with_labels(open_source(master), master)
    write_clip(master, frames=FRAMES + 1, width=WIDTH, height=HEIGHT)
    with pytest.raises(MediaError, match="it has 6 frames, its manifest 6, the master 7"):
        with_labels(open_source(master), master)


def test_without_its_manifest_a_clip_is_no_master(master: Path) -> None:
    assert master_beside(master) is not None
    assert master_beside(master.with_name("film.mkv")) is None
    manifest = master_paths(master).manifest
    manifest.write_text(manifest.read_text().replace('"master": "master.mkv"', '"master": "../master.mkv"'))
    assert master_beside(master) is None
    with pytest.raises(MediaError, match=r"manifest of the master master\.mkv is no longer beside it"):
        with_labels(open_source(master), master)


def opened(qtbot: QtBot, path: Path) -> tuple[Media, list[str]]:
    opener, notes = MediaOpener(), list[str]()
    opener.noted.connect(notes.append)
    try:
        with qtbot.waitSignal(opener.opened) as told:
            opener.open(path)
    finally:
        opener.close()
    assert told.args is not None
    return told.args[0], notes


def test_the_window_opens_a_master_with_its_labels(master: Path, qtbot: QtBot) -> None:
    media, notes = opened(qtbot, master)
    assert media.tracked
    assert notes == []
    media, _ = opened(qtbot, master.with_name("film.mkv"))
    assert not media.tracked


def test_the_window_opens_a_master_without_a_track_it_cannot_believe_and_says_so(master: Path, qtbot: QtBot) -> None:
    shutil.copyfile(master.with_name("film.mkv"), master_paths(master).provenance)
    media, notes = opened(qtbot, master)
    assert not media.tracked
    assert len(notes) == 1
    assert notes[0].startswith("master.mkv is opened without its provenance. The provenance track")
