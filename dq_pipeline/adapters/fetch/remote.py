"""A remote folder through fsspec, with every failure told apart: may pass by itself, or will not."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from dq_pipeline.adapters.fetch.connect import connect
from dq_pipeline.adapters.fetch.failures import Refused, TransportError
from dq_pipeline.adapters.fetch.listing import NOT_TOLD, RemoteFile, Version, version_of
from dq_pipeline.adapters.fetch.location import Location
from dq_pipeline.errors import DqError


class RemoteFolder:
    """One remote folder. Connected when first asked, and anew after every failure.

    Every method raises TransportError when a repetition may help and Refused when not. Messages of servers and
    libraries are not passed on: they may hold the URL with its password.
    """

    def __init__(self, location: Location, environment: Mapping[str, str]):
        self.location = location
        self._environment = environment
        self._connected: tuple[Any, str] | None = None

    def close(self) -> None:
        """End the connection; the next call makes another."""
        if self._connected is not None:
            client = getattr(self._connected[0], "client", None)  # SFTP's; others end with their last reference
            self._connected = None
            if client is not None:
                with suppress(Exception):
                    client.close()

    def files(self) -> list[RemoteFile]:
        """What the folder lists, folders left out. Over HTTP versions are not known yet."""
        with self._calls() as (filesystem, root):
            filesystem.invalidate_cache()
            entries = filesystem.ls(root, detail=True)
            if len(entries) == 1 and entries[0]["name"] == root and entries[0]["type"] == "file":
                raise Refused("is a file, not a folder", "name the folder that holds it")
            return [self._file(entry, root) for entry in entries if entry["type"] != "directory"]

    def version(self, file: RemoteFile) -> Version:
        """What the server says of the file now."""
        with self._calls() as (filesystem, _):
            filesystem.invalidate_cache()
            return version_of(filesystem.info(file.path))

    @contextmanager
    def open(self, file: RemoteFile, offset: int, size: int) -> Iterator[tuple[int, Callable[[int], bytes]]]:
        """Gives `(start, read)`: `read(n)` returns up to n bytes from `start` on, nothing at the end.

        `start` is `offset`, or 0 where the server cannot begin in the middle.
        """
        with self._calls() as (filesystem, _):
            opened, start = self._open(filesystem, file.path, offset, size)

        def read(length: int) -> bytes:
            with self._calls():
                return bytes(opened.read(length))

        try:
            yield start, read
        finally:
            with suppress(Exception):
                opened.close()

    def _open(self, filesystem: Any, path: str, offset: int, size: int) -> tuple[Any, int]:
        if self.location.is_http:
            return _open_http(filesystem, path, offset)
        opened = filesystem.open(path, "rb")
        if self.location.is_sftp:
            return _SftpFile(opened, offset, size), offset
        opened.seek(offset)
        return opened, offset

    def _file(self, entry: Mapping[str, Any], root: str) -> RemoteFile:
        name = str(entry["name"])
        if self.location.is_http:
            return _linked_file(name, root)
        prefix = root.rstrip("/") + "/"
        regular = entry["type"] in ("file", "link")
        file = RemoteFile(name.removeprefix(prefix), name, version_of(entry), regular)
        # SFTP lists what a link is, not what it leads to; asking for the file's facts follows it.
        return replace(file, version=NOT_TOLD) if entry["type"] == "link" else file

    @contextmanager
    def _calls(self) -> Iterator[tuple[Any, str]]:
        try:
            if self._connected is None:
                self._connected = connect(self.location, self._environment)
            yield self._connected
        except (DqError, Refused):
            raise
        except Exception as error:
            self.close()
            raise _told_apart(error) from None


class _SftpFile:
    """Reads each length in requests sent ahead of their answers; without, every 32 KiB waits for a round trip.

    paramiko can ask ahead for the whole file, but then prints a traceback from its thread when the connection breaks.
    """

    def __init__(self, file: Any, position: int, size: int):
        self._file, self._position, self._size = file, position, size

    def read(self, length: int) -> bytes:
        ahead = min(length, self._size - self._position)
        if ahead > 0:
            data = b"".join(self._file.readv([(self._position, ahead)]))
        else:  # is there more than the server said?
            self._file.seek(self._position)
            data = self._file.read(length)
        self._position += len(data)
        return data

    def close(self) -> None:
        self._file.close()


def _open_http(filesystem: Any, path: str, offset: int) -> tuple[Any, int]:
    """A stream of the response's body. fsspec's own file asks for block after block and cannot tell a cut one."""
    import aiohttp

    headers = {"Range": f"bytes={offset}-"} if offset else {}
    try:
        opened = filesystem.open(path, "rb", block_size=0, size=1, headers=headers)  # size: spares it a question
    except aiohttp.ClientResponseError as error:
        if offset and error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _open_http(filesystem, path, 0)
        raise
    ranged = opened.r.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
    return opened, offset if ranged and opened.r.status == HTTPStatus.PARTIAL_CONTENT else 0


def _linked_file(link: str, root: str) -> RemoteFile:
    """The file that a link of the listing page leads to. Links that only sort the page have no name."""
    below = html.unescape(link).partition("://")[2].removeprefix(root.partition("://")[2])
    path = below.split("#", 1)[0].split("?", 1)[0]
    name = "" if path.endswith("/") else unquote(path, errors="surrogateescape")
    return RemoteFile(name, root + below)


def _told_apart(error: BaseException) -> Refused | TransportError:
    """The failure without what the server or the library said of it."""
    status = getattr(error, "status", None)
    if isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        return _told_apart(error.__cause__)  # fsspec says so of every failed question over HTTP
    if isinstance(status, int) and status >= 400:
        return _of_status(status)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Refused("is not there", "correct the location in the contract, or have the files put there")
    if isinstance(error, PermissionError) or type(error).__name__ in ("AuthenticationException", "NoCredentialsError"):
        return _denied()
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
    return TransportError(reason) if _may_pass(error) else Refused(f"cannot be read ({reason})", _CHECK_SETTINGS)


def _of_status(status: int) -> Refused | TransportError:
    known = status in HTTPStatus.__members__.values()
    reason = f"HTTP {status} {HTTPStatus(status).phrase}" if known else f"HTTP {status}"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return _denied()
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return _told_apart(FileNotFoundError())
    passing = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
    return TransportError(reason) if status >= 500 or status in passing else Refused(f"refused ({reason})", "")


def _denied() -> Refused:
    return Refused("access is denied", "check user, password or key, and the rights of that user on the server")


def _may_pass(error: BaseException) -> bool:
    """Errors of the connection: of the operating system, of aiohttp and of paramiko (which also ends in EOFError)."""
    library = type(error).__module__.split(".")[0]
    return isinstance(error, OSError | EOFError | TimeoutError) or library in ("aiohttp", "paramiko")


_CHECK_SETTINGS = "check the location in the contract and the FSSPEC_ settings of its protocol"
