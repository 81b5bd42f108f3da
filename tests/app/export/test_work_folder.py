from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.export.work_folder import WorkFolder
from engines.errors import RenderError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.mark.parametrize("name", ["journal.jsonl", "audit.jsonl", "assembled/000001.dpx"])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine", "utf-8")
    parts = tmp_path / "out.mkv.parts"
    (parts / name).parent.mkdir(parents=True)
    (parts / name).symlink_to(precious)
    with pytest.raises(RenderError, match=rf"{Path(name).name} in .* is a link"), WorkFolder(parts):
        pytest.fail("it was taken")
    assert precious.read_text("utf-8") == "mine"
    assert not (tmp_path / "out.mkv.parts.lock").exists()
    (parts / name).unlink()
    with WorkFolder(parts):
        assert parts.is_dir()


def test_the_folder_itself_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    parts = tmp_path / "out.mkv.parts"
    parts.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RenderError, match="is a link"), WorkFolder(parts):
        pytest.fail("it was taken")
    assert parts.is_symlink()


@pytest.mark.parametrize("name", ["journal.jsonl", "audit.jsonl"])
def test_nothing_is_appended_to_a_file_with_another_name(tmp_path: Path, name: str) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine", "utf-8")
    parts = tmp_path / "out.mkv.parts"
    parts.mkdir()
    (parts / name).hardlink_to(precious)
    with pytest.raises(RenderError, match="is a link"), WorkFolder(parts):
        pytest.fail("it was taken")
    assert precious.read_text("utf-8") == "mine"
