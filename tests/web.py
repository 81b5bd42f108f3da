"""A small web server and a proxy for tests, which break off, forget ranges or refuse as told."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """Serves `content` under /file. drop_after: bytes per answer before the connection is cut, 0 = never."""

    content: bytes
    drop_after: int = 0
    drops: int = 0
    """How many answers are cut."""
    ranges: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The Range header of every request, "" without."""
    url: str = ""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """The site at `site.url`."""
    with _running(_handler(site)) as address:
        site.url = f"http://{address}/file"
        yield site


@contextmanager
def proxying(seen: list[str]) -> Iterator[str]:
    """An HTTP proxy without CONNECT; yields its address and notes what is asked of it."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            kept = {k: v for k, v in self.headers.items() if k.lower() == "range"}
            with opener.open(urllib.request.Request(self.path, headers=kept)) as answer:
                body = answer.read()
                self.send_response(answer.status)
                for name in ("Content-Length", "Content-Range"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
            pass

    with _running(Proxy) as address:
        yield f"http://{address}"


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            site.asked.append(wanted)
            if site.status != 200:
                self.send_error(site.status)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.ranges else 0
            if start >= len(site.content) > 0 and wanted:
                self.send_error(416)
                return
            body = site.content[start:]
            self.send_response(206 if wanted and site.ranges else 200)
            self.send_header("Content-Length", str(len(body)))
            if wanted and site.ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(site.content) - 1}/{len(site.content)}")
            self.end_headers()
            if site.drop_after and site.drops > 0:
                site.drops -= 1
                body = body[: site.drop_after]
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
            pass

    return Handler


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
