"""Every colour, margin and size of the window, and the style sheet made of them. Neutral grey near the picture."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory


@dataclass(frozen=True)
class Tokens:
    """Colours as #rrggbb, lengths in device-independent pixels."""

    window: str = "#242424"
    panel: str = "#2b2b2b"
    raised: str = "#363636"
    field: str = "#1c1c1c"
    hover: str = "#404040"
    hairline: str = "#3d3d3d"
    outline: str = "#7a7a7a"
    """Of a field that is typed into (3:1 against window and panel)."""
    edge: str = "#8a8a8a"
    """Outline of a control that must be seen (3:1 against its panel)."""
    text: str = "#d8d8d8"
    bright: str = "#f4f4f4"
    muted: str = "#a0a0a0"
    disabled: str = "#6c6c6c"
    accent: str = "#7fa6c9"
    on_accent: str = "#101010"
    selected: str = "#46596b"
    """Behind the chosen row of a list: the accent, darkened."""
    ready: str = "#6fae84"
    approximate: str = "#cfa954"
    failed: str = "#e1867e"
    mask: str = "#7ab8ea"
    protect: str = "#63d2b4"
    original: str = "#b39ddb"
    flagged: str = "#e4c94f"
    synthesised: str = "#e65500"
    forensic: str = "#174d66"
    """Behind the words that forensic mode is on."""
    channel_red: str = "#ea8279"
    channel_green: str = "#79c487"
    channel_blue: str = "#7fa9f2"
    space: tuple[int, int, int, int, int] = (4, 8, 12, 16, 24)
    radius: int = 3
    text_size: int = 13
    small_size: int = 11
    timecode_size: int = 18
    motion_ms: int = 110
    """Longest animation; 0 where the user asks for reduced motion."""


T = Tokens()

SURROUNDS = {"black": "#000000", "dark": "#1e1e1e", "grey": "#777777", "mid": "#3c3c3c", "white": "#ffffff"}
"""Around the picture; "grey" is 18 % reflectance."""


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A token's colour. Raises AttributeError for an unknown token."""
    found = QColor(getattr(T, name))
    found.setAlphaF(alpha)
    return found


class _Taste:
    """What the user's preferences change about the tokens."""

    scale: float = 1.0
    reduce_motion: bool = False


_taste = _Taste()


def px(size: int) -> int:
    """A text size from the tokens in pixels, as large as the system or the user wants texts."""
    return max(8, round(size * _taste.scale))


def motion() -> int:
    """Milliseconds an animation may take; 0 where motion is reduced."""
    return 0 if _taste.reduce_motion else T.motion_ms


def reduce_motion(on: bool) -> None:
    """From the preferences."""
    _taste.reduce_motion = on


def monospaced(size: int = T.text_size) -> QFont:
    """For timecode and numbers that must not dance."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(px(size))
    return font


def apply(app: QApplication, text_points: int = 0) -> None:
    """Fusion style with our palette and style sheet. text_points: text size; 0 = as the system's own."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    pixels = text_points * 96 / 72 if text_points else QFontInfo(system).pixelSize()
    # 12 and 13 pixels are what systems use unless their user asked for more: there our own size holds.
    _taste.scale = 1.0 if not text_points and pixels in (12, 13) else pixels / T.text_size
    system.setPixelSize(px(T.text_size))
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette())
    app.setFont(system)
    app.setStyleSheet(style_sheet())


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, token in (
        (role.Window, "window"),
        (role.Base, "field"),
        (role.AlternateBase, "panel"),
        (role.Button, "raised"),
        (role.WindowText, "text"),
        (role.Text, "text"),
        (role.ButtonText, "text"),
        (role.BrightText, "bright"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "muted"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Link, "accent"),
    ):
        palette.setColor(which, colour(token))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, colour("disabled"))
    return palette


def _drawing(name: str) -> str:
    """Path of a drawing that style sheets show as it is; those are drawn in the colour of `text`."""
    return Path(str(files("resources.icons").joinpath(f"{name}.svg"))).as_posix()


