"""Whatever the files of a package hold, it is refused in a sentence, and nothing outside of it is touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.package.check import check_package
from app.package.layout import BAG_INFO, BAGIT, MANIFESTS, TAG_MANIFESTS, master_of
from engines.errors import TratteggioError
from tests.flips import bag_again

LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.from_regex(rb"[0-9a-f]{64}  ?(data/)?[a-z./~\\%]{1,12}", fullmatch=True),
        st.sampled_from([b"BagIt-Version: 1.0", b"Payload-Oxum: 99999999999999999999.1", b"Payload-Oxum: -1.x", b""]),
    ),
    max_size=6,
)
QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def spoilt(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(package, tmp_path_factory.mktemp("hostile") / "package"))


@QUIET
@given(name=st.sampled_from([BAGIT, BAG_INFO, *MANIFESTS, *TAG_MANIFESTS]), lines=LINES, keep=st.booleans())
def test_tag_files_of_anything(spoilt: Path, name: str, lines: list[bytes], keep: bool) -> None:
    path = spoilt / name
    whole = path.read_bytes()
    held = (whole if keep else b"") + b"\n".join(lines) + b"\n"
    path.write_bytes(held)
    try:
        if held != whole:
            with pytest.raises(TratteggioError):
                check_package(spoilt)
    finally:
        path.write_bytes(whole)


@QUIET
@given(
    held=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ).filter(lambda held: held != 1)  # the version, in whatever type
)
def test_manifests_of_anything(spoilt: Path, held: object) -> None:
    path = spoilt / "data" / "reel.mkv.tratteggio.json"
    whole = path.read_bytes()
    asked = json.loads(whole)
    try:
        for spoil in (held, asked | {"master": held}, asked | {"version": held}):
            path.write_text(json.dumps(spoil), encoding="utf-8")
            with pytest.raises(TratteggioError):
                master_of(spoilt)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["evil%2e.txt", "back\\slash", "cafe\u0301", "bell\x07"])
def test_names_that_mean_another_thing_elsewhere(copied: Path, name: str) -> None:
    (copied / "data" / name).write_text("x", encoding="ascii")
    bag_again(copied)
    with pytest.raises(TratteggioError, match="cannot stand in an archive package"):
        check_package(copied)
