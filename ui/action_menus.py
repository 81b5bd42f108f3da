"""The table of actions as Qt actions of a window: menus, tooltips, keys; each bound to one method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions import ACTIONS, MENUS, NEEDS, Action
from ui.held_key import HeldKey
from ui.i18n import tr
from ui.key_guard import SOFT, KeyGuard

_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True)
class Entry:
    """An action as lists show it. why: the reason where it is disabled."""

    id: str
    text: str
    menu: str
    keys: tuple[str, ...]
    tip: str
    why: str


class ActionBook(QObject):
    """Every action of the table on `window`. A held action's method is called with True at press, False at release."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._bound: dict[str, Callable[..., object]] = {}
        self._why: dict[str, str] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._own_keys: list[HeldKey | QShortcut] = []
        self._groups: dict[str, QActionGroup] = {}
        self._guard = KeyGuard(self)
        for row in ACTIONS.values():
            self._actions[row.id] = self._make(row)
        self.rebind({})

    def action(self, name: str) -> QAction:
        """Raises KeyError."""
        return self._actions[name]

    def bind(self, name: str, method: Callable[..., object]) -> None:
        """What the action does. Raises KeyError for an unknown action."""
        self._bound[self._actions[name].objectName()] = method

    def unbound(self) -> list[str]:
        """Actions that would do nothing."""
        return [name for name, action in self._actions.items() if name not in self._bound and action.menu() is None]

    def trigger(self, name: str) -> None:
        """As if chosen in its menu. Raises KeyError."""
        self._actions[name].trigger()

    def set_available(self, need: str, on: bool, why: str = "") -> None:
        """Whether a condition of NEEDS holds; where not, its actions are disabled and say why."""
        reason = "" if on else (why or tr("", NEEDS[need]))
        if self._why.get(need) == reason:
            return
        self._why[need] = reason
        for row in ACTIONS.values():
            if row.needs == need:
                self._actions[row.id].setEnabled(on)
                self._dress(row)

    def set_checked(self, name: str, on: bool) -> None:
        self._actions[name].setChecked(on)

    def set_text(self, name: str, text: str) -> None:
        """Another text in the menu, such as what undo would undo."""
        self._actions[name].setText(text)
        self._actions[name].setIconText(text)
        self._dress(ACTIONS[name])

    def set_recent(self, paths: Sequence[str], chosen: Callable[[str], object]) -> None:
        """Fills the menu of what was opened lately; `chosen` gets the path."""
        menu = self._actions["file.recent"].menu()
        menu = menu if isinstance(menu, QMenu) else QMenu(self._window)
        menu.clear()
        for path in paths:
            menu.addAction(path.replace("&", "&&")).triggered.connect(partial(_call, chosen, path))
        self._actions["file.recent"].setMenu(menu)

    def rebind(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Keys that differ from the table, by action; all others are as in the table."""
        self._keys = {row.id: tuple(keys.get(row.id, row.keys)) for row in ACTIONS.values()}
        self._drop_keys()
        for row in ACTIONS.values():
            own = [key for key in self._keys[row.id] if row.held or key in SOFT]
            rest = [key for key in self._keys[row.id] if key not in own]
            self._actions[row.id].setShortcuts([QKeySequence(key) for key in rest])
            for key in own:
                self._add_key(row, key)
            self._dress(row)
        self._guard.renew()

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys it has now, in the portable spelling. Raises KeyError."""
        return self._keys[name]

    def entries(self) -> list[Entry]:
        """All actions in the order of the menus, as they are now."""
        return [
            Entry(
                row.id,
                self._title(row),
                tr("", row.menu),
                tuple(QKeySequence(key).toString(_NATIVE) for key in self._keys[row.id]),
                tr("", row.tip),
                self._why.get(row.needs, ""),
            )
            for row in ACTIONS.values()
        ]

    def menu_bar(self) -> QMenuBar:
        """A new menu bar with every action."""
        bar = QMenuBar()
        bar.setAccessibleName(tr("ActionBook", "Menus"))
        taken: set[str] = set()
        for name in MENUS:
            bar.addMenu(self._menu(name, _with_mnemonic(tr("", name), taken), bar))
        return bar

    def _menu(self, name: str, title: str, parent: QWidget) -> QMenu:
        menu = QMenu(title, parent)
        menu.setToolTipsVisible(True)
        group = None
        for row in ACTIONS.values():
            if row.menu != name:
                continue
            if group not in (None, row.group):
                menu.addSeparator()
            group = row.group
            menu.addAction(self._actions[row.id])
        return menu

    def _make(self, row: Action) -> QAction:
        action = QAction(tr("", row.text), self)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if row.choice:
            group = self._groups.setdefault(row.choice, QActionGroup(self))
            group.addAction(action)
        action.triggered.connect(partial(self._run, row.id))
        self._window.addAction(action)
        return action

    def _run(self, name: str, *_checked: bool) -> None:
        method = self._bound.get(name)
        if method is None:
            return
        if ACTIONS[name].held:
            method(True)
            method(False)
        else:
            method()

    def _hold(self, name: str, down: bool) -> None:
        method = self._bound.get(name)
        # A release must arrive even where the action became impossible meanwhile.
        if method is not None and (self._actions[name].isEnabled() or not down):
            method(down)

    def _add_key(self, row: Action, key: str) -> None:
        """Keys that a focused control may need, and held keys, cannot be the action's own: see KeyGuard, HeldKey."""
        if row.held:
            held = HeldKey(key, partial(self._hold, row.id), self._window)
            self._own_keys.append(held)
            shortcut = held.shortcut
        else:
            shortcut = QShortcut(QKeySequence(key), self._window)
            shortcut.activated.connect(self._actions[row.id].trigger)
            self._own_keys.append(shortcut)
        shortcut.setObjectName(row.id)
        if key in SOFT:
            self._guard.watch(shortcut)

    def _drop_keys(self) -> None:
        self._guard.forget()
        for held in self._own_keys:
            if isinstance(held, HeldKey):
                held.close()
            else:
                held.setParent(None)
                held.deleteLater()
        self._own_keys.clear()

    def _title(self, row: Action) -> str:
        return self._actions[row.id].text().partition("\t")[0].replace("&", "")

    def _dress(self, row: Action) -> None:
        """Title, keys, consequence, and why not."""
        action, title, keys = self._actions[row.id], self._title(row), self._keys.get(row.id, row.keys)
        shown = QKeySequence(keys[0]).toString(_NATIVE) if keys else ""
        own = bool(keys) and (row.held or keys[0] in SOFT)
        action.setText(f"{title}\t{shown}" if own else title)
        head = f"{title} ({shown})" if shown else title
        action.setToolTip("\n".join(line for line in (head, tr("", row.tip), self._why.get(row.needs, "")) if line))


def _call(chosen: Callable[[str], object], path: str, *_checked: bool) -> None:
    chosen(path)


def _with_mnemonic(title: str, taken: set[str]) -> str:
    """With "&" before the first letter that no other menu has."""
    for place, letter in enumerate(title):
        if letter.lower() not in taken:
            taken.add(letter.lower())
            return f"{title[:place]}&{title[place:]}"
    return title