def style_sheet() -> str:
    """Qt style sheet for the whole application, from the tokens."""
    t = T
    return f"""
    * {{ outline: none; }}
    QMainWindow, QDialog {{ background: {t.window}; }}
    QMainWindow::separator {{ background: {t.window}; width: 6px; height: 6px; }}
    QMainWindow::separator:hover {{ background: {t.hairline}; }}
    QDockWidget QScrollArea, QDockWidget QScrollArea > QWidget, QDockWidget QScrollArea > QWidget > QWidget {{
        background: {t.panel};
    }}
    QToolTip {{ color: {t.text}; background: {t.raised}; border: 1px solid {t.hairline}; padding: {t.space[0]}px; }}
    QMenuBar {{ background: {t.window}; padding: 2px; }}
    QMenuBar::item {{ padding: 4px 10px; background: transparent; border-radius: {t.radius}px; }}
    QMenuBar::item:selected {{ background: {t.raised}; }}
    QMenu {{ background: {t.panel}; border: 1px solid {t.hairline}; padding: 4px; }}
    QMenu::item {{ padding: 5px 28px 5px 24px; border-radius: {t.radius}px; }}
    QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
    QMenu::item:disabled {{ color: {t.disabled}; }}
    QMenu::separator {{ height: 1px; background: {t.hairline}; margin: 4px 8px; }}
    QPushButton, QToolButton {{
        background: {t.raised}; border: 1px solid {t.hairline}; border-radius: {t.radius}px;
        padding: 4px 12px; color: {t.text};
    }}
    QToolButton {{ padding: 4px 8px; }}
    QPushButton:hover, QToolButton:hover {{ background: {t.hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.field}; }}
    QPushButton:checked, QToolButton:checked {{ border-color: {t.accent}; color: {t.bright}; }}
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
    QListView:focus, QTreeView:focus, QTableView:focus, QPlainTextEdit:focus {{ border: 1px solid {t.accent}; }}
    QPushButton:default {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent}; }}
    QPushButton:default:focus {{ border: 1px solid {t.bright}; }}
    QPushButton:disabled, QToolButton:disabled {{
        color: {t.disabled}; background: {t.panel}; border-color: {t.hairline};
    }}
    QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QListView, QTreeView, QTableView {{
        background: {t.field}; border: 1px solid {t.outline}; border-radius: {t.radius}px; padding: 3px 6px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent};
    }}
    QComboBox::drop-down, QSpinBox::up-button, QSpinBox::down-button,
    QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ border: none; width: 20px; }}
    QComboBox::down-arrow, QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{
        image: url({_drawing("style_down")}); width: 12px; height: 12px;
    }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({_drawing("style_up")}); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.outline}; }}
    QCheckBox::indicator, QRadioButton::indicator, QListView::indicator, QTreeView::indicator {{
        width: 14px; height: 14px; border: 1px solid {t.edge}; background: {t.field}; border-radius: {t.radius}px;
    }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked {{
        image: url({_drawing("style_check")});
    }}
    QRadioButton::indicator:checked {{ image: url({_drawing("style_dot")}); }}
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {t.accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.hairline}; }}
    QListView, QTreeView, QTableView {{
        selection-background-color: {t.selected}; selection-color: {t.bright};
    }}
    QDialog QListView::item, QDialog QTreeView::item {{ padding: 3px 4px; }}
    QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none; padding: 4px 8px; }}
    QCheckBox:focus, QRadioButton:focus {{ color: {t.bright}; text-decoration: underline; }}
    QProgressBar {{ background: {t.field}; border: none; border-radius: 2px; height: 4px; text-align: center; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; }}
    QScrollBar::handle {{
        background: {t.outline}; border-radius: 3px; min-height: 24px; min-width: 24px; margin: 2px;
    }}
    QScrollBar::handle:hover {{ background: {t.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QSlider::groove:horizontal {{ background: {t.field}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t.edge}; height: 4px; border-radius: 2px; }}
    QSlider::handle:horizontal {{
        background: {t.text}; width: 10px; margin: -5px 0; border-radius: 2px; border: 1px solid {t.panel};
    }}
    QSlider::handle:horizontal:hover {{ background: {t.bright}; }}
    QSlider::handle:horizontal:focus {{ background: {t.bright}; border: 2px solid {t.accent}; }}
    QSlider::sub-page:horizontal:focus {{ background: {t.accent}; }}
    QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled {{ background: {t.disabled}; }}
    QStatusBar {{ background: {t.field}; color: {t.muted}; }}
    QStatusBar::item {{ border: none; }}
    {_named()}
    """


def _named() -> str:
    """Looks of the shared widgets, by object name."""
    t, small = T, px(T.small_size)
    return f"""
    #muted, #toastHint {{ color: {t.muted}; font-size: {small}px; }}
    #toastHint {{ color: {t.text}; }}
    #refusal {{ color: {t.failed}; font-size: {small}px; }}
    #emptyTitle, #dialogTitle {{ color: {t.bright}; font-size: {px(18)}px; }}
    #timecode {{ color: {t.bright}; }}
    #sectionTitle {{ color: {t.muted}; font-size: {small}px; font-weight: bold; }}
    #card {{ background: {t.raised}; border: 1px solid {t.hairline}; border-radius: {t.radius}px; }}
    #card[current="true"] {{ border-color: {t.edge}; }}
    #cardTitle {{ color: {t.bright}; font-weight: bold; }}
    QToolButton#flat {{ background: transparent; border: 1px solid transparent; padding: 2px; }}
    QToolButton#flat:hover {{ background: {t.hover}; }}
    QToolButton#flat:focus {{ border: 1px solid {t.accent}; }}
    #doubt {{ color: {t.approximate}; font-size: {small}px; }}
    #reading {{ font-size: {small}px; }}
    #readingHead {{ color: {t.accent}; font-size: {small}px; font-weight: bold; }}
    QToolButton#flatToggle {{ background: transparent; border: 1px solid transparent; padding: 1px 4px; }}
    QToolButton#flatToggle:hover {{ background: {t.hover}; }}
    QToolButton#flatToggle:checked {{ background: {t.raised}; border-color: {t.edge}; color: {t.bright}; }}
    QToolButton#flatToggle:focus {{ border: 1px solid {t.accent}; }}
    QPushButton#segment, QPushButton[flatTab="true"] {{
        background: transparent; border: 1px solid transparent; padding: 4px 14px;
    }}
    QPushButton#segment[tight="true"] {{ padding: 4px 4px; }}
    QPushButton#segment:hover, QPushButton[flatTab="true"]:hover {{ background: {t.raised}; }}
    QPushButton#segment:checked, QPushButton[flatTab="true"]:checked {{
        background: {t.raised}; border-color: {t.accent}; color: {t.bright};
    }}
    QPushButton#segment:focus, QPushButton[flatTab="true"]:focus {{ border: 1px solid {t.bright}; }}
    QPushButton#segment:disabled {{ color: {t.disabled}; }}
    QPushButton#main {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent}; }}
    QPushButton#main:hover {{ border-color: {t.bright}; }}
    QPushButton#main:focus {{ border: 2px solid {t.bright}; padding: 3px 11px; }}
    QPushButton#main:disabled {{ background: {t.panel}; color: {t.disabled}; border-color: {t.hairline}; }}
    #toast {{ background: {t.raised}; border: 1px solid {t.edge}; border-radius: {t.radius}px; }}
    #toastSentence {{ color: {t.bright}; }}
    """
