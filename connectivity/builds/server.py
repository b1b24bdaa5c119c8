"""A live page on this machine alone: what serves it to a browser, and to nobody else.

It is the standard library's server, since all that is needed is a page, what it loads, and a stream of events, which
browsers keep up by themselves: a library would bring sockets that talk both ways, and a loop of its own. What that
server leaves open is closed here. It listens on the loopback address; the address of the page has a word that nobody
can guess; it answers to its own name only, so that a name of somebody else's that is made to mean this machine gets
nothing; it takes no method but GET, and no request that is long, or slow.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connectivity.builds.board import Board
from connectivity.rendering.html import SCRIPT
from connectivity.typeset.metrics import DATA

HOST = "127.0.0.1"

_HEAD_MOST = 16 * 2**10  # bytes of a request, with all of its headers; browsers send some hundred
_HEAD_SECONDS = 5.0  # that a request may take to arrive
_SEND_SECONDS = 10.0  # that a browser may take nothing of what is sent to it
_BEAT_SECONDS = 15.0  # after which a stream says that it is there: who has gone is noticed then
_CLIENTS_MOST = 64  # connections at once; a browser has up to six
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Connection": "close",
}
_FILES = {
    "connectivity.css": (DATA / "connectivity.css", "text/css; charset=utf-8"),
    "live.css": (DATA / "live.css", "text/css; charset=utf-8"),
    "connectivity.js": (SCRIPT, "text/javascript; charset=utf-8"),
    "live.js": (DATA / "live.js", "text/javascript; charset=utf-8"),
}
"""The only files that are served."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>connectivity</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="connectivity.css">
<link rel="stylesheet" href="live.css">
<script src="connectivity.js" defer></script>
<script src="live.js" defer></script>
</head>
<body data-theme="auto">
<p id="status" role="status"></p>
<main></main>
<noscript><p>This page needs JavaScript, to see that a file was saved.</p></noscript>
</body>
</html>
"""


class Server(ThreadingHTTPServer):
    """Serves the page of a board at :attr:`address`. A context: at its end nothing is served, and no thread is left.

    ``port`` 0 is a free one. Raises OSError where it cannot be had.
    """

    allow_reuse_address = os.name != "nt"  # Windows would take a port away from whoever has it
    daemon_threads = False
    block_on_close = True

    def __init__(self, board: Board, port: int = 0) -> None:
        self.board = board
        self.token = secrets.token_urlsafe(24)
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._loop = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """The page's address, with the word that nobody can guess."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def names(self) -> set[str]:
        """What a browser may call this machine."""
        names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        return names | ({HOST, "localhost"} if self.server_port == 80 else set())  # HTTP's own

    def server_bind(self) -> None:
        """As of the class above it, which does not ask for the name of this machine: that may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def __enter__(self) -> Server:
        self._loop.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.board.close()
        self.shutdown()
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._loop.join()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether there is room for one more."""
        with self._lock:
            if len(self._clients) >= _CLIENTS_MOST:
                return False
            self._clients.add(request)
            return True

    def shutdown_request(self, request: Any) -> None:
        """A connection has ended."""
        with self._lock:
            self._clients.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone, or is not to be answered: nobody is told."""


class _Handler(BaseHTTPRequestHandler):
    """One request, and the answer to it."""

    server: Server
    timeout = _SEND_SECONDS

    def handle(self) -> None:
        head = self._head()
        if head is None:
            return
        self.rfile = io.BufferedReader(io.BytesIO(head))
        self.raw_requestline = self.rfile.readline(_HEAD_MOST)
        self.connection.settimeout(_SEND_SECONDS)
        if self.parse_request():
            self._respond()

    def _head(self) -> bytes | None:
        """The request with its headers, as bytes; None where it does not come in time, or at all."""
        until, head = time.monotonic() + _HEAD_SECONDS, bytearray()
        while b"\r\n\r\n" not in head and b"\n\n" not in head:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self.connection.settimeout(left)
            try:
                block = self.connection.recv(4096)
            except OSError:
                return None
            head += block
            if not block:
                return None
            if len(head) > _HEAD_MOST:
                self.requestline, self.request_version, self.command = "", "HTTP/1.0", ""
                self.send_error(431)
                return None
        return bytes(head)

    def _respond(self) -> None:
        if self.command != "GET":
            self._answer(405, "only GET is answered", {"Allow": "GET"})
            return
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].strip().lower() not in self.server.names:
            self._answer(403, "this page has another address")
            return
        token, slash, name = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(
            token.encode("utf-8", "surrogateescape"), self.server.token.encode()
        ):
            self._answer(404, "nothing here")
        elif name == "events":
            self._stream()
        elif name == "":
            self._answer(200, _PAGE, {"Content-Type": "text/html; charset=utf-8"})
        elif name in _FILES:
            path, kind = _FILES[name]
            self._answer(200, path.read_text(encoding="utf-8"), {"Content-Type": kind})
        else:
            self._answer(404, "nothing here")

    def _stream(self) -> None:
        """Say what is there, and then what changes, until the browser or the board has gone."""
        self._begin(200, {"Content-Type": "text/event-stream; charset=utf-8"})
        said = self.headers.get("Last-Event-ID", "0")
        version = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0  # no number else
        while (change := self.server.board.since(version, _BEAT_SECONDS)) is not None:
            if change["version"] == version:
                self.wfile.write(b":\n\n")
                continue
            version = change["version"]
            self.wfile.write(f"id: {version}\ndata: {json.dumps(change)}\n\n".encode())

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _answer(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        data = text.encode("utf-8")
        length = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(data))}
        self._begin(status, {**length, **(headers or {})})
        self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no request of a browser gets a number, and not its own words back."""
        self._answer(int(code), "this is no request that can be answered")

    def version_string(self) -> str:
        return "connectivity"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who asks for the page sees it."""
