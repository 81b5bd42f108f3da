"""What can be done with a place in the picture: its colour pinned, a spot there taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from app.stage_text import stage_title
from app.view_state import PINS
from ui.i18n import tr
from ui.viewer.picks import Pick
from ui.viewer.tools.pin import pin_letter

if TYPE_CHECKING:
    from ui.viewer.pointer import Pointer


def place_menu(parent: QWidget, pointer: Pointer, place: tuple[float, float], pick: Pick | None) -> QMenu:
    """For a place in source pixels. pick: the spot of a setting that lies there. It deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    for name in PINS:
        action = menu.addAction(tr("PlaceMenu", "Pin {0} here").format(pin_letter(name)))
        action.setToolTip(tr("PlaceMenu", "The colour of this place is read and compared below the picture."))
        action.triggered.connect(lambda _=False, name=name: pointer.pins.put(name, *place))
    if pick is not None:
        menu.addSeparator()
        text = tr("PlaceMenu", "Remove {setting} of {stage}").format(setting=pick.label, stage=stage_title(pick.stage))
        menu.addAction(text).triggered.connect(lambda: pointer.picks.remove(pick))
    return menu
