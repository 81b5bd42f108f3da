"""What a render is expected to take: the arithmetic, the choice of frames, and a real render beside its estimate."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from app.export.events import Event
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.render import render
from app.export.runner import RenderProcess
from app.jobs.estimate import Sample, Surroundings, estimate
from app.jobs.estimate_worker import MODULE, measure
from app.jobs.sampling import Sampler, frames_by_kind, runs_of
from app.jobs.values import Estimate, Span, cost_of
from engines.cancel import CancelToken
from engines.errors import SettingError
from tests.clips import write_clip

HERE = Surroundings(startup=2.0, memory=10**9)


def _job(folder: Path, source: Path, **values: object) -> RenderJob:
    return RenderJob(source, folder / "master.mkv", "ffv1", **values)  # type: ignore[arg-type]


def test_kinds_of_frames_weigh_by_how_many_there_are() -> None:
    plain, masked = ("", False), ("", True)
    samples = [Sample(plain, 4, 0.1, 1000)] * 4 + [Sample(masked, 2, 2.0, 3000)] * 2
    answer = estimate(samples, {plain: 900, masked: 10}, HERE)
    assert answer.seconds.mid == pytest.approx(2 + 90 + 20)
    assert answer.size.mid == pytest.approx(930_000)
    assert answer.seconds.low < answer.seconds.mid < answer.seconds.high
    assert answer.working > 2 * answer.size.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        frames = rng.lognormal(0, 0.5, 2000)
        windows = rng.choice(frames.reshape(-1, 4).mean(axis=1), 8, replace=False)
        answer = estimate([Sample((), 4, float(w), 1) for w in windows], {(): 2000}, Surroundings(0, 0))
        hits += answer.seconds.low <= frames.sum() <= answer.seconds.high
    assert 160 <= hits <= 200


def test_one_window_says_that_it_knows_little() -> None:
    answer = estimate([Sample((), 4, 1.0, 10)], {(): 100}, Surroundings(0, 0))
    assert answer.seconds.spread >= 0.4


def test_windows_spread_over_every_kind_and_never_overlap() -> None:
    shots = (ShotSpec(0, (StageSpec("detail"),)), ShotSpec(40, (StageSpec("detail"),), 0.5))
    runs = runs_of(RenderJob(Path("/a"), Path("/b"), shots=shots), {7, 8, 60}, 5, 99)
    assert [(run.first, run.last) for run in runs] == [(5, 6), (7, 8), (9, 39), (40, 59), (60, 60), (61, 99)]
    assert sum(frames_by_kind(runs).values()) == 95
    sampler = Sampler(runs)
    windows = [window for kind in sampler.rounds() if (window := sampler.window(kind, 4))]
    frames = [n for window in windows for n in range(window.first, window.first + window.count)]
    assert len(frames) == len(set(frames)) > 70
    assert {window.kind for window in windows[:4]} == {run.kind for run in runs}
    plain = [window.first for window in windows if window.kind == runs[2].kind]
    assert min(plain[:4]) < 20 < max(plain[:4])


def test_an_estimate_survives_its_way_between_processes() -> None:
    answer = Estimate(Span(1, 2, 3), Span(4, 5, 6), 12.2, 7, 8, 9, final=True, progress=1.0)
    assert Estimate.from_event(answer.as_event()) == answer
    assert answer.as_event()["event"] == "result"


def test_costs_are_shown_only_where_rates_are_stated() -> None:
    hour = Span(1800, 3600, 7200)
    assert cost_of(hour, None, None).energy is None
    assert cost_of(hour, 0, None).money is None
    assert cost_of(hour, 250.0, 1.5).energy == Span(0.125, 0.25, 0.5)
    assert cost_of(hour, 250.0, 1.5).money == Span(0.75, 1.5, 3.0)


@pytest.mark.parametrize("preset", ["ffv1", "h264", "png"])
def test_a_render_takes_what_was_estimated(tmp_path: Path, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.estimate_worker.SECONDS", 3.0)
    source = write_clip(tmp_path / "reel.mkv", frames=72, width=128, height=96)
    suffix = {"ffv1": ".mkv", "h264": ".mp4", "png": ""}[preset]
    told: list[Event] = []
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        aside = RenderJob(source, Path(folder) / f"master{suffix}", preset)
        expected = Estimate.from_event(measure(aside, told.append, CancelToken()))
        assert list(Path(folder).iterdir()) == []
    out = tmp_path / f"master{suffix}"
    result = render(RenderJob(source, out, preset), told.append, CancelToken())
    files = [*out.iterdir()] if out.is_dir() else [out]
    size = sum(file.stat().st_size for file in [*files, Path(result["provenance"])])
    assert expected.final
    assert expected.frames == 72
    # Start-up is not part of a render in this process; the machine of a test does other things too.
    seconds = result["seconds"]
    print(preset, expected, size, seconds)
    assert expected.size.low * 0.8 < size < expected.size.high * 1.25
    assert seconds < expected.seconds.high * 3


def test_the_worker_streams_better_estimates_and_refuses_in_a_sentence(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "reel.mkv", frames=40)
    *earlier, last = RenderProcess(_job(tmp_path, source), MODULE).events()
    assert last["event"] == "result"
    assert Estimate.from_event(last).samples >= 4
    assert any(event["event"] == "estimate" for event in earlier)
    (said,) = RenderProcess(_job(tmp_path, source, frames=(0, 99)), MODULE).events()
    assert said["event"] == "error"
    assert "0-39" in said["error"]


def test_measuring_stops_when_cancelled(tmp_path: Path) -> None:
    process = RenderProcess(_job(tmp_path, write_clip(tmp_path / "reel.mkv", frames=40)), MODULE)
    process.cancel()
    assert [event["event"] for event in process.events()][-1] == "error"


def test_what_a_render_refuses_the_estimate_refuses(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "reel.mkv", frames=4)
    with pytest.raises(SettingError, match="clip's frames"):
        measure(_job(tmp_path, source, frames=(2, 9)), print, CancelToken())
