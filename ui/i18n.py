"""Texts in the user's language: a short name for Qt's translator, and the loading of what was translated.

Texts to translate are found with `pyside6-lupdate -tr-function-alias QT_TR_NOOP+=_ -tr-function-alias translate+=tr`.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator


def tr(context: str, text: str) -> str:
    """`text` in the user's language; itself where nobody translated it."""
    return QCoreApplication.translate(context, text)


def load(app: QCoreApplication, locale: QLocale | None = None) -> list[str]:
    """Installs Qt's own texts and ours for `locale` (the system's). Returns what was found; English needs none."""
    wanted = locale or QLocale.system()
    found = []
    own = files("resources").joinpath("i18n")
    folders = [QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)]
    if own.is_dir():
        with as_file(own) as place:
            folders.append(str(place))
    for stem, folder in zip(("qtbase", "tratteggio"), folders, strict=False):
        translator = QTranslator(app)
        if translator.load(wanted, stem, "_", folder) and app.installTranslator(translator):
            found.append(stem)
    return found
