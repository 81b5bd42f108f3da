"""Every way we could think of to get generated pixels out of a forensic render; each must fail, and leave nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app import commands
from app.audit.log import read_log
from app.data_folder import HOME_VARIABLE, analyses_folder, models_folder
from app.document import Document, Media, ShotWork, StageUse
from app.export import finish as finishing
from app.export.deliveries import DELIVERIES
from app.export.journal import Journal, digest_of
from app.export.manifest import read_manifest
from app.export.paths import master_paths
from app.forensic.repeatable import CHANGES_NUMBERS
from app.package.source_type import COMPOSITE, source_type
from app.project_io import save_project
from app.project_job import project_job
from engines.errors import RenderError, SettingError
from engines.masks import write_mask
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import native_name, to_av
from engines.models import registry, shipped
from engines.models.importing import import_model
from engines.provenance import Origin, ProvenanceMap
from engines.provenance_track import TRACK_FORMAT, pack
from tests.clips import write_clip, write_stills
from tests.e2e.harness import Outcome, render_here
from tests.tiny_models import needs_spandrel, srvgg

FRAMES, WIDTH, HEIGHT = 3, 64, 48
FAITHFUL = ("--stage", "detail:noise=4,compression=0")
INVENTING = ("--stage", "detail:noise=4,compression=0,perceptual=1,risk=0.02")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("routes") / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of every frame: nothing can be transported."""
    folder = tmp_path_factory.mktemp("masks")
    for number in range(FRAMES):
        write_mask(folder, number, np.full((HEIGHT, WIDTH), 255, np.uint8))
    return folder


