"""A web server on loopback that serves one folder of files, and fails as it is told to."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

NOVEMBER = 1_795_219_200.0


@dataclass
class Served:
    """A file as the server has it. `length`: what it says of its length, if not the truth."""

    content: bytes
    modified: float | None = NOVEMBER
    etag: str = ""
    md5: str = ""
    length: int | None = None


@dataclass
class Web:
    """The state of the server. `faults[method, name]`: what happens to the next requests, in order; then none.

    A fault is a status, `("cut", n)` (the connection ends after n bytes of the body), `("hang", n)` (after n bytes
    nothing more until `released`), `("redirect", url)` or a function that is called before the answer.
    """

    port: int = 0
    files: dict[str, Served] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    faults: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    ranges: bool = True
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    authorization: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/exports/"

    def put(self, name: str, content: bytes, **more: Any) -> None:
        self.files[name] = Served(content, **more)

    def fail(self, method: str, name: str, *faults: Any) -> None:
        self.faults.setdefault((method, name), deque()).extend(faults)

    def asked(self, method: str, name: str) -> list[str]:
        """The Range headers of the requests for a file, in order."""
        return [span for asked, path, span in self.requests if (asked, path) == (method, name)]

    def page(self) -> bytes:
        links = [quote(name, errors="surrogateescape") for name in self.files] + self.links
        return "".join(f'<li><a href="{escape(link)}">{escape(link)}</a></li>\n' for link in links).encode()


@contextmanager
def serve() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_HEAD(self) -> None:
            self.answer("HEAD")

        def do_GET(self) -> None:
            self.answer("GET")

        def answer(self, method: str) -> None:
            name = unquote(urlsplit(self.path).path.removeprefix("/exports/"), errors="surrogateescape")
            web.requests.append((method, name, self.headers.get("Range", "")))
            web.authorization.append(self.headers.get("Authorization", ""))
            faults = web.faults.get((method, name))
            fault = faults.popleft() if faults else None
            if callable(fault):
                fault = fault()
            if isinstance(fault, int):
                return self.error(fault)
            if isinstance(fault, tuple) and fault[0] == "redirect":
                return self.error(302, fault[1])
            if not name:
                return self.body(200, Served(web.page(), None), 0, method, fault, kind="text/html")
            served = web.files.get(name)
            if served is None:
                return self.error(404)
            self.file(served, method, fault)

        def file(self, served: Served, method: str, fault: Any) -> None:
            span = self.headers.get("Range")
            if not (span and web.ranges):
                return self.body(200, served, 0, method, fault)
            start = int(span.removeprefix("bytes=").removesuffix("-"))
            if start >= len(served.content):
                return self.error(416)
            self.body(206, served, start, method, fault)

        def body(
            self, status: int, served: Served, start: int, method: str, fault: Any, kind: str = "text/csv"
        ) -> None:
            content = served.content[start:]
            length = len(content) if served.length is None else served.length - start
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if length >= 0:
                self.send_header("Content-Length", str(length))
            if status == 206:
                end = len(served.content)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
            for header, value in (("ETag", served.etag), ("Content-MD5", served.md5)):
                if value:
                    self.send_header(header, value)
            if served.modified is not None:
                self.send_header("Last-Modified", formatdate(served.modified, usegmt=True))
            self.end_headers()
            if method == "GET":
                self.write(content, fault)
            if length != len(content):
                self.close_connection = True

        def write(self, content: bytes, fault: Any) -> None:
            if fault is None:
                self.wfile.write(content)
                return
            what, after = fault
            self.wfile.write(content[:after])
            self.wfile.flush()
            if what == "hang":
                web.released.wait(60)
            self.close_connection = True

        def error(self, status: int, elsewhere: str = "") -> None:
            self.send_response(status)
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        web.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.released.set()
            server.shutdown()
            thread.join()
