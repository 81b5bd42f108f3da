"""Every verb of the window in one table: menus, tooltips, shortcuts and the command palette are made from it.

`_` marks a text for translation (lupdate -tr-function-alias QT_TR_NOOP+=_); `ui.action_menus` translates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.action_texts import NEEDS, TIPS

__all__ = ["ACTIONS", "MENUS", "NEEDS", "Action"]


@dataclass(frozen=True)
class Action:
    """One verb. The first of `keys` is the one shown.

    needs: a condition, a key of NEEDS, without which it is disabled. group: a separator stands between groups of a
    menu. choice: actions of one choice are checkable and exclude each other. held: acts while its key is down.
    """

    id: str
    text: str
    keys: tuple[str, ...]
    menu: str
    tip: str
    needs: str = ""
    group: str = ""
    choice: str = ""
    checkable: bool = False
    held: bool = False


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


def _one(
    name: str,
    text: str,
    keys: str = "",
    needs: str = "",
    group: str = "",
    choice: str = "",
    checkable: bool = False,
    held: bool = False,
) -> Action:
    """`keys` are separated by blanks."""
    return Action(name, text, tuple(keys.split()), "", TIPS[name], needs, group, choice, checkable, held)


def _choice(choice: str, needs: str, *rows: tuple[str, str, str]) -> tuple[Action, ...]:
    """Actions that exclude each other: name, text, key."""
    return tuple(_one(name, text, key, needs, choice, choice, checkable=True) for name, text, key in rows)


_MENUS: Mapping[str, tuple[Action, ...]] = {
    _("File"): (
        _one("file.new", _("New Project"), "Ctrl+N"),
        _one("file.open", _("Open..."), "Ctrl+O"),
        _one("file.open_folder", _("Open Folder of Stills..."), "Ctrl+Alt+O"),
        _one("file.open_project", _("Open Project..."), "Ctrl+Shift+O"),
        _one("file.recent", _("Open Recent"), "", "recent"),
        _one("file.demo", _("Open Demo Reel")),
        _one("file.save", _("Save"), "Ctrl+S", group="save"),
        _one("file.save_as", _("Save As..."), "Ctrl+Shift+S", group="save"),
        _one("file.import_media", _("Import Media..."), "Ctrl+I", group="media"),
        _one("file.relink", _("Find Missing Media..."), "", "media", "media"),
        _one("file.import_timeline", _("Import Timeline..."), group="timeline"),
        _one("file.export_timeline", _("Export Timeline..."), "", "clip", "timeline"),
        _one("file.export", _("Export..."), "Ctrl+E", "clip", "export"),
        _one("file.quit", _("Quit"), "Ctrl+Q", group="quit"),
    ),
    _("Edit"): (
        _one("edit.undo", _("Undo"), "Ctrl+Z", "undo"),
        _one("edit.redo", _("Redo"), "Ctrl+Shift+Z Ctrl+Y", "redo"),
        _one("edit.models", _("Models..."), group="preferences"),
        _one("edit.preferences", _("Preferences..."), "Ctrl+,", group="preferences"),
    ),
    _("View"): (
        *_choice(
            "compare",
            "clip",
            ("view.compare_source", _("Source"), "1"),
            ("view.compare_restored", _("Restored"), "2"),
            ("view.compare_wipe", _("Wipe"), "3"),
            ("view.compare_side", _("Side by Side"), "4"),
            ("view.compare_difference", _("Difference"), "5"),
            ("view.compare_blink", _("Blink"), "6"),
            ("view.compare_provenance", _("Provenance"), "7"),
        ),
        _one("view.hold_source", _("Hold to See Source"), "A", "clip", "compare", held=True),
        _one("view.overlay", _("Provenance Marks"), "W", "clip", "overlay", checkable=True),
        _one("view.transform", _("View Transform..."), "Ctrl+Shift+V", group="transform"),
        _one("view.false_colour", _("False Colour"), "Shift+E", "clip", "transform", checkable=True),
        _one("view.gamut", _("Gamut Warning"), "Shift+G", "clip", "transform", checkable=True),
        _one("view.surround", _("Next Surround"), "Ctrl+Shift+B", group="overlay"),
        _one("view.fit", _("Fit"), "F", "clip", "zoom"),
        _one("view.zoom_100", _("100 %"), "Ctrl+1", "clip", "zoom"),
        _one("view.zoom_200", _("200 %"), "Ctrl+2", "clip", "zoom"),
        _one("view.zoom_400", _("400 %"), "Ctrl+4", "clip", "zoom"),
        _one("view.zoom_in", _("Zoom In"), "Ctrl+= Ctrl++", "clip", "zoom"),
        _one("view.zoom_out", _("Zoom Out"), "Ctrl+-", "clip", "zoom"),
        _one("view.pin_a", _("Pin Colour A"), "Shift+A", "clip", "colour"),
        _one("view.pin_b", _("Pin Colour B"), "Shift+B", "clip", "colour"),
        _one("view.unpin", _("Remove Pins"), "", "pins", "colour"),
        _one("view.measure", _("Measure Change of Frame"), "T", "clip", "colour", checkable=True),
        _one("view.viewer_only", _("Viewer Only"), "F11", group="window", checkable=True),
        *_choice(
            "workspace",
            "",
            ("workspace.review", _("Review"), "Alt+1"),
            ("workspace.repair", _("Repair"), "Alt+2"),
            ("workspace.forensic", _("Forensic"), "Alt+3"),
            ("workspace.deliver", _("Deliver"), "Alt+4"),
        ),
    ),
    _("Play"): (
        _one("play.toggle", _("Play or Stop"), "Space", "clip", "play", held=True),
        _one("play.reverse", _("Reverse"), "J", "clip", "play"),
        _one("play.stop", _("Stop"), "K", "clip", "play"),
        _one("play.forward", _("Forward"), "L", "clip", "play"),
        _one("play.every_frame", _("Play Every Frame"), "Shift+L", "clip", "play", checkable=True),
        _one("play.step_back", _("Step Back"), "Left", "clip", "step"),
        _one("play.step_forward", _("Step Forward"), "Right", "clip", "step"),
        _one("play.step_back_10", _("Ten Frames Back"), "Shift+Left", "clip", "step"),
        _one("play.step_forward_10", _("Ten Frames On"), "Shift+Right", "clip", "step"),
        _one("play.to_start", _("To Start"), "Home", "clip", "jump"),
        _one("play.to_end", _("To End"), "End", "clip", "jump"),
        _one("play.go_to", _("Go To..."), "G", "clip", "jump"),
        _one("play.previous_cut", _("Previous Cut"), "Up", "clip", "jump"),
        _one("play.next_cut", _("Next Cut"), "Down", "clip", "jump"),
        _one("play.previous_modified", _("Previous Masked Frame"), "Ctrl+Left", "modified", "jump"),
        _one("play.next_modified", _("Next Masked Frame"), "Ctrl+Right", "modified", "jump"),
        _one("play.previous_flagged", _("Previous Flagged Frame"), "Shift+F7", "flagged", "jump"),
        _one("play.next_flagged", _("Next Flagged Frame"), "F7", "flagged", "jump"),
        _one("play.set_in", _("Set In Point"), "I", "clip", "range"),
        _one("play.set_out", _("Set Out Point"), "O", "clip", "range"),
        _one("play.clear_in_out", _("Clear In and Out"), "Shift+X", "in_out", "range"),
        _one("play.marker", _("Marker"), "M", "clip", "range"),
    ),
    _("Shot"): (
        _one("shot.detect", _("Find Cuts"), "Ctrl+D", "clip"),
        _one("shot.split", _("Split Shot Here"), "S", "clip"),
        _one("shot.merge", _("Merge with Previous Shot"), "Shift+S", "cuts"),
        _one("shot.copy_treatment", _("Copy Treatment to Shots..."), "Ctrl+Shift+C", "cuts", "copy"),
    ),
    _("Mask"): (
        *_choice(
            "tool",
            "clip",
            ("mask.hand", _("Hand"), "H"),
            ("mask.brush", _("Brush"), "B"),
            ("mask.eraser", _("Eraser"), "E"),
            ("mask.lasso", _("Lasso"), "Q"),
            ("mask.rectangle", _("Rectangle"), "R"),
            ("mask.line", _("Line"), "N"),
        ),
        _one("mask.smaller", _("Smaller Brush"), "[", "clip", "brush"),
        _one("mask.larger", _("Larger Brush"), "]", "clip", "brush"),
        _one("mask.softer", _("Softer Brush"), "Shift+[ {", "clip", "brush"),
        _one("mask.harder", _("Harder Brush"), "Shift+] }", "clip", "brush"),
        _one("mask.layer_protect", _("Paint No Damage Here"), "Z", "clip", "layer", checkable=True),
        _one("mask.layer_original", _("Paint Original Back"), "X", "clip", "layer", checkable=True),
        _one("mask.repeat", _("Repeat Last Stroke"), ".", "stroke", "copy"),
        _one("mask.copy_next", _("Copy to Next Frame"), "C", "mask", "copy"),
        _one("mask.span", _("Copy over In to Out..."), "Shift+C", "mask", "copy"),
        _one("mask.propagate", _("Follow Motion..."), "P", "mask", "copy"),
        _one("mask.clear", _("Clear Frame"), "Del", "mask", "copy"),
        _one("mask.hide", _("Hide Masks"), "V", "clip", "show", checkable=True),
        _one("mask.solo", _("Mask Only"), "Shift+V", "clip", "show", checkable=True),
        _one("mask.onion", _("Onion Skin"), "Shift+O", "clip", "show", checkable=True),
        _one("mask.import", _("Import Masks..."), "", "clip", "files"),
        _one("mask.export", _("Export Masks..."), "", "masks", "files"),
    ),
    _("Damage"): (
        _one("proposal.next", _("Next Proposal"), "D", "proposals", "step"),
        _one("proposal.previous", _("Previous Proposal"), "Shift+D", "proposals", "step"),
        _one("proposal.accept", _("Accept Proposal"), "Y", "proposal", "decide"),
        _one("proposal.reject", _("Reject Proposal"), "U", "proposal", "decide"),
        _one("proposal.repair_from", _("Accept All as Sure as This"), "Shift+Y", "proposal", "decide"),
        _one("proposal.show", _("Outline Proposals"), "Shift+W", "clip", "show", checkable=True),
    ),
    _("Evidence"): (
        _one("evidence.case", _("Case or Collection..."), "Ctrl+Alt+C"),
        _one("forensic.mode", _("Forensic Mode"), "Ctrl+Shift+M", checkable=True),
        _one("region.search", _("Look for Regions"), "Ctrl+Shift+R", "clip", "region"),
        _one("region.next", _("Next Region"), "F8", "regions", "region"),
        _one("region.previous", _("Previous Region"), "Shift+F8", "regions", "region"),
        _one("region.revert", _("Revert Region to Source"), "Shift+R", "region", "region"),
        _one("evidence.master", _("About This Master..."), "Ctrl+Alt+M", "master", "master"),
        _one("evidence.log", _("Audit Log..."), "Ctrl+Alt+L", "master", "master"),
        _one("evidence.package", _("Archive Package..."), "Ctrl+Alt+P", "master", "master"),
    ),
    _("Stage"): (
        _one("stage.add", _("Add Stage..."), "Ctrl+Shift+A", "clip"),
        _one("stage.toggle", _("Switch Stage On or Off"), "Ctrl+T", "stage", "one"),
        _one("stage.reset", _("Reset Stage"), "", "stage", "one"),
        _one("stage.move_up", _("Move Stage Earlier"), "Ctrl+Up", "stage", "one"),
        _one("stage.move_down", _("Move Stage Later"), "Ctrl+Down", "stage", "one"),
        _one("stage.remove", _("Remove Stage"), "", "stage", "one"),
        _one("stage.faithful", _("Slider to Faithful"), "Ctrl+Shift+F", "detail", "slider"),
        _one("stage.perceptual", _("Slider to Perceptual"), "Ctrl+Shift+P", "detail", "slider"),
        _one("stage.automatic", _("Automatic Restoration..."), "Ctrl+Alt+A", "clip", "tune"),
        _one("stage.tune", _("Tune to Your Archive..."), group="tune"),
    ),
    _("Help"): (
        _one("help.palette", _("Command Palette..."), "Ctrl+K"),
        _one("help.shortcuts", _("Keyboard Shortcuts..."), "F1 Ctrl+/"),
        _one("help.licences", _("Licences..."), group="about"),
        _one("help.about", _("About Tratteggio"), group="about"),
    ),
}

MENUS = tuple(_MENUS)

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {action.id: replace(action, menu=menu) for menu, actions in _MENUS.items() for action in actions}
)
"""By id, in the order of the menus."""
