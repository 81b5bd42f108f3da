"""OpenEXR files whose header says what no writer meant: one sentence, never a failure of the library's."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.errors import MediaError
from engines.media.stills import read_still, signature
from tests.engines.media.headers import stills_kit as kit


def test_a_channel_whose_name_is_no_text(tmp_path: Path) -> None:
    path = kit.exr(tmp_path / "a.exr", "gbrpf16le", (24, 10))
    data = path.read_bytes()
    channels = data.index(b"chlist\0") + len(b"chlist\0") + 4
    path.write_bytes(data[:channels] + b"\xd6" + data[channels + 1 :])
    for look in (signature, read_still):
        with pytest.raises(MediaError, match=r"a\.exr"):
            look(path)
