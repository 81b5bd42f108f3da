"""The report of a render: pages that stand by themselves, from which the work can be done again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.audit.repeat import job_of
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.paths import master_paths
from app.export.render import render
from app.report import write
from app.report.data import read_report
from engines.cancel import CancelToken
from engines.errors import MediaError, RenderError
from engines.media.framemd5 import read_framemd5
from tests.app.report.report_kit import Elements
from tests.clips import write_clip, write_stills
from tests.e2e.harness import command, render_here

_STAGES = ("--stage", "deflicker:strength=0.5", "--stage", "dirt:confidence=0.2", "--stage", "inpaint:spatial=leave")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A master with its report; nobody changes it."""
    folder = tmp_path_factory.mktemp("report")
    clip = write_clip(folder / "reel.mkv", frames=8, width=160, height=120)
    mask = np.zeros((120, 160), dtype=np.uint8)
    mask[40:60, 30:44] = 255
    (folder / "masks").mkdir()
    assert cv2.imwrite(str(folder / "masks" / "000003.png"), mask)
    case = ("--masks", folder / "masks", "--case", "2026/17", "--exhibit", "<b>3</b>", "--examiner", "J. Doe")
    done = render_here(clip, "-o", folder / "out.mkv", "--frames", "1-6", *_STAGES, *case)
    assert done.code == 0, done.sentence
    return folder / "out.mkv"


def test_the_work_is_repeated_from_the_page_alone(made: Path, tmp_path: Path) -> None:
    page = tmp_path / "sent by mail.html"
    page.write_bytes(master_paths(made).report.read_bytes())
    job = replace(job_of(read_report(page)), out=tmp_path / "again.mkv")
    assert job.out != made
    render(job, lambda _: None, CancelToken())
    first, again = (read_framemd5(master_paths(path).framemd5) for path in (made, job.out))
    assert len(first) == 6
    assert first == again


def test_the_page_stands_by_itself(made: Path) -> None:
    elements = Elements(master_paths(made).report.read_text(encoding="utf-8"))
    assert not [tag for tag, _ in elements.found if tag in ("link", "iframe", "object", "form")]
    pictures = [str(attrs["src"]) for tag, attrs in elements.found if tag == "img"]
    assert all(uri.startswith("data:image/") for uri in pictures)
    # Five swatches, and of at least one frame three panels, whole and magnified.
    assert len(pictures) >= 5 + 6
    for said in ("2026/17", "<b>3</b>", "J. Doe", "reel.mkv", "deflicker:strength=0.5", "frames 1 to 6"):
        assert said in elements.text


def test_every_parameter_and_digest_is_on_it(made: Path) -> None:
    paths = master_paths(made)
    manifest = json.loads(paths.manifest.read_text())
    text = Elements(paths.report.read_text(encoding="utf-8")).text
    assert manifest["identity"]["sha256"] in text
    assert manifest["audit"]["head"] in text
    entries = [json.loads(line) for line in paths.audit.read_text().splitlines()]
    digests = {
        name: digest for e in entries if e["event"] == "finished" for name, digest in e["facts"]["files"].items()
    }
    weights = [w["sha256"] for e in entries if e["event"] == "stage" for w in e["facts"]["weights"]]
    assert made.name in digests
    assert weights
    for digest in (*digests.values(), *weights):
        assert digest in text
    for stage in manifest["stages"]:
        assert f"(stage {stage['name']})" in text


def test_the_pdf_has_pages_and_its_own_fonts(made: Path) -> None:
    data = master_paths(made).pdf.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert len(data) < 3_000_000


def test_a_failing_pdf_fails_no_render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_page: str, _path: Path) -> None:
        raise RenderError("The report could not be set as PDF (out of paper).")

    monkeypatch.setattr(write, "write_pdf", failing)
    clip = write_clip(tmp_path / "reel.mkv", frames=2)
    done = render_here(clip, "-o", tmp_path / "out.mkv", "--stage", "deflicker")
    assert done.code == 0, done.sentence
    assert not master_paths(tmp_path / "out.mkv").pdf.exists()
    assert "out of paper" in str(done.events)


