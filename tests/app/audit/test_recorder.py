"""Long lists of files are spread over entries, and `verify` puts them together again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.audit.log import read_log
from app.audit.recorder import Recorder
from app.export.job import RenderJob
from app.export.manifest import Manifest, manifest_from
from app.export.paths import MasterPaths, master_paths
from app.verification.logged import check_log
from engines.cancel import CancelToken
from engines.media.continuity import Continuity
from engines.media.open import open_source
from tests.app.test_typed import MANIFEST
from tests.clips import write_clip

_ORDER = Continuity((), (), (), 0)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    paths = _paths(tmp_path)
    paths.parts.mkdir()
    source = write_clip(tmp_path / "in.mkv", frames=2, width=64, height=48)
    with (
        closing(open_source(source)) as opened,
        Recorder(RenderJob(source, paths.master), paths, opened.info, CancelToken()) as made,
    ):
        yield made


def _paths(folder: Path) -> MasterPaths:
    return master_paths(folder / "out_%06d.dpx")


def test_digests_of_many_stills_make_no_long_line(recorder: Recorder, tmp_path: Path) -> None:
    files = {f"out_{number:06d}.dpx": f"{number:064x}" for number in range(25_000)}
    recorder.source(_ORDER, lambda _: None)
    recorder.finished(files)
    audit = recorder.head
    recorder.sealed({"out.dpx.tratteggio.json": "0" * 64})
    paths = _paths(tmp_path)
    assert [entry.event for entry in read_log(paths.audit)][-5:] == [*["made files"] * 3, "finished", "sealed"]
    assert max(len(line) for line in paths.audit.read_bytes().splitlines()) < 2**20
    logged = check_log(paths, _manifest(audit))
    assert logged is not None
    assert logged.digests == {**files, "out.dpx.tratteggio.json": "0" * 64}


def test_the_source_is_told_once_it_was_read(recorder: Recorder, tmp_path: Path) -> None:
    identity = recorder.source(_ORDER, lambda _: None)
    told = read_log(_paths(tmp_path).parts / _paths(tmp_path).audit.name)[-1]
    assert told.event == "source"
    assert told.facts["sha256"] == identity["sha256"]
    assert told.facts["size"] == (tmp_path / "in.mkv").stat().st_size


def _manifest(audit: object) -> Manifest:
    return manifest_from({**MANIFEST, "audit": audit}, Path("m"))
