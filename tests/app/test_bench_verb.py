import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli import main
from engines.benchmark.row_edges import colour_picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("bench")
    (found / "set5").mkdir()
    for name in ("a", "b"):
        Image.fromarray(np.stack(colour_picture(64).planes, axis=-1)).save(found / "set5" / f"{name}.png")
    return found


def test_tables_are_printed_and_written_with_their_command(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.md"
    assert main(["bench", "detail", str(folder), "--rows", "sr,compression", "--limit", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    written = out.read_text(encoding="utf-8")
    assert "| set5 | x2" in written
    assert "Skipped: There are no clips" in written
    assert f"`tratteggio bench detail {folder} --rows sr,compression --limit 1 --out {out}`" in written
    assert "a quick look" in written
    assert written.split() == printed.split()
    assert main(["bench", "detail", str(folder), "--rows", "sr", "--limit", "1", "--out", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == written


def test_json_lines_end_with_the_result(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "detail", str(folder), "--rows", "sr", "--limit", "1", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "result"
    rows = events[-1]["tables"][0]["rows"]
    assert [row["scale"] for row in rows] == ["x2", "x4"]
    assert rows[0]["pictures"] == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rows", "nothing"], "no row 'nothing'"),
        (["--model", "nobody"], "nobody"),
    ],
)
def test_bad_input_is_one_sentence(
    folder: Path, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "detail", str(folder), *options]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert sentence in lines[0]


def test_a_missing_folder_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "detail", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err
