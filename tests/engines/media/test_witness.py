"""A witness gives what its source gives, and knows repeats of what was read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engines.media.continuity import Run, duplicate_runs
from engines.media.open import open_source
from engines.media.witness import Witness
from tests.clips import write_stills


def test_frames_that_repeat_look_alike(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scan", frames=5)
    stills = sorted(folder.iterdir())
    stills[3].write_bytes(stills[2].read_bytes())
    plain, witness = open_source(folder), Witness(open_source(folder))
    assert witness.look(0) == ""
    for number in range(5):
        given, wanted = witness.read(number), plain.read(number)
        assert all(map(np.array_equal, given.planes, wanted.planes))
        assert witness.descent(number) == plain.descent(number)
    looks = [witness.look(number) for number in range(5)]
    assert duplicate_runs(looks) == (Run(2, 3),)
