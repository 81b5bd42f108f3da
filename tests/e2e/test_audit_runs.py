"""What ends a render is the last that its log hears, and the next run goes on in the same log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.entry import Entry
from app.audit.log import read_log
from app.export.events import Event
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.paths import master_paths
from app.export.render import render
from app.export.verify import verify
from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError, RenderError
from tests.clips import write_clip


@pytest.fixture(autouse=True)
def every_frame_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """However quick the machine is: tests stop renders at a certain frame."""
    monkeypatch.setattr("app.export.meter._INTERVAL_SECONDS", 0.0)


def _job(folder: Path, gamma: str = "1.2") -> RenderJob:
    source = folder / "in.mkv"
    if not source.exists():
        write_clip(source, frames=48, width=64, height=48)
    return RenderJob(source, folder / "out.mkv", shots=(ShotSpec(0, (StageSpec("grade", {"gamma": gamma}),)),))


def _stopped(job: RenderJob, failure: BaseException | None = None) -> Path:
    """The log of a render that was cancelled, or failed, in its second segment."""
    cancel = CancelToken()

    def watch(event: Event) -> None:
        if event["event"] == "progress" and event["phase"] == "render" and event["n"] > 24:
            if failure is not None:
                raise failure
            cancel.cancel()

    with pytest.raises((Cancelled, RenderError)):
        render(job, watch, cancel)
    paths = master_paths(job.out)
    return paths.parts / paths.audit.name


def _events(log: tuple[Entry, ...]) -> list[str]:
    return [entry.event for entry in log]


def test_a_cancelled_render_says_so_and_another_job_goes_on_in_the_same_log(tmp_path: Path) -> None:
    job = _job(tmp_path)
    assert _events(read_log(_stopped(job)))[-2:] == ["segment", "cancelled"]
    _stopped(replace(_job(tmp_path, "1.3"), case=job.case))
    render(job, lambda _: None, CancelToken())
    log = read_log(master_paths(job.out).audit)
    started = [entry.facts["job"]["shots"][0]["stages"][0]["settings"] for entry in log if entry.event == "started"]
    assert started == [{"gamma": "1.2"}, {"gamma": "1.3"}, {"gamma": "1.2"}]
    assert _events(log).count("cancelled") == 2
    # The first run's segment was taken over by the third, which says so.
    reused = [(entry.facts["frames"], entry.facts["reused"]) for entry in log if entry.event == "segment"]
    assert reused == [([0, 23], False), ([0, 23], False), ([0, 23], True), ([24, 47], False)]
    assert verify(job.out, None, lambda _: None, rerun=2)["verified"]


def test_a_failure_is_told_in_its_sentence(tmp_path: Path) -> None:
    log = read_log(_stopped(_job(tmp_path), OSError(5, "Input/output error")))
    assert log[-1].event == "failed"
    assert "Input/output error" in log[-1].facts["sentence"]


def test_notes_are_in_the_log_in_their_order(tmp_path: Path) -> None:
    job = replace(_job(tmp_path), tags=replace(_job(tmp_path).tags, matrix="bt2020nc"), shots=())
    result = render(job, lambda _: None, CancelToken())
    log = read_log(master_paths(job.out).audit)
    assert [entry.facts["text"] for entry in log if entry.event == "note"] == list(result["notes"])


def test_a_work_folder_whose_log_was_edited_is_not_gone_on_with(tmp_path: Path) -> None:
    path = _stopped(_job(tmp_path))
    path.write_bytes(path.read_bytes().replace(b'"gamma":"1.2"', b'"gamma":"1.1"', 1))
    with pytest.raises(RenderError, match=r"out\.mkv\.audit\.jsonl is broken: line 1 .*or remove .*out\.mkv\.parts"):
        render(_job(tmp_path), lambda _: None, CancelToken())
    assert not (tmp_path / "out.mkv").exists()


def test_a_forensic_render_of_a_source_that_cannot_be_identified_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise MediaError("in.mkv cannot be read: Input/output error.", "Check the disk.")

    monkeypatch.setattr("app.audit.recorder.identify", unreadable)
    job = _job(tmp_path)
    with pytest.raises(MediaError, match="Input/output error"):
        render(replace(job, forensic=True), lambda _: None, CancelToken())
    assert not job.out.exists()
    result = render(replace(job, out=tmp_path / "other.mkv"), lambda _: None, CancelToken())
    assert any("no checksums" in text for text in result["notes"])
    assert not verify(tmp_path / "other.mkv", None, lambda _: None)["source_identified"]
