"""Real HTTP servers on loopback that take alerts, refuse them, hang, drip, or send elsewhere."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Manner = Literal["takes", "refuses", "hangs", "drips", "redirects"]


@dataclass
class AlertServer:
    """What arrived, as title and text, and how the server behaves now."""

    port: int = 0
    manner: Manner = "takes"
    requests: list[str] = field(default_factory=list)
    received: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """As Apprise takes it, with a password that must show up nowhere."""
        return f"json://robot:s3cret-word@127.0.0.1:{self.port}/hook/t0ken"


@contextmanager
def alert_server(manner: Manner = "takes") -> Iterator[AlertServer]:
    state, stopping = AlertServer(manner=manner), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(f"GET {self.path}")
            self._answer(200)

        def do_POST(self) -> None:
            state.requests.append(f"POST {self.path}")
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if state.manner == "hangs":
                stopping.wait(30)
            elif state.manner == "drips":
                self._drip()
            elif state.manner == "redirects":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{state.port}/elsewhere")
                self.end_headers()
            elif state.manner == "refuses":
                self._answer(500)
            else:
                state.received.append((body["title"], body["message"]))
                self._answer(200)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            """A byte now and then keeps every read from timing out."""
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            while not stopping.is_set():
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.2)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            stopping.set()
            server.shutdown()
