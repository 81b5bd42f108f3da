"""A manifest as a render writes it, and the parts of a page that tests look at."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from app.export.manifest import Manifest, StageRecord
from app.report.logbook import Logbook
from app.report.page import html_page

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u202egnp.exe{{7*7}}\x07"
SHARES = {"SOURCE": 0.9, "ADJUSTED": 0.06, "TRANSPORTED": 0.03, "ESTIMATED": 0.0, "SYNTHESISED": 0.01}


def manifest(**changes: Any) -> Manifest:
    """Ten frames of which the third has invented pixels."""
    held: dict[str, Any] = {
        "tool": "1.0",
        "source": "/films/reel.mkv",
        "source_fingerprint": "0" * 64,
        "first": 100,
        "last": 109,
        "missing": "stop",
        "deinterlaced": False,
        "preset": "ffv1",
        "lossless": True,
        "width": 64,
        "height": 48,
        "stored_format": "yuv422p10",
        "stages": (StageRecord("inpaint", {"search": 4, "spatial": "fill"}, "inpaint 3"),),
        "masks": None,
        "shots": (0,),
        "shares": SHARES,
        "master": "out.mkv",
        "framemd5": "out.mkv.framemd5",
        "provenance": "out.mkv.provenance.mkv",
        "provenance_hashes": ("a" * 32,) * 10,
        "segments": (),
        "flagged": (0.0, 0.0, 0.1, *(0.0,) * 7),
        "areas": {"TRANSPORTED": (0.0,) * 5 + (0.3,) + (0.0,) * 4},
    }
    return Manifest(**held | changes)


def page(told: Manifest, log: Logbook | None = None, **more: Any) -> str:
    return html_page(told, log or Logbook(), (), "2026-01-02T03:04:05Z", **more)


class Elements(HTMLParser):
    """All elements with their attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._in or self._in[-1] not in ("style", "script"):
            self.text += data