def test_a_copy_is_called_a_copy(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scan", frames=3)
    assert render_here(folder, "-o", tmp_path / "copy.mkv").code == 0
    text = Elements(master_paths(tmp_path / "copy.mkv").report.read_text(encoding="utf-8")).text
    assert "This is an exact copy, not an enhanced image" in text
    assert "scan_0001.png to scan_0003.png" in text


def test_it_is_written_anew_with_a_verification(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "out.mkv"
    for path in made.parent.glob("out.mkv*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert "Add --force" in command(capsys, "report", copy).sentence
    verified = command(capsys, "verify", copy, "--rerun", "2", "--seed", "3")
    assert verified.code == 0, verified.sentence
    told = tmp_path / "verified.json"
    told.write_text("\n".join(json.dumps(event) for event in verified.events))
    done = command(capsys, "report", copy, "--verify", told, "--force")
    assert done.code == 0, done.sentence
    text = Elements(master_paths(copy).report.read_text(encoding="utf-8")).text
    assert "2 random frames (seed 3)" in text
    # The log knows the new pages.
    assert command(capsys, "verify", copy).code == 0
    told.write_text(json.dumps({**verified.result, "audit": {"head": "0" * 64}}))
    assert "of another master" in command(capsys, "report", copy, "--verify", told, "--force").sentence


@pytest.mark.parametrize(
    "change", [{"identity": {"files": [{"name": 3}]}}, {"flagged": ["x"]}, {"continuity": {"gaps": [7]}}, {"case": [1]}]
)
def test_a_manifest_of_wrong_types_is_one_sentence(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    copy = tmp_path / "out.mkv"
    for path in made.parent.glob("out.mkv*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = master_paths(copy).manifest
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **change}))
    refused = command(capsys, "report", copy, "--force")
    assert refused.code == 1
    assert refused.sentence.count("\n") == 0


def test_without_its_source_it_shows_the_result(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "out.mkv"
    for path in made.parent.glob("out.mkv*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    done = command(capsys, "report", copy, "--force", "--source", tmp_path / "gone.mkv")
    assert done.code == 0, done.sentence
    assert "show the result only" in str(done.events)


def test_a_broken_log_is_refused_before_anything_is_written(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "out.mkv"
    for path in made.parent.glob("out.mkv*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    paths = master_paths(copy)
    before = paths.report.read_bytes()
    paths.audit.write_bytes(paths.audit.read_bytes().replace(b'"cuts"', b'"cats"'))
    assert "line 4 was edited" in command(capsys, "report", copy, "--force").sentence
    assert paths.report.read_bytes() == before


@pytest.mark.parametrize("text", ["", "<html>", '<script type="application/json" id="tratteggio-report">{}</script>'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(text)
    with pytest.raises(MediaError, match="no report"):
        read_report(page)


def test_repeated_frames_are_found_by_the_way(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scan", frames=7)
    stills = sorted(folder.iterdir())
    for number in (3, 4):
        stills[number].write_bytes(stills[2].read_bytes())
    out = tmp_path / "out.mkv"
    assert render_here(folder, "-o", out, "--stage", "grade:contrast=1.1", "--frames", "1-6").code == 0
    assert json.loads(master_paths(out).manifest.read_text())["continuity"]["duplicates"] == [{"first": 2, "last": 4}]
    assert "2 frames: frames 2 to 4" in Elements(master_paths(out).report.read_text(encoding="utf-8")).text


def test_shots_treated_differently_are_repeated_from_the_page(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "reel.mkv", frames=8)

    def shot(start: int, contrast: str, enabled: bool) -> ShotSpec:
        grade = StageSpec("grade", {"contrast": contrast}, enabled)
        return ShotSpec(start, (grade, StageSpec("deflicker", {"strength": "0.5"})))

    shots = (shot(0, "1.2", True), shot(3, "1.2", False), shot(5, "0.8", True))
    out = tmp_path / "out.mkv"
    render(RenderJob(clip, out, shots=shots), lambda _: None, CancelToken())
    text = Elements(master_paths(out).report.read_text(encoding="utf-8")).text
    for said in ("from frame 3", "off", "from frame 5", "contrast 0.8", "more than a command line holds"):
        assert said in text
    again = replace(job_of(read_report(master_paths(out).report)), out=tmp_path / "again.mkv")
    assert again.shots == shots
    render(again, lambda _: None, CancelToken())
    assert read_framemd5(master_paths(out).framemd5) == read_framemd5(master_paths(again.out).framemd5)