@pytest.fixture(scope="module")
def invented(clip: Path, masks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary master whose every pixel was filled, with all that stands beside it."""
    out = tmp_path_factory.mktemp("invented") / "filled.mkv"
    outcome = render_here(clip, "-o", out, "--masks", masks, "--stage", "inpaint")
    assert outcome.result["shares"]["SYNTHESISED"] == 1
    return out


@pytest.fixture
def copied(invented: Path, tmp_path: Path) -> Path:
    """The same in a folder of its own, to be tampered with."""
    shutil.copytree(invented.parent, tmp_path / "copy")
    return tmp_path / "copy" / invented.name


def refused(outcome: Outcome, out: Path, reason: str) -> None:
    assert outcome.code != 0
    assert reason in outcome.sentence
    assert not out.exists()
    assert not master_paths(out).manifest.exists()


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--stage", "detail", "--slider", "0.01"), "adds what real pictures"),
        (("--stage", "detail:perceptual=0.01"), "adds what real pictures"),
        (("--stage", "detail:perceptual=1e-9"), "adds what real pictures"),
        (("--stage", "detail", "--stage", "detail:perceptual=1,seed=7"), "adds what real pictures"),
        (("--stage", "detail:weights=mine"), "tuned model"),
        (("--stage", "detail:fast=on"), "quickest precision"),
        (("--stage", "grain"), "new grain"),
        (("--stage", "stabilise:borders=neighbours"), "repeats the picture's edge"),
        (("--stage", "model:name=sharp"), "Nobody vouches"),
        (("--stage", "detail", "--device", "cuda"), "processor"),
        (("--stage", "detail:perceptual=1", "--delivery", "evidence"), "adds what real pictures"),
        (("--stage", "detail:perceptual=1", "--preset", "ffv1"), "adds what real pictures"),
    ],
)
def test_by_settings(clip: Path, tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    out = tmp_path / "out.mkv"
    refused(render_here(clip, "-o", out, "--forensic", *arguments), out, reason)
    assert list(tmp_path.iterdir()) == []


def test_by_filling_damage(clip: Path, masks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    arguments = ("--masks", masks, "--stage", "inpaint")
    refused(render_here(clip, "-o", out, "--forensic", *arguments), out, "surroundings")


def test_by_every_delivery(clip: Path, tmp_path: Path) -> None:
    """A delivery may ask for forensic rules, and never takes them away."""
    for name, delivery in DELIVERIES.items():
        out = tmp_path / f"{name}.mkv"
        outcome = render_here(clip, "-o", out, "--forensic", "--delivery", name, "--stage", "detail:perceptual=1")
        refused(outcome, out, "")
        if delivery.forensic:
            refused(render_here(clip, "-o", out, "--delivery", name, "--stage", "detail:perceptual=1"), out, "")


def test_by_frames_that_are_not_there(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scans", FRAMES)
    (folder / "scan_0002.png").unlink()
    out = tmp_path / "out.mkv"
    refused(render_here(folder, "-o", out, "--forensic", "--missing", "black"), out, "SYNTHESISED")


@needs_spandrel
def test_by_an_imported_model(clip: Path, tmp_path: Path, home: Path) -> None:
    import_model(models_folder(), srvgg(tmp_path / "sharp.safetensors", scale=1, sharpen=0.1))
    out = tmp_path / "out.mkv"
    assert render_here(clip, "-o", tmp_path / "ordinary.mkv", "--stage", "model:name=sharp").code == 0
    refused(render_here(clip, "-o", out, "--forensic", "--stage", "model:name=sharp"), out, "sharp")


def test_by_weights_of_the_perceptual_network_under_another_name(clip: Path, tmp_path: Path, home: Path) -> None:
    models_folder().mkdir(parents=True)
    shutil.copy(registry.weights_folder() / "perceptual.safetensors", models_folder() / "mine.safetensors")
    out = tmp_path / "out.mkv"
    refused(render_here(clip, "-o", out, "--forensic", "--stage", "detail:weights=mine"), out, "tuned model")


def test_by_replaced_weights(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(registry.weights_folder(), folder)
    shutil.copy(folder / "perceptual.safetensors", folder / "detail.safetensors")
    monkeypatch.setattr(shipped, "weights_folder", lambda: folder)
    out = tmp_path / "out.mkv"
    refused(render_here(clip, "-o", out, "--forensic", *FAITHFUL), out, "detail.safetensors is not the one")


@pytest.mark.parametrize("name", sorted(CHANGES_NUMBERS)[::6])
def test_by_the_environment(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "BF16")
    out = tmp_path / "out.mkv"
    refused(render_here(clip, "-o", out, "--forensic"), out, name)


def test_by_measurements_kept_from_earlier(clip: Path, tmp_path: Path, home: Path) -> None:
    """Nothing of the data folder is read or written."""
    stage = ("--stage", "deflicker", "--stage", "stabilise:borders=black")
    assert render_here(clip, "-o", tmp_path / "out.mkv", "--forensic", *stage).code == 0
    assert not analyses_folder().exists()


# --- projects ---------------------------------------------------------------------------------------------------------


def project(clip: Path) -> Document:
    source = open_source(clip)
    info = source.info
    source.close()
    media = Media(clip, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    use = StageUse("detail", True, {"noise": "4", "compression": "0"})
    document, _ = commands.add_clip(Document(), media, stages=(use,))
    return commands.set_forensic(document, True)


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))
    return path


def _slide(held: dict[str, Any]) -> None:
    held["clips"][0]["shots"][0]["slider"] = 0.5


def _perceptual(held: dict[str, Any]) -> None:
    held["clips"][0]["shots"][0]["stages"][0]["settings"]["perceptual"] = "1"


def _model(held: dict[str, Any]) -> None:
    stage = {"name": "model", "enabled": True, "settings": {"name": "sharp"}}
    held["clips"][0]["shots"][0]["stages"].append(stage)


def _later_shot(held: dict[str, Any]) -> None:
    first = held["clips"][0]["shots"][0]
    held["clips"][0]["shots"].append({**first, "start": 2, "slider": 1.0})


@pytest.mark.parametrize("change", [_slide, _perceptual, _model, _later_shot])
def test_by_a_project_edited_by_hand(clip: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = tmp_path / "a.tratteggio"
    save_project(project(clip), path)
    assert render_here(path, "-o", tmp_path / "fine.mkv").code == 0
    out = tmp_path / "out.mkv"
    refused(render_here(edited(path, change), "-o", out), out, "Forensic mode refuses")


def test_by_taking_the_flag_out_of_a_project(clip: Path, tmp_path: Path) -> None:
    """That makes an ordinary render: everything beside it says so, and what was invented."""
    path = tmp_path / "a.tratteggio"
    save_project(project(clip), path)

    def change(held: dict[str, Any]) -> None:
        held["forensic"] = False
        _perceptual(held)
        held["clips"][0]["shots"][0]["stages"][0]["settings"]["risk"] = "0.02"

    out = tmp_path / "out.mkv"
    outcome = render_here(edited(path, change), "-o", out, "--case", "2026-17")
    assert outcome.code == 0, outcome.sentence
    paths = master_paths(out)
    manifest = read_manifest(paths.manifest)
    assert manifest.forensic is False
    assert manifest.shares["SYNTHESISED"] > 0
    assert source_type(manifest.shares) == COMPOSITE
    (started,) = [entry for entry in read_log(paths.audit) if entry.event == "started"]
    assert started.facts["forensic"] is False
    report = paths.report.read_text()
    assert "not forensic: steps that may invent detail were allowed" in report
    assert "done in forensic mode" not in report
    assert "forensic: nothing that may invent" not in report
    refused(render_here(path, "-o", tmp_path / "again.mkv", "--forensic"), tmp_path / "again.mkv", "Stage detail")


# --- what lies on the disk --------------------------------------------------------------------------------------------


def test_by_a_source_that_is_an_invented_master(invented: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    refused(render_here(invented, "-o", out, "--forensic"), out, "holds synthesised pixels")


def _write_track(path: Path, origin: Origin) -> str:
    """A track of one label throughout; the MD5 of each of its frames."""
    said = pack(ProvenanceMap.uniform(WIDTH, HEIGHT, origin))
    with av.open(str(path), "w", format="matroska") as sink:
        stream = sink.add_stream("ffv1", rate=24, options={"level": "3", "g": "1", "slicecrc": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "gray16le"
        for _ in range(FRAMES):
            sink.mux(stream.encode(to_av(said, "gray16le")))
        sink.mux(stream.encode(None))
    return frame_md5(said, native_name(TRACK_FORMAT))


def test_by_another_label_track(copied: Path, tmp_path: Path) -> None:
    _write_track(master_paths(copied).provenance, Origin.SOURCE)
    out = tmp_path / "out.mkv"
    refused(render_here(copied, "-o", out, "--forensic"), out, "cannot be trusted")


def test_by_another_label_track_with_a_manifest_that_agrees(copied: Path, tmp_path: Path) -> None:
    paths = master_paths(copied)
    digest = _write_track(paths.provenance, Origin.SOURCE)
    edited(paths.manifest, lambda held: held.update(provenance_hashes=[digest] * FRAMES))
    out = tmp_path / "out.mkv"
    refused(render_here(copied, "-o", out, "--forensic"), out, "audit log")


@pytest.mark.parametrize("gone", ["provenance", "framemd5", "audit"])
def test_by_taking_away_what_explains_a_master(copied: Path, tmp_path: Path, gone: str) -> None:
    getattr(master_paths(copied), gone).unlink()
    out = tmp_path / "out.mkv"
    refused(render_here(copied, "-o", out, "--forensic"), out, "cannot be trusted")


def test_by_other_pictures_under_an_honest_master_s_name(clip: Path, invented: Path, tmp_path: Path) -> None:
    honest = tmp_path / "honest.mkv"
    assert render_here(clip, "-o", honest, "--forensic", *FAITHFUL).code == 0
    again = render_here(honest, "-o", tmp_path / "again.mkv", "--forensic")
    assert again.code == 0
    assert any("itself a master" in note for note in again.result["notes"])
    shutil.copy(invented, honest)
    out = tmp_path / "out.mkv"
    refused(render_here(honest, "-o", out, "--forensic"), out, "cannot be trusted")


def _interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise RenderError("Interrupted.")

    monkeypatch.setattr(finishing, "assemble", die)


def test_by_going_on_from_an_ordinary_render(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even segments of the very same settings are taken over."""
    out = tmp_path / "out.mkv"
    with monkeypatch.context() as patch:
        _interrupted(patch)
        assert render_here(clip, "-o", out, *FAITHFUL).code == 1
    assert Journal(master_paths(out).parts).load()
    outcome = render_here(clip, "-o", out, "--forensic", *FAITHFUL)
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["segments"]["reused"] == 0


def test_by_tampering_with_what_a_forensic_render_goes_on_from(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.mkv"
    with monkeypatch.context() as patch:
        _interrupted(patch)
        assert render_here(clip, "-o", out, "--forensic", *FAITHFUL).code == 1
    journal = Journal(master_paths(out).parts)
    (held,) = journal.load().values()
    untouched = journal.path.read_bytes()
    counts = tuple((WIDTH * HEIGHT, 0, 0, 0, 0) for _ in range(FRAMES))
    journal.append(replace(held, label_counts=counts))
    refused(render_here(clip, "-o", out, "--forensic", *FAITHFUL), out, "tells other labels")
    journal.path.write_bytes(untouched)
    track = journal.path.parent / held.provenance
    shutil.copy(track, tmp_path / "kept")
    hashes = (_write_track(track, Origin.SYNTHESISED),) * FRAMES
    journal.append(replace(held, provenance_digest=digest_of(track), provenance_hashes=hashes))
    refused(render_here(clip, "-o", out, "--forensic", *FAITHFUL), out, "SYNTHESISED")
    journal.path.write_bytes(untouched)
    shutil.copy(tmp_path / "kept", track)
    outcome = render_here(clip, "-o", out, "--forensic", *FAITHFUL)
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["segments"]["reused"] == 1


def test_by_an_older_master_that_is_replaced(clip: Path, invented: Path, tmp_path: Path) -> None:
    """--force takes nothing over: neither a forensic master's frames nor what was put in their place."""
    out = tmp_path / "out.mkv"
    assert render_here(clip, "-o", out, "--forensic", *FAITHFUL).code == 0
    wanted = sha256(out.read_bytes()).hexdigest()
    shutil.copy(invented, out)
    outcome = render_here(clip, "-o", out, "--forensic", "--force", *FAITHFUL)
    assert outcome.code == 0, outcome.sentence
    assert outcome.result["segments"]["reused"] == 0
    assert sha256(out.read_bytes()).hexdigest() == wanted


def test_seeds_and_threads_change_no_bit(tmp_path: Path) -> None:
    """Runs are the same file, whatever else differs; large enough for sums to be split among threads."""
    clip = write_clip(tmp_path / "in.mkv", frames=2, width=320, height=240)
    digests = set()
    for name, threads, seed in (("one", "1", "0"), ("two", "2", "77")):
        out = tmp_path / name / "out.mkv"
        out.parent.mkdir()
        stage = f"detail:temporal=0,seed={seed}"
        outcome = render_here(clip, "-o", out, "--forensic", "--stage", stage, "--threads", threads)
        assert outcome.code == 0, outcome.sentence
        track = master_paths(out).provenance
        digests.add((sha256(out.read_bytes()).hexdigest(), sha256(track.read_bytes()).hexdigest()))
    assert len(digests) == 1


def test_shots_of_a_window_go_through_the_same_door(clip: Path) -> None:
    """What the window renders is what `project_job` makes of its document."""
    document = project(clip)
    (held,) = document.clips
    shot = replace(held.shots[0], slider=0.2)
    laxer = document.with_clip(replace(held, shots=(shot, ShotWork(2, stages=shot.stages))))
    with pytest.raises(SettingError, match="Forensic mode refuses"):
        project_job(laxer, held.id, clip.with_name("x.mkv"), None, masks_into=clip.parent)
