"""Fetching: resumed, verified, through a proxy, and in clear words where it fails; nothing is named unverified."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from engines.cancel import CancelToken
from engines.errors import Cancelled, ModelError
from engines.metrics.lpips_backbone import BACKBONES
from engines.models import fetch as fetching
from engines.models.catalogue import OFFERS, offer
from engines.models.fetch import fetch
from tests.web import Site, proxying, serving

CONTENT = np.random.default_rng(1).bytes(900_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's, and no pauses."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(fetching, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "_WAIT_SECONDS", 5.0)


def _fetch(origin: str, target: Path, **given: object) -> Path:
    return fetch(origin, target, len(CONTENT), DIGEST, **given)  # type: ignore[arg-type]


def test_a_file_comes_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with serving(Site(CONTENT)) as site:
        path = _fetch(site.url, tmp_path / "new" / "file.pth", progress=lambda n, total: told.append((n, total)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [p.name for p in path.parent.iterdir()] == ["file.pth"]


def test_broken_connections_are_gone_on_from(tmp_path: Path) -> None:
    with serving(Site(CONTENT, drop_after=300_000, drops=2)) as site:
        assert _fetch(site.url, tmp_path / "file.pth").read_bytes() == CONTENT
        assert site.asked == ["", "bytes=300000-", "bytes=600000-"]


def test_what_came_is_kept_for_the_next_time(tmp_path: Path) -> None:
    target = tmp_path / "file.pth"
    with serving(Site(CONTENT, drop_after=1, drops=99)) as site:
        cancel = CancelToken()
        with pytest.raises(Cancelled):
            _fetch(site.url, target, progress=lambda *_: cancel.cancel(), cancel=cancel)
    assert not target.exists()
    kept = target.with_name("file.pth.partial").stat().st_size
    assert kept > 0
    with serving(Site(CONTENT)) as site:
        assert _fetch(site.url, target).read_bytes() == CONTENT
        assert site.asked == [f"bytes={kept}-"]


def test_a_server_without_ranges_sends_it_again(tmp_path: Path) -> None:
    (tmp_path / "file.pth.partial").write_bytes(CONTENT[:1000])
    with serving(Site(CONTENT, ranges=False)) as site:
        assert _fetch(site.url, tmp_path / "file.pth").read_bytes() == CONTENT


def test_a_spoilt_beginning_is_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / "file.pth.partial").write_bytes(b"x" * 1000)
    with serving(Site(CONTENT)) as site:
        assert _fetch(site.url, tmp_path / "file.pth").read_bytes() == CONTENT
        assert site.asked == ["bytes=1000-", ""]


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"?", CONTENT + b"more"])
def test_another_file_is_thrown_away(tmp_path: Path, content: bytes) -> None:
    with serving(Site(content)) as site, pytest.raises(ModelError, match=r"is not the listed file|another file"):
        _fetch(site.url, tmp_path / "file.pth")
    assert list(tmp_path.iterdir()) == []


def test_the_proxy_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    with serving(Site(CONTENT)) as site, proxying(seen) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)
        assert _fetch(site.url, tmp_path / "file.pth").read_bytes() == CONTENT
    assert seen == [site.url]


def test_a_dead_proxy_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://anna:secret@127.0.0.1:1")
    with pytest.raises(ModelError, match=r"through the proxy 127\.0\.0\.1") as failure:
        _fetch("http://weights.invalid/file", tmp_path / "file.pth")
    assert "secret" not in str(failure.value)


def test_offline_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"weights\.invalid cannot be reached .*bring the file on a disk"):
        _fetch("http://weights.invalid/file", tmp_path / "file.pth")


@pytest.mark.parametrize(("status", "words"), [(404, "no longer has"), (403, "refuses"), (500, "answers 500")])
def test_refusals_of_the_server(tmp_path: Path, status: int, words: str) -> None:
    with serving(Site(CONTENT, status=status)) as site, pytest.raises(ModelError, match=words):
        _fetch(site.url, tmp_path / "file.pth")


def test_a_connection_that_gives_nothing_ends(tmp_path: Path) -> None:
    with serving(Site(b"")) as site, pytest.raises(ModelError, match="breaks off"):
        _fetch(site.url, tmp_path / "file.pth")


def test_from_a_file(tmp_path: Path) -> None:
    given = tmp_path / "stick.bin"
    given.write_bytes(CONTENT)
    assert _fetch(str(given), tmp_path / "file.pth").read_bytes() == CONTENT
    with pytest.raises(ModelError, match="does not exist"):
        _fetch(str(tmp_path / "absent"), tmp_path / "other.pth")
    given.write_bytes(CONTENT[:5000])
    with pytest.raises(ModelError, match="is not the listed file"):
        _fetch(str(given), tmp_path / "other.pth")
    assert not (tmp_path / "other.pth").exists()


def test_a_full_disk_is_seen_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with pytest.raises(ModelError, match="not enough room"):
        _fetch("http://127.0.0.1:1/file", tmp_path / "file.pth")


def test_offers_are_complete_and_agree_with_their_names() -> None:
    assert len({one.name for one in OFFERS}) == len(OFFERS)
    for one in OFFERS:
        assert re.fullmatch("[0-9a-f]{64}", one.sha256)
        assert one.url.startswith("https://")
        assert one.nbytes > 0
        assert one.licence
        # torchvision writes the first eight digits of the SHA-256 into the name.
        if stated := re.search(r"-([0-9a-f]{8})\.pth$", one.url):
            assert one.sha256.startswith(stated[1])
    assert {one.file for one in OFFERS if one.use == "lpips"} == {backbone.file for backbone in BACKBONES}
    with pytest.raises(ModelError, match=r"nothing called 'x' to fetch.*lpips-alex"):
        offer("x")


def test_offers_agree_with_the_copies_at_hand(shared_data: Path) -> None:
    path = shared_data.parent / "weights" / "denoise" / "dncnn_25.pth"
    if not path.is_file():
        pytest.skip("needs ../shared/weights")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == offer("dncnn-25").sha256
    assert path.stat().st_size == offer("dncnn-25").nbytes
