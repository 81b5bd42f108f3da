"""Curves of a stage over the shot: drawn with units, followed by the playhead, exported as a table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.commands import add_stage, set_setting
from app.curves_desk import CurvesDesk, CurvesRequest, curves_of, table
from app.document import StageUse
from app.session import Session
from app.view_state import ViewState
from engines.analysis.curves import Curve
from engines.media.source import ClipInfo
from engines.types import ColourSpec, PixelFormat
from tests.app.fake_stages import Pace
from tests.app.fake_stages import fakes as _fakes
from tests.ui.panels import fakes
from ui.panels.curves_panel import CurvesPanel

GREY = PixelFormat("gray", 8)
INFO = ClipInfo(
    Path("/films/a.mkv"), "container", "matroska", "ffv1", 64, 48, GREY, "gray", ColourSpec(),
    Fraction(1), Fraction(16), Fraction(1, 16), tuple(range(49)), fingerprint="f" * 64,
)  # fmt: skip
CURVES = (
    Curve("Path x", "px", np.linspace(-3, 3, 20), np.zeros(20)),
    Curve("Rotation", "degrees", np.linspace(0, 0.3, 20), np.zeros(20)),
)

fake_stages = _fakes


@pytest.fixture
def session() -> Session:
    made = fakes.session()
    made.load(add_stage(made.document, "c1", "deflicker"))
    return made


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> Iterator[CurvesPanel]:
    desk, bridge = CurvesDesk(), fakes.bridge()
    # The clip is not there: what would be asked of it comes from the tests.
    bridge.clip_info = lambda _: None
    made = CurvesPanel(session, bridge, ViewState(), desk)
    fakes.hold(qtbot, made)
    made.resize(340, 600)
    made.show()
    yield made
    desk.close()


def request(session: Session) -> CurvesRequest:
    assert session.clip is not None
    return CurvesRequest(session.clip, 0, "deflicker", INFO)


def test_each_curve_has_a_plot_with_its_unit(panel: CurvesPanel, session: Session) -> None:
    panel._later.drop()
    panel._on_ready(request(session), CURVES)
    assert [plot.isVisibleTo(panel) for plot in panel.plots] == [True, True]
    assert panel.plots[0].accessibleName() == "Path x before and after"
    assert panel.export.isEnabled()
    xs, ys = panel.plots[0].dashed.getData()
    np.testing.assert_array_equal(xs, np.arange(20))
    np.testing.assert_allclose(ys, CURVES[0].before)
    panel._on_ready(request(session), CURVES[:1])
    assert [plot.isVisibleTo(panel) for plot in panel.plots] == [True, False]


def test_the_playhead_is_marked_and_a_click_goes_there(panel: CurvesPanel, session: Session, qtbot: QtBot) -> None:
    panel._later.drop()
    panel._on_ready(request(session), CURVES)
    session.seek(7)
    assert set(panel.plots[0].playhead.getData()[0]) == {7}
    panel.plots[0].chosen.emit(12)
    assert session.playhead == 12


def test_a_shot_that_is_not_analysed_yet_says_so(panel: CurvesPanel, session: Session) -> None:
    panel._on_ready(request(session), None)
    assert "being analysed" in panel.note.text()
    assert panel.note.isVisibleTo(panel)
    assert not panel.export.isEnabled()


def test_without_a_stage_that_has_curves_it_says_what_to_add(
    panel: CurvesPanel, session: Session, qtbot: QtBot
) -> None:
    session.load(fakes.session().document)
    qtbot.waitUntil(lambda: "add Stabilise or Deflicker" in panel.note.text())


def test_the_table_names_its_units(panel: CurvesPanel, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    panel._later.drop()
    panel._on_ready(request(session), CURVES)
    with qtbot.waitSignal(panel._desk.written):
        panel.export_to(str(tmp_path / "curves.csv"))
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    assert lines[0] == "frame,Path x before (px),Path x after (px),Rotation before (degrees),Rotation after (degrees)"
    assert lines[1] == "0,-3,0,0,0"
    assert len(lines) == 21
    assert table(5, CURVES).splitlines()[1].startswith("5,")


def test_curves_come_from_what_was_measured(fake_stages: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.analyses import kept_analyses
    from app.data_folder import HOME_VARIABLE
    from engines.analysis.store import shot_key
    from engines.detect.shots import Shot
    from tests.app.fake_stages import Level

    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    session = Session(add_stage(fakes.session().document, "c1", "even"))
    clip = session.clip
    assert clip is not None
    asked = CurvesRequest(clip, 1, "even", INFO)
    assert curves_of(asked) is None
    assert curves_of(CurvesRequest(clip, 1, "inpaint", INFO)) == ()

    class Known:
        info = INFO

    means = np.linspace(100, 120, 18)
    key = shot_key(Level(), Known(), Shot(20, 37))  # type: ignore[arg-type]
    kept_analyses()._put(key, {"means": means})
    curves = curves_of(asked)
    assert curves is not None
    (curve,) = curves
    np.testing.assert_allclose(curve.before, means / 2.55)
    assert clip.shots[1].stage("even") == StageUse("even")


def test_what_concerns_other_stages_draws_nothing_anew(panel: CurvesPanel, session: Session) -> None:
    session.do("Add", add_stage(session.document, "c1", "grade"))
    panel._on_ready(request(session), CURVES)
    panel._later.drop()
    asked: list[bool] = []
    panel._later.ask = lambda: asked.append(True)  # type: ignore[method-assign]
    session.do("Gain", set_setting(session.document, "c1", 0, "grade", "gain", "1.2"))
    assert asked == []
    session.do("Strength", set_setting(session.document, "c1", 0, "deflicker", "strength", "0.5"))
    assert asked == [True]
    # Curves of settings that were changed meanwhile do not stay.
    late = request(session)
    session.do("Strength", set_setting(session.document, "c1", 0, "deflicker", "strength", "0.6"))
    asked.clear()
    panel._on_ready(late, CURVES)
    assert asked == [True]


def test_a_desk_that_is_closed_is_asked_for_nothing(session: Session) -> None:
    """A panel's timer may fire while the window closes."""
    desk = CurvesDesk()
    desk.close()
    desk.ask(request(session))
