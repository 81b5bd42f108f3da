"""Stage burn_in: nothing flagged goes unmarked, nothing else is covered, white is reference white in any coding."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engines.burn_in.facts import NOTHING, BurnIn, flagged_words
from engines.burn_in.strip import draw_strip, layout_of
from engines.colour.mapped import nominal_rgb
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.media.display import to_rgb8
from engines.policy import EXPORT, PREVIEW, RenderPolicy
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.stages.burn_in import BurnedIn
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

FACTS = BurnIn(Fraction(24), 3, "01:00:00:00", 100, "Case 12 \N{MIDDLE DOT} Exhibit B")
LAYOUTS = (
    PixelFormat("yuv", 8, 2, 2),
    PixelFormat("yuv", 10, 2, 1),
    PixelFormat("yuv", 8, 4, 4),
    PixelFormat("rgb", 10),
    PixelFormat("rgb", 16, alpha=True),
    PixelFormat("gray", 8),
    PixelFormat("rgb", 16, floating=True),
)
SPOTS = (Rect(0, 0, 3, 2), Rect(11, 7, 9, 12), Rect(30, 20, 1, 1), Rect(57, 33, 20, 20))


class Inventing(Stage):
    """Calls what lies in `SPOTS` synthesised."""

    name, version = "inventing", 1

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return self.name

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below = upstream.frame(number, region)
        labels = np.zeros((upstream.geometry.height, upstream.geometry.width), np.uint8)
        for spot in SPOTS:
            labels[spot.y : spot.bottom, spot.x : spot.right] = Origin.SYNTHESISED
        cut = labels[region.y : region.bottom, region.x : region.right]
        said = ProvenanceMap(cut, np.full(cut.shape, 9, np.uint8), np.zeros(cut.shape, np.int8))
        return Rendered(below.frame, below.provenance.merge(said))


def puller(frame: Frame, *stages: Stage, policy: RenderPolicy = EXPORT) -> Puller:
    return Puller(Graph(MemorySource([frame] * 3), ShotList((0,), 3), stages), policy)


@pytest.mark.parametrize("size", [(65, 41), (64, 40)])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_the_picture_stays_where_nothing_is_flagged(layout: PixelFormat, size: tuple[int, int]) -> None:
    frame = random_frame(layout, *size)
    answer = puller(frame, BurnedIn(FACTS)).pull(1)
    assert answer.frame.height > frame.height
    assert answer.frame.height % 2 == 0
    assert answer.frame.width == frame.width
    for index, (out, plane) in enumerate(zip(answer.frame.planes, frame.planes, strict=True)):
        assert out.dtype == plane.dtype, index
        assert np.array_equal(out[: plane.shape[0]], plane), index
    labels = answer.provenance.labels
    assert (labels[: frame.height] == Origin.SOURCE).all()
    assert (labels[frame.height :] == Origin.ADJUSTED).all()


@pytest.mark.parametrize("size", [(65, 41), (64, 40)])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_a_region_equals_the_same_cut_of_the_whole(layout: PixelFormat, size: tuple[int, int]) -> None:
    frame = random_frame(layout, *size)
    whole = puller(frame, Inventing(), BurnedIn(FACTS)).pull(2)
    step_x, step_y = max(layout.chroma_x, 4), max(layout.chroma_y, 4)
    starts = itertools.product(range(0, size[0], 7 * step_x), range(0, whole.frame.height, 7 * step_y))
    for x, y in starts:
        region = Rect(x, y, min(17, size[0] - x), min(23, whole.frame.height - y))
        part = puller(frame, Inventing(), BurnedIn(FACTS)).pull(2, region)
        aligned = region.aligned(layout.chroma_x, layout.chroma_y, whole.frame.bounds)
        cut = whole.crop(aligned)
        for one, other in zip(part.frame.planes, cut.frame.planes, strict=True):
            assert np.array_equal(one, other), region
        assert np.array_equal(part.provenance.labels, cut.provenance.labels)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_every_flagged_region_is_marked_and_only_they(layout: PixelFormat) -> None:
    frame = random_frame(layout, 65, 41)
    answer = puller(frame, Inventing(), BurnedIn(FACTS)).pull(0)
    picture = answer.frame.crop(frame.bounds.aligned(layout.chroma_x, layout.chroma_y, answer.frame.bounds))
    changed = np.zeros((frame.height, frame.width), bool)
    for index, (one, other) in enumerate(zip(picture.planes, frame.planes, strict=True)):
        differing = one[: other.shape[0]] != other
        if layout.family == "yuv" and index in (1, 2):
            grown = differing.repeat(layout.chroma_y, 0).repeat(layout.chroma_x, 1)
            differing = grown[: frame.height, : frame.width]
        changed |= differing
    labels = answer.provenance.labels[: frame.height]
    # What changed is no sample of the source any more, and what is flagged stays flagged.
    assert (labels[changed] > Origin.SOURCE).all()
    for spot in SPOTS:
        inside = np.s_[spot.y : min(spot.bottom, 41), spot.x : min(spot.right, 65)]
        assert (labels[inside] == Origin.SYNTHESISED).all()
        around = np.s_[max(spot.y - 2, 0) : spot.bottom + 2, max(spot.x - 2, 0) : spot.right + 2]
        assert np.count_nonzero(changed[around]) >= 12, spot
    far = np.ones_like(changed)
    for spot in SPOTS:
        reach = 2 + 2 * max(layout.chroma_x, layout.chroma_y)
        far[max(spot.y - reach, 0) : spot.bottom + reach, max(spot.x - reach, 0) : spot.right + reach] = False
    assert not changed[far].any()
    assert (labels[far] == Origin.SOURCE).all()


def test_untouched_chroma_cells_are_still_the_sources() -> None:
    layout = PixelFormat("yuv", 8, 2, 2)
    frame = random_frame(layout, 64, 40)
    answer = puller(frame, Inventing(), BurnedIn(FACTS)).pull(0)
    kept = ~chroma_cells(answer.provenance.labels[:40] != Origin.SOURCE, 2, 2)
    for index in (1, 2):
        assert np.array_equal(answer.frame.planes[index][:20][kept], frame.planes[index][kept])


@pytest.mark.parametrize(
    ("layout", "colour", "white"),
    [
        (PixelFormat("yuv", 8, 2, 2), ColourSpec("tv", "bt709", "bt709", "bt709"), 235 / 255),
        (PixelFormat("yuv", 10, 2, 2), ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084"), 0.56),
        (PixelFormat("yuv", 10, 2, 2), ColourSpec("tv", "bt2020nc", "bt2020", "arib-std-b67"), 0.7),
        (PixelFormat("rgb", 16, floating=True), ColourSpec("pc", "rgb", "bt709", "linear"), 0.8),
        (PixelFormat("rgb", 10), ColourSpec("pc", "rgb", "unknown", "cineon"), 0.66),
    ],
    ids=["sdr", "pq", "hlg", "linear", "log"],
)
def test_text_is_as_bright_as_white_paper(layout: PixelFormat, colour: ColourSpec, white: float) -> None:
    frame = random_frame(layout, 320, 40, colour=colour)
    answer = puller(frame, BurnedIn(FACTS)).pull(0)
    strip = answer.frame.crop(Rect(0, 40, 320, answer.frame.height - 40))
    brightest = float(np.max(nominal_rgb(strip.quantised())[1]))
    assert brightest == pytest.approx(white, abs=0.04)


def test_the_share_is_that_of_the_whole_picture() -> None:
    frame = random_frame(PixelFormat("gray", 8), 320, 240)
    plain, flagged = (puller(frame, *stages).pull(0) for stages in ((BurnedIn(FACTS),), (Inventing(), BurnedIn(FACTS))))
    assert not np.array_equal(plain.frame.planes[0][240:], flagged.frame.planes[0][240:])
    assert flagged_words(0) == NOTHING
    assert flagged_words(1e-7).endswith("<0.01 % of this picture")
    assert flagged_words(0.0321).endswith("3.21 % of this picture")


def test_what_is_said_of_time() -> None:
    assert FACTS.time(30) == "TC 01:00:01:06"
    assert replace(FACTS, start="").time(30) == "T 00:00:01:06"
    assert FACTS.frame(2) == "Frame 2 of 3, file no. 102"
    assert replace(FACTS, first_number=0).frame(2) == "Frame 2 of 3"


@pytest.mark.parametrize("width", [48, 64, 160, 640, 1920])
def test_a_strip_has_room_for_its_texts(width: int) -> None:
    facts = replace(FACTS, case="Collection of the municipal archive, box 12, " + "x" * 300)
    layout = layout_of(facts, width, 2, 240)
    assert (240 + layout.height) % 2 == 0
    assert all(item.x < width for item in layout.items)
    assert [item.name for item in layout.items] == ["banner", "time", "frame", "legend", "case"]
    assert layout.height >= layout.lines * layout.size
    drawn = draw_strip(facts, layout, 0, 0.5)
    # Nothing is cut at the right, nor at the bottom.
    assert (drawn[:, -2:] == drawn[0, 0]).all()
    assert (drawn[-2:] == drawn[0, 0]).all()


def test_previews_are_drawn_at_their_size() -> None:
    frame = random_frame(PixelFormat("yuv", 8, 2, 2), 320, 240)
    answer = puller(frame, Inventing(), BurnedIn(FACTS), policy=PREVIEW).pull(0)
    assert answer.frame.width == 160
    assert answer.frame.height > 120
    assert to_rgb8(answer.frame)[125:].max() > 200


def test_frames_differ_and_settings_decide_the_key() -> None:
    frame = random_frame(PixelFormat("gray", 8), 320, 40)
    one, two = (puller(frame, BurnedIn(FACTS)).pull(n).frame.planes[0] for n in (0, 1))
    assert not np.array_equal(one, two)
    assert BurnedIn(FACTS).key() != BurnedIn(replace(FACTS, case="")).key()
