"""Jobs as values, the command line's grammar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.export.job import RenderJob, StageSpec
from engines.errors import SettingError


def test_a_job_survives_its_json() -> None:
    job = RenderJob(
        source=Path("/a/b.mkv"),
        out=Path("/c/%06d.dpx"),
        stages=(StageSpec("inpaint", {"search": "3"}), StageSpec("detail")),
        frames=(3, 9),
        masks=Path("/m"),
        protect=Path("/p"),
        slider=0.5,
    )
    assert RenderJob.from_json(job.to_json()) == job
    assert RenderJob.from_json(RenderJob(Path("/a"), Path("/b")).to_json()) == RenderJob(Path("/a"), Path("/b"))


def test_a_job_of_before_there_was_a_layer_of_no_damage_is_read() -> None:
    job = RenderJob(Path("/a"), Path("/b"))
    held = json.loads(job.to_json())
    del held["protect"]
    assert RenderJob.from_json(json.dumps(held)) == job


def test_stages_are_read_from_text() -> None:
    assert StageSpec.parse("detail:scale=2,noise=auto") == StageSpec("detail", {"scale": "2", "noise": "auto"})
    assert StageSpec.parse("inpaint") == StageSpec("inpaint", {})


@pytest.mark.parametrize("text", ["detail:scale", ":scale=2", "detail:=2", ""])
def test_broken_stages_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="--stage"):
        StageSpec.parse(text)


@pytest.mark.parametrize(
    "argv",
    [
        ["sharpen"],
        ["render"],
        ["render", "in.mkv"],
        ["render", "in.mkv", "-o", "out.mkv", "--slider", "2"],
        ["render", "in.mkv", "-o", "out.mkv", "--slider", "much"],
        ["render", "in.mkv", "-o", "out.mkv", "--frames", "9-3"],
        ["render", "in.mkv", "-o", "out.mkv", "--frames", "all"],
        ["render", "in.mkv", "-o", "out.mkv", "--threads", "-1"],
        ["render", "in.mkv", "-o", "out.mkv", "--device", "tpu"],
        ["render", "in.mkv", "-o", "out.mkv", "--missing", "guess"],
        ["train", "detail", "--data", "x", "--minutes", "0"],
        ["models", "delete"],
    ],
)
def test_wrong_usage_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "usage: tratteggio" in capsys.readouterr().err
