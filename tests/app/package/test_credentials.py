"""Content credentials: signed, read back, what they say, and that whatever is changed is found."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import c2pa
import pytest

from app.package.certificate import Signatory
from app.package.certificate_trial import trial_signatory
from app.package.credential_assets import can_embed, checksums, files_of, sha256_of
from app.package.credential_claims import claims
from app.package.credential_reading import read_credential
from app.package.credentials import sign_beside, sign_inside
from app.package.source_type import source_type
from engines.errors import MediaError, RenderError, SettingError
from engines.media.readback import stored_hashes
from engines.provenance import Origin
from tests.app.package.signing import FAITHFUL, MANIFEST, copied, make_master

INSIDE = ("reel.mp4", "reel.mov", "still.tif", "still.png", "tif/", "png/")


@pytest.fixture(scope="module")
def who(tmp_path_factory: pytest.TempPathFactory) -> Signatory:
    return trial_signatory(tmp_path_factory.mktemp("signatory"))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may open a connection from Python; the library's own settings forbid it to fetch."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", INSIDE)
def test_signed_inside_the_frames_stay(tmp_path: Path, who: Signatory, name: str) -> None:
    master, hashes = make_master(tmp_path, name)
    before = {file.name: file.read_bytes() for file in files_of(master)}
    assert can_embed(master)
    signed = sign_inside(master, MANIFEST, who, hashes)
    assert signed.sidecar is None
    assert set(signed.files) == set(before)
    assert tuple(stored_hashes(master, 0, len(hashes))) == hashes
    for file in files_of(master):
        assert file.read_bytes() != before[file.name]
        said = read_credential(file)
        assert (said.test, said.trusted, said.embedded, said.title) == (True, False, True, file.name)
        assert "proves nothing about who signed" in said.sentence
    told = signed.facts()
    files = told["files"]
    assert isinstance(files, dict)
    prefix = f"{master.name}/" if name.endswith("/") else ""
    assert set(files) == {f"{prefix}{one}" for one in before}


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["reel.mkv", "reel.mp4", "dpx/", "tif/"])
def test_signed_beside_the_files_stay_as_they_are(tmp_path: Path, who: Signatory, name: str) -> None:
    master, _ = make_master(tmp_path, name)
    before = [file.read_bytes() for file in files_of(master)]
    sidecar = tmp_path / "reel.c2pa"
    signed = sign_beside(master, sidecar, MANIFEST, who)
    assert [file.read_bytes() for file in files_of(master)] == before
    said = read_credential(master, sidecar)
    assert (said.embedded, said.test) == (False, True)
    assert said.shares == pytest.approx(MANIFEST.shares)
    assert all(one == other for one, other in signed.files.values())
    # A single bit of any file.
    for file in files_of(master):
        held = bytearray(file.read_bytes())
        held[len(held) // 2] ^= 1
        file.write_bytes(held)
        with pytest.raises(RenderError, match="changed after it was signed"):
            read_credential(master, sidecar)
        held[len(held) // 2] ^= 1
        file.write_bytes(held)
    if name.endswith("/"):
        files_of(master)[-1].unlink()
        with pytest.raises(RenderError, match="changed after it was signed"):
            read_credential(master, sidecar)


def test_the_sidecar_of_stills_is_bound_to_what_sha256sum_prints(tmp_path: Path, who: Signatory) -> None:
    master, _ = make_master(tmp_path, "dpx/")
    sign_beside(master, tmp_path / "x.c2pa", MANIFEST, who)
    listed = tmp_path / "list.txt"
    listed.write_bytes(checksums(files_of(master)))
    assert listed.read_text().splitlines()[0].endswith("  f_0000.dpx")
    with listed.open("rb") as asset, c2pa.Reader("text/plain", asset, (tmp_path / "x.c2pa").read_bytes()) as reader:
        assert reader.get_validation_state() == "Valid"


@pytest.mark.parametrize("name", ["reel.mp4", "still.tif", "still.png"])
def test_changed_pictures_and_claims_are_found(tmp_path: Path, who: Signatory, name: str) -> None:
    master, hashes = make_master(tmp_path, name)
    original = master.read_bytes()
    sign_inside(master, MANIFEST, who, hashes)
    held = master.read_bytes()
    # A sample of the picture, and a letter of what the credential says.
    sample = original[len(original) // 2 :][:24]
    for at in map(held.index, (sample, b"SYNTHESISED", b"TEST authority")):
        spoilt = bytearray(held)
        spoilt[at] ^= 1
        master.write_bytes(spoilt)
        with pytest.raises((RenderError, MediaError)) as caught:
            read_credential(master)
        assert str(caught.value).count("\n") == 0
    master.write_bytes(held)
    assert read_credential(master).test


def test_signing_that_would_change_a_frame_leaves_the_file_as_it_was(tmp_path: Path, who: Signatory) -> None:
    master, hashes = make_master(tmp_path, "reel.mp4")
    before = master.read_bytes()
    with pytest.raises(RenderError, match="Frame 1 of"):
        sign_inside(master, MANIFEST, who, (hashes[0], "0" * 32, *hashes[2:]))
    assert master.read_bytes() == before
    assert list(tmp_path.iterdir()) == [master]


def test_what_cannot_carry_one_and_what_carries_none(tmp_path: Path, who: Signatory) -> None:
    master, hashes = make_master(tmp_path, "reel.mkv")
    with pytest.raises(MediaError, match=r"\.mkv files cannot carry"):
        sign_inside(master, MANIFEST, who, hashes)
    for unsigned in (master, make_master(tmp_path, "reel.mp4")[0]):
        with pytest.raises(MediaError, match="carries no content credential"):
            read_credential(unsigned)
    for junk in (b"", b"x" * 500, b"\0\0\0\x10jumb" + b"\xff" * 90):
        sidecar = tmp_path / "junk.c2pa"
        sidecar.write_bytes(junk)
        with pytest.raises(MediaError, match=r"junk\.c2pa"):
            read_credential(master, sidecar)
    with pytest.raises(MediaError, match="There is no master"):
        sign_beside(tmp_path / "none.mkv", tmp_path / "x.c2pa", MANIFEST, who)


def test_a_named_authority_makes_a_signer_trusted(tmp_path: Path, who: Signatory) -> None:
    master, _ = make_master(tmp_path, "reel.mkv")
    sign_beside(master, tmp_path / "x.c2pa", MANIFEST, who)
    authority = who.chain[who.chain.rindex(b"-----BEGIN") :]
    assert read_credential(master, tmp_path / "x.c2pa", anchors=authority).trusted
    other = trial_signatory(tmp_path / "other").chain
    assert not read_credential(master, tmp_path / "x.c2pa", anchors=other[other.rindex(b"-----BEGIN") :]).trusted


def test_a_time_authority_that_cannot_be_asked_is_named(tmp_path: Path, who: Signatory) -> None:
    master, _ = make_master(tmp_path, "reel.mkv")
    sidecar = tmp_path / "x.c2pa"
    # Nobody listens on port 9 of this machine.
    with pytest.raises(RenderError, match=r"the time authority http://127\.0\.0\.1:9/ gave no time"):
        sign_beside(master, sidecar, MANIFEST, who, "http://127.0.0.1:9/")
    with pytest.raises(SettingError, match="is no address of a time authority"):
        sign_beside(master, sidecar, MANIFEST, who, "tomorrow")
    assert not sidecar.exists()


def test_another_files_sidecar_does_not_hold(tmp_path: Path, who: Signatory) -> None:
    master, _ = make_master(tmp_path, "reel.mkv")
    sign_beside(master, tmp_path / "x.c2pa", MANIFEST, who)
    other, _ = make_master(tmp_path, "reel.mp4")
    with pytest.raises(RenderError, match="changed after it was signed"):
        read_credential(copied(other, tmp_path / "c"), tmp_path / "x.c2pa")


def test_a_source_that_is_signed_itself_is_what_the_credential_rests_on(tmp_path: Path, who: Signatory) -> None:
    source, hashes = make_master(tmp_path, "source.mp4")
    unsigned = source.read_bytes()
    sign_inside(source, FAITHFUL, who, hashes)
    master, _ = make_master(tmp_path, "reel.mkv")
    sidecar = tmp_path / "x.c2pa"

    def told(digest: str) -> str:
        sign_beside(master, sidecar, replace(MANIFEST, source=str(source), identity={"sha256": digest}), who)
        return read_credential(master, sidecar).source

    assert told(sha256_of(source)) == "The source carried a credential of its own, which held when this one was signed."
    # Another file than the one that was restored says nothing of it.
    assert told("0" * 64) == ""
    spoilt = bytearray(source.read_bytes())
    spoilt[spoilt.index(unsigned[len(unsigned) // 2 :][:24])] ^= 1
    source.write_bytes(spoilt)
    assert "did not hold: the file was changed after it was signed" in told(sha256_of(source))


def said(manifest: Any) -> Mapping[str, Any]:
    held = claims(manifest, "reel.mkv", "video/x-matroska")
    return {one["label"]: one["data"] for one in held["assertions"]} | {"all": held}


def test_what_a_credential_says() -> None:
    told = said(MANIFEST)
    actions = told["c2pa.actions.v2"]["actions"]
    assert [one["action"] for one in actions] == ["c2pa.opened", "c2pa.adjustedColor", "c2pa.edited", "c2pa.transcoded"]
    kinds = [one.get("digitalSourceType", "").rpartition("/")[2] for one in actions]
    # Deflicker can adjust at most, whatever other stages did.
    assert kinds == ["", "humanEdits", "compositeWithTrainedAlgorithmicMedia", ""]
    assert actions[2]["parameters"]["org.tratteggio.settings"] == MANIFEST.stages[2].settings
    labels = told["org.tratteggio.labels"]
    assert labels["framesWithInventedPixels"] == 1
    assert labels["auditHead"] == "c" * 64
    assert [step["name"] for step in told["org.tratteggio.steps"]["steps"]] == ["deflicker", "dirt", "inpaint"]
    assert told["org.tratteggio.source"]["sha256"] == "a" * 64
    (source,) = told["all"]["ingredients"]
    assert source["title"] == "reel.mov"
    assert "a" * 64 in source["description"]
    text = json.dumps(told["all"])
    # Names of persons and cases stay at home, and so do folders.
    assert "A. Person" not in text
    assert "2026-17" not in text
    assert "vault" not in text


@pytest.mark.parametrize(
    ("shares", "term"),
    [
        ({"SOURCE": 1.0}, ""),
        ({"SOURCE": 0.9, "ADJUSTED": 0.1}, "humanEdits"),
        ({"SOURCE": 0.9, "TRANSPORTED": 1e-9}, "humanEdits"),
        ({"ESTIMATED": 1.0}, "algorithmicallyEnhanced"),
        ({"ESTIMATED": 0.999999, "SYNTHESISED": 0.000001}, "compositeWithTrainedAlgorithmicMedia"),
        ({"SOURCE": 1.0, "ESTIMATED": 0.0, "SYNTHESISED": 0.0}, ""),
    ],
)
def test_source_types_follow_the_labels(shares: dict[str, float], term: str) -> None:
    kind = source_type(shares)
    assert kind.term == term
    assert kind.uri == (f"http://cv.iptc.org/newscodes/digitalsourcetype/{term}" if term else "")
    assert source_type(shares, Origin.ADJUSTED).term in ("", "humanEdits")


def test_a_faithful_master_never_says_that_anything_was_generated() -> None:
    assert "rainedAlgorithmic" not in json.dumps(said(FAITHFUL)["all"])
