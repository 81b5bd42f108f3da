"""Which method each action of the table calls, and what it needs to be available."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Slot

from app import commands, navigate
from app.document import ClipWork, Document, Layer
from app.view_state import COMPARE_MODES, PINS, TOOLS
from engines.errors import TratteggioError
from ui.file_verbs import FileVerbs
from ui.forensic_verbs import ForensicVerbs
from ui.main_window import MainWindow
from ui.theme import SURROUNDS
from ui.window_dialogs import WindowDialogs
from ui.workspaces import WORKSPACES

Verbs = Mapping[str, Callable[..., object]]


class Bindings(QObject):
    """Binds the whole table of actions to a window. Lives as long as the window."""

    def __init__(self, window: MainWindow, files: FileVerbs, dialogs: WindowDialogs) -> None:
        super().__init__(window)
        self._window, self._files, self._dialogs = window, files, dialogs
        self._forensic = ForensicVerbs(window)
        self._session, self._state, self._book = window.session, window.state, window.book
        for verbs in (
            self._of_files(),
            self._of_view(),
            self._of_play(),
            self._of_shots(),
            self._of_masks(),
            self._of_damage(),
            self._forensic.verbs(),
        ):
            for action, method in verbs.items():
                self._book.bind(action, method)
        for action, method in self._of_stages().items():
            self._book.bind(action, method)
        self._watch()
        self.renew()

    def _of_files(self) -> Verbs:
        files, dialogs, session, evidence = self._files, self._dialogs, self._session, self._dialogs.evidence
        return {
            "file.new": files.new,
            "file.open": files.choose,
            "file.open_folder": files.choose_folder,
            "file.open_project": files.choose_project,
            "file.demo": files.open_demo,
            "file.save": files.save,
            "file.save_as": files.save_as,
            "file.import_media": files.choose_media,
            "file.relink": dialogs.relink,
            "evidence.case": evidence.case,
            "file.import_timeline": files.timelines.choose,
            "file.export_timeline": files.timelines.export,
            "file.export": dialogs.export,
            "evidence.master": evidence.about,
            "evidence.log": evidence.audit_log,
            "evidence.package": evidence.package,
            "file.quit": self._window.close,
            "edit.undo": session.undo,
            "edit.redo": session.redo,
            "edit.models": dialogs.models,
            "edit.preferences": dialogs.preferences,
            "help.palette": dialogs.palette,
            "help.shortcuts": dialogs.shortcuts,
            "help.about": dialogs.about,
            "help.licences": dialogs.licences,
        }

    def _of_view(self) -> Verbs:
        viewer, state, window = self._window.viewer, self._state, self._window
        verbs: dict[str, Callable[..., object]] = {
            "view.hold_source": lambda down: state.set("holding_source", down),
            "view.overlay": lambda: state.set("overlay", not state.overlay),
            "view.transform": self._dialogs.view_transform,
            "view.false_colour": lambda: self._toggle_overlay("exposure"),
            "view.gamut": lambda: self._toggle_overlay("gamut"),
            "view.surround": self._next_surround,
            "view.fit": viewer.fit,
            "view.zoom_100": lambda: viewer.zoom_to(100.0),
            "view.zoom_200": lambda: viewer.zoom_to(200.0),
            "view.zoom_400": lambda: viewer.zoom_to(400.0),
            "view.zoom_in": viewer.zoom_in,
            "view.zoom_out": viewer.zoom_out,
            "view.pin_a": lambda: viewer.pin("pin_a"),
            "view.pin_b": lambda: viewer.pin("pin_b"),
            "view.unpin": viewer.unpin,
            "view.measure": lambda: state.set("measuring", not state.measuring),
            "view.viewer_only": lambda: state.set("viewer_only", not state.viewer_only),
        }
        for mode in COMPARE_MODES:
            verbs[f"view.compare_{mode}"] = lambda mode=mode: state.set("compare", mode)
        for name in ("review", "repair", "forensic", "deliver"):
            verbs[f"workspace.{name}"] = lambda name=name: window.show_workspace(name)
        return verbs

    def _of_play(self) -> Verbs:
        player, session, state = self._window.player, self._session, self._state
        return {
            "play.toggle": self._space,
            "play.reverse": player.reverse,
            "play.stop": player.stop,
            "play.forward": player.forward,
            "play.every_frame": lambda: state.set("every_frame", not state.every_frame),
            "play.step_back": lambda: player.step(-1),
            "play.step_forward": lambda: player.step(1),
            "play.step_back_10": lambda: player.step(-10),
            "play.step_forward_10": lambda: player.step(10),
            "play.to_start": lambda: session.seek(0),
            "play.to_end": lambda: session.seek(2**31 - 1),
            "play.go_to": self._dialogs.go_to,
            "play.previous_cut": lambda: self._go(lambda clip, at: navigate.to_cut(clip, at, -1)),
            "play.next_cut": lambda: self._go(lambda clip, at: navigate.to_cut(clip, at, 1)),
            "play.previous_modified": lambda: self._go(lambda clip, at: navigate.to_modified(clip, at, -1)),
            "play.next_modified": lambda: self._go(lambda clip, at: navigate.to_modified(clip, at, 1)),
            "play.previous_flagged": lambda: self._to_flagged(-1),
            "play.next_flagged": lambda: self._to_flagged(1),
            "play.set_in": self._set_in,
            "play.set_out": self._set_out,
            "play.clear_in_out": self._clear_in_out,
            "play.marker": self._marker,
        }

    def _of_shots(self) -> Verbs:
        return {
            "shot.detect": self._files.find_cuts,
            "shot.split": self._split,
            "shot.merge": self._merge,
            "shot.copy_treatment": self._window.shots.copy_treatment,
        }

    def _of_masks(self) -> Verbs:
        viewer, state = self._window.viewer, self._state
        verbs: dict[str, Callable[..., object]] = {
            "mask.smaller": viewer.smaller,
            "mask.larger": viewer.larger,
            "mask.softer": viewer.softer,
            "mask.harder": viewer.harder,
            "mask.layer_protect": lambda: self._toggle_layer("protect"),
            "mask.layer_original": lambda: self._toggle_layer("original"),
            "mask.repeat": viewer.repeat_last,
            "mask.copy_next": viewer.copy_to_next,
            "mask.span": viewer.span,
            "mask.propagate": viewer.propagate,
            "mask.clear": viewer.clear_frame,
            "mask.hide": lambda: state.set("masks_shown", not state.masks_shown),
            "mask.solo": lambda: state.set("masks_solo", not state.masks_solo),
            "mask.onion": lambda: state.set("onion_skin", not state.onion_skin),
            "mask.import": self._dialogs.import_masks,
            "mask.export": self._dialogs.export_masks,
        }
        for tool in TOOLS:
            verbs[f"mask.{tool}"] = lambda tool=tool: state.set("tool", tool)
        return verbs

    def _of_damage(self) -> Verbs:
        proposals, state = self._window.desks.proposals, self._state
        return {
            "proposal.next": lambda: self._to_proposal(1),
            "proposal.previous": lambda: self._to_proposal(-1),
            "proposal.accept": lambda: proposals.decide(accept=True),
            "proposal.reject": lambda: proposals.decide(accept=False),
            "proposal.repair_from": self._repair_from,
            "proposal.show": lambda: state.set("proposals_shown", not state.proposals_shown),
        }

    def _of_stages(self) -> Verbs:
        stages = self._window.stages
        return {
            "stage.add": stages.add_stage,
            "stage.toggle": stages.toggle_current,
            "stage.reset": stages.reset_current,
            "stage.move_up": lambda: stages.move_current(-1),
            "stage.move_down": lambda: stages.move_current(1),
            "stage.remove": stages.remove_current,
            "stage.faithful": lambda: self._slide(0.0),
            "stage.perceptual": lambda: self._slide(1.0),
            "stage.automatic": self._dialogs.automatic,
            "stage.tune": self._dialogs.tune,
        }

    def _watch(self) -> None:
        session, state, bridge = self._session, self._state, self._window.viewer.bridge
        for signal in (session.document_changed, session.clip_changed, session.playhead_changed):
            signal.connect(self.renew)
        session.history_changed.connect(self.renew)
        bridge.cache_changed.connect(self.renew)
        state.changed.connect(self._show_state)
        self._window.workspaces.changed.connect(self._show_workspace)
        self._window.media.open_wanted.connect(self._files.choose)
        self._window.masks.wanted.connect(self._book.trigger)
        self._window.proposals.wanted.connect(self._book.trigger)
        self._window.regions.wanted.connect(self._book.trigger)
        for changed in (self._window.desks.regions.changed, self._window.desks.regions.current_changed):
            changed.connect(self.renew)
        self._window.desks.proposals.changed.connect(self.renew)
        self._window.desks.proposals.current_changed.connect(self.renew)
        self._window.stages.current_changed.connect(self.renew)
        self._window.viewer.desk.repeatable_changed.connect(self.renew)
        for name in (
            "compare",
            "tool",
            "overlay",
            "masks_shown",
            "masks_solo",
            "onion_skin",
            "layer",
            "every_frame",
            "screen",
        ):
            self._show_state(name)
        self._show_state("proposals_shown")

    @Slot()
    def renew(self, *_: object) -> None:
        """What can be done now, and why the rest cannot."""
        session, clip = self._session, self._session.clip
        there = {
            "clip": clip is not None,
            "media": bool(session.document.clips),
            "master": clip is not None and clip.media.tracked,
            "recent": bool(self._files.recent_paths()),
            "undo": bool(session.undo_name),
            "redo": bool(session.redo_name),
            "in_out": clip is not None and (clip.in_point is not None or clip.out_point is not None),
            "cuts": clip is not None and len(clip.shots) > 1,
            "flagged": clip is not None and any(self._flagged(clip).values()),
            "modified": clip is not None and bool(clip.painted),
            "mask": clip is not None and session.playhead in clip.layer(self._state.layer),
            "masks": clip is not None and bool(clip.layer(self._state.layer)),
            "proposals": self._window.desks.proposals.any,
            "proposal": self._window.desks.proposals.current is not None,
            "stroke": self._window.viewer.can_repeat(),
            "pins": any(getattr(self._state, name) is not None for name in PINS),
            "stage": bool(self._window.stages.current_stage()),
            "detail": clip is not None and _detail_on(clip, session.playhead),
        }
        for need, fulfilled in there.items():
            self._book.set_available(need, fulfilled)
        self._forensic.renew()
        self._book.set_text("edit.undo", _named(self.tr("Undo"), session.undo_name))
        self._book.set_text("edit.redo", _named(self.tr("Redo"), session.redo_name))

    @Slot(str)
    def _show_state(self, name: str) -> None:
        state, book = self._state, self._book
        match name:
            case "compare":
                book.set_checked(f"view.compare_{state.compare}", True)
            case "tool":
                book.set_checked(f"mask.{state.tool}", True)
            case "overlay":
                book.set_checked("view.overlay", state.overlay)
            case "screen":
                book.set_checked("view.false_colour", state.screen.overlay == "exposure")
                book.set_checked("view.gamut", state.screen.overlay == "gamut")
            case "masks_shown":
                book.set_checked("mask.hide", not state.masks_shown)
            case "masks_solo":
                book.set_checked("mask.solo", state.masks_solo)
            case "onion_skin":
                book.set_checked("mask.onion", state.onion_skin)
            case "layer":
                book.set_checked("mask.layer_protect", state.layer == "protect")
                book.set_checked("mask.layer_original", state.layer == "original")
                self.renew()
            case "proposals_shown":
                book.set_checked("proposal.show", state.proposals_shown)
            case "measuring":
                book.set_checked("view.measure", state.measuring)
            case "pin_a" | "pin_b":
                self.renew()
            case "every_frame":
                book.set_checked("play.every_frame", state.every_frame)
            case "viewer_only":
                book.set_checked("view.viewer_only", state.viewer_only)
                self._window.set_viewer_only(state.viewer_only)

    @Slot(str)
    def _show_workspace(self, name: str) -> None:
        self._book.set_checked(f"workspace.{name}", True)
        self._state.set("overlay", WORKSPACES[name].marks)

    def _flagged(self, clip: ClipWork) -> Mapping[int, float]:
        return self._window.viewer.bridge.flagged(clip.id)

    def _go(self, to: Callable[[ClipWork, int], int | None]) -> None:
        clip = self._session.clip
        target = to(clip, self._session.playhead) if clip else None
        if target is not None:
            self._session.seek(target)

    def _to_flagged(self, direction: int) -> None:
        self._go(lambda clip, at: navigate.to_flagged(self._flagged(clip), at, direction))

    def _do(self, name: str, change: Callable[[Document, str, int], Document]) -> None:
        """One undo step on the active clip at the playhead; what cannot be done is said."""
        session = self._session
        if session.clip is None:
            return
        try:
            session.do(name, change(session.document, session.clip_id, session.playhead))
        except TratteggioError as error:
            session.notify_error(error)

    def _set_in(self) -> None:
        self._do(self.tr("Set in point"), commands.set_in)

    def _set_out(self) -> None:
        self._do(self.tr("Set out point"), commands.set_out)

    def _clear_in_out(self) -> None:
        self._do(
            self.tr("Clear in and out"),
            lambda doc, clip, _: commands.set_out(commands.set_in(doc, clip, None), clip, None),
        )

    def _marker(self) -> None:
        self._do(self.tr("Marker"), commands.toggle_marker)

    def _split(self) -> None:
        self._do(self.tr("Split shot"), commands.add_cut)

    def _merge(self) -> None:
        clip = self._session.clip
        if clip is not None:
            start = clip.shots[clip.shot_index(self._session.playhead)].start
            self._do(self.tr("Merge shots"), lambda doc, clip_id, _: commands.remove_cut(doc, clip_id, start))

    def _slide(self, value: float) -> None:
        clip = self._session.clip
        if clip is not None:
            shot = clip.shot_index(self._session.playhead)
            self._do(self.tr("Slider"), lambda doc, clip_id, _: commands.set_slider(doc, clip_id, shot, value))

    def _to_proposal(self, direction: int) -> None:
        if self._window.desks.proposals.step(direction):
            self._state.set("proposals_shown", True)
        else:
            self._session.notify(
                self.tr("Every proposal from here on is decided.")
                if direction > 0
                else self.tr("Every proposal before this one is decided.")
            )

    def _repair_from(self) -> None:
        proposals = self._window.desks.proposals
        if proposals.current is not None:
            proposals.repair_from(proposals.current.proposal.confidence)

    def _toggle_layer(self, layer: Layer) -> None:
        self._state.set("layer", "damage" if self._state.layer == layer else layer)

    def _toggle_overlay(self, overlay: str) -> None:
        """Over the picture, instead of another; again to take it away."""
        now = self._state.screen
        self._state.set("screen", now.under("" if now.overlay == overlay else overlay))

    def _next_surround(self) -> None:
        names = list(SURROUNDS)
        self._state.set("surround", names[(names.index(self._state.surround) + 1) % len(names)])

    def _space(self, down: bool) -> None:
        """Space plays when it is let go, unless it was held to move the picture."""
        if down:
            self._window.viewer.hold_to_pan(True)
        elif not self._window.viewer.hold_to_pan(False):
            self._window.player.toggle()


def _detail_on(clip: ClipWork, frame: int) -> bool:
    use = clip.shots[clip.shot_index(frame)].stage("detail")
    return use is not None and use.enabled


def _named(verb: str, what: str) -> str:
    return f"{verb} {what}" if what else verb
