"""Words, plots and highlights of a report."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.export.job import RenderJob, StageSpec
from app.report.cards import trained_on
from app.report.commands import check_commands, render_command
from app.report.highlights import highlights, shares_by_frame
from app.report.logbook import Logbook
from app.report.outputs_part import verified_rows
from app.report.plot import strips
from app.report.steps import STEPS
from app.report.steps_part import steps_part
from app.report.text import clean, percent, size
from app.report.words import banner, limits, summary
from engines.models.registry import weights_folder
from engines.provenance import Origin
from engines.stages.catalogue import STAGES
from tests.app.report.report_kit import SHARES, manifest


@pytest.mark.parametrize("name", [*STAGES, "painted", "original", "deinterlace"])
def test_every_stage_is_explained(name: str) -> None:
    text = STEPS[name]
    assert text.plain.endswith(".")
    assert text.how.endswith(".")
    assert text.limit.endswith(".")
    assert set(text.labels) <= set(Origin.__members__)


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_names_what_it_follows(name: str) -> None:
    assert STEPS[name].follows


@pytest.mark.parametrize(
    "name", ["detail", "best", "draft", "dirt", "fade", "fill", "grain", "perceptual", "hallucination", "scratch"]
)
def test_model_cards_tell_of_training(name: str) -> None:
    digest = hashlib.sha256((weights_folder() / f"{name}.safetensors").read_bytes()).hexdigest()
    said = trained_on(name, digest)
    assert said.startswith(("Trained on ", "Training. "))
    assert said.endswith(".")
    assert not set("*`[") & set(said)
    assert trained_on(name, "0" * 64) == trained_on("../" + name, digest) == ""


def test_frames_that_matter_are_chosen_once() -> None:
    told = manifest()
    assert [(one.index, one.why.split(" (")[0]) for one in highlights(told)] == [
        (2, "most synthesised pixels"),
        (5, "most repaired"),
        (0, "untouched"),
    ]
    alike = replace(told, flagged=(0.0,) * 10, areas={"ADJUSTED": (1.0,) * 10})
    assert [one.index for one in highlights(alike)] == [5]
    assert highlights(replace(told, flagged=())) == ()


def test_shares_by_frame_add_up() -> None:
    shares = shares_by_frame(manifest())
    assert shares.shape == (10, 5)
    assert np.allclose(shares.sum(axis=1), 1.0)


def test_a_plot_shows_the_highest_of_many_frames() -> None:
    shares = np.zeros((100_000, 5))
    shares[77_777, Origin.SYNTHESISED] = 0.2
    (strip,) = strips(shares, first=10)
    assert (strip.label, strip.most, strip.touched, strip.top) == ("SYNTHESISED", 77_787, 1, 0.2)
    assert len(strip.path) < 12_000
    drawn = [int(height) for height in re.findall(r"V(\d+)H", strip.path)]
    assert len(drawn) == 720
    assert drawn.count(0) == 1


def test_the_faintest_touch_is_drawn() -> None:
    shares = np.zeros((4, 5))
    shares[0, Origin.TRANSPORTED], shares[2, Origin.TRANSPORTED] = 1.0, 1e-6
    (strip,) = strips(shares, first=0)
    assert re.findall(r"V(\d+)H", strip.path) == ["0", "56", "55", "56"]


def test_limits_name_every_label_that_is_there() -> None:
    said = " ".join(limits(manifest()))
    assert "SYNTHESISED samples are invented" in said
    assert "ESTIMATED samples" not in said


def test_a_banner_claims_no_more_than_labels_say() -> None:
    nothing = {"TRANSPORTED": 0.0, "SYNTHESISED": 0.0}
    moved = banner(manifest(shares=SHARES | {"SYNTHESISED": 0.0, "SOURCE": 0.91})).text
    assert moved.endswith("No pixel carries the label SYNTHESISED, which marks what a step invented.")
    guessed = banner(manifest(shares=SHARES | nothing | {"ESTIMATED": 0.04})).text
    assert "ESTIMATED is a likely value, not an observation" in guessed


def test_forensic_steps_list_no_label_that_they_could_not_give() -> None:
    free, bound = (steps_part(manifest(forensic=forensic), Logbook())[0] for forensic in (False, True))
    assert "SYNTHESISED" in free["labels"]
    assert "SYNTHESISED" not in bound["labels"]


def test_what_was_not_compared_is_not_called_absent() -> None:
    none = dict.fromkeys(SHARES, 0.0) | {"ESTIMATED": 1.0}
    rows = [dict(verified_rows(one, {"frames": 10})) for one in (manifest(), manifest(shares=none))]
    assert [one["Samples labelled SOURCE"] for one in rows] == ["not compared", "there are none"]


def test_summary_counts() -> None:
    said = summary(manifest(forensic=True, delta="out.mkv.delta.mkv"))
    assert said[0].startswith("10 frames of reel.mkv were rendered into out.mkv. One step was taken:")
    assert "1.00 % are invented" in said[1]
    assert any("forensic mode" in paragraph for paragraph in said)
    assert any("out.mkv.delta.mkv" in paragraph for paragraph in said)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (1e-9, "under 0.01 %"), (0.5, "50.00 %"), (1 - 1e-9, "over 99.99 %"), (1.0, "100 %")],
)
def test_shares_are_never_rounded_away(share: float, text: str) -> None:
    assert percent(share) == text


def test_texts_are_one_printable_line() -> None:
    assert clean("a\nb\u202e\udc80") == "a\\nb\\u202e\\udc80"
    assert len(clean("x" * 10**6)) < 5000


def test_sizes_are_exact() -> None:
    assert size(999) == "999 bytes"
    assert size(1_234_567) == "1,234,567 bytes (1.2 MB)"


def test_the_command_is_one_that_a_shell_reads() -> None:
    job = RenderJob(
        Path("/films/my reel.mkv"),
        Path("/out/it's.mkv"),
        stages=(StageSpec("detail", {"scale": "2"}), StageSpec("dirt")),
        frames=(3, 9),
        forensic=True,
    )
    assert render_command(job) == (
        "tratteggio render '/films/my reel.mkv' -o '/out/it'\"'\"'s.mkv' --stage detail:scale=2 --stage dirt "
        "--frames 3-9 --device cpu --forensic"
    )
    assert render_command(replace(job, project=Path("/p.tratteggio"))) == ""


def test_checks_name_the_files() -> None:
    said = " ".join(str(check["words"]) for check in check_commands(manifest()))
    assert "ffmpeg -i out.mkv -map 0:v:0 -f framemd5 -" in said
    stills = " ".join(str(check["words"]) for check in check_commands(manifest(master="out_%06d.dpx")))
    assert "framemd5 -" not in stills
