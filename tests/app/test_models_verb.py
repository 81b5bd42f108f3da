"""`tratteggio models`: what is printed, what is asked, exit codes; run in this process."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app import cli
from engines.models import catalogue, obtain
from engines.models.catalogue import OFFERS, Offer
from tests.tiny_models import needs_spandrel, srvgg


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["models", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def _result(out: str) -> dict[str, Any]:
    last = json.loads(out.strip().splitlines()[-1])
    assert last["event"] == "result"
    return dict(last)


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Offer, Path]:
    """A small offer that really exists, and where it lies."""
    path = srvgg(tmp_path / "small.safetensors", scale=2)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made = replace(OFFERS[0], name="small", nbytes=path.stat().st_size, sha256=digest)
    made = replace(made, url="https://weights.invalid/small.safetensors")
    monkeypatch.setattr(catalogue, "OFFERS", (made,))
    return made, path


@needs_spandrel
def test_import_list_measure_remove(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = srvgg(tmp_path / "mine.safetensors", scale=2)
    code, out, _ = _run(capsys, "import", str(source), "--licence", "CC0")
    assert code == 0
    assert "RealESRGAN Compact, x2, RGB" in out
    assert "CC0 (stated by the user)" in out
    code, out, _ = _run(capsys, "list", "--json")
    models = {model["name"]: model for model in _result(out)["models"]}
    assert models["detail"]["kind"] == "shipped"
    assert models["mine"]["kind"] == "imported"
    assert models["mine"]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()

    pictures = tmp_path / "pictures"
    pictures.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (64, 72, 3), dtype=np.uint8)
    Image.fromarray(noise).save(pictures / "a.png")
    code, out, _ = _run(capsys, "measure", "mine", "--data", str(pictures), "--json")
    assert code == 0
    methods = [row["method"] for row in _result(out)["rows"]]
    assert methods[0] == "bicubic"
    assert methods[-1] == "mine"
    assert len(methods) == 3

    assert _run(capsys, "remove", "mine")[0] == 0
    code, _, err = _run(capsys, "remove", "mine")
    assert code == 1
    assert "no model 'mine' of yours" in err
    assert "stays" in _run(capsys, "remove", "detail")[2]


def test_offers_are_listed_with_their_facts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "fetch")
    assert code == 0
    for one in OFFERS:
        for fact in (one.name, one.sha256, one.url, one.licence):
            assert fact in out


@needs_spandrel
def test_fetching_asks_first(
    home: Path, offered: tuple[Offer, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    code, out, err = _run(capsys, "fetch", "small", "--from", str(offered[1]))
    assert code == 1
    assert offered[0].sha256 in out
    assert "without consent" in err
    assert not (home / "models").exists()
    code, out, _ = _run(capsys, "fetch", "small", "--from", str(offered[1]), "--yes")
    assert code == 0
    assert sorted(p.name for p in (home / "models").iterdir()) == ["small.json", "small.safetensors"]
    card = json.loads((home / "models" / "small.json").read_text())
    assert (card["kind"], card["licence"], card["origin"]) == ("fetched", offered[0].licence, offered[0].url)
    assert "here already" in _run(capsys, "fetch", "small", "--yes")[2]


def test_a_backbone_lands_where_lpips_is_looked_for(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"backbone"
    given = tmp_path / "stick"
    given.write_bytes(content)
    one = next(one for one in OFFERS if one.name == "lpips-alex")
    one = replace(one, nbytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(catalogue, "OFFERS", (one,))
    assert _run(capsys, "fetch", "lpips-alex", "--yes", "--from", str(given))[0] == 0
    assert obtain.place_of(one, home / "models", home / "lpips") == home / "lpips" / one.file


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "absent.pth"), "cannot be read"),
        (("fetch", "nothing"), "nothing called 'nothing' to fetch"),
        (("measure", "absent", "--data", "."), "no imported model 'absent'"),
        (("measure", "absent", "--data", "no-such-folder"), "is not a folder"),
        (("measure", "absent", "--data", ".", "--noise", "nan"), "out of range"),
    ],
)
def test_bad_input_is_one_sentence(
    home: Path, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = _run(capsys, *words)
    assert code == 1
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
