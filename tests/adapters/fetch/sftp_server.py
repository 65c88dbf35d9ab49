"""An SSH server on loopback that offers one folder over SFTP, and fails as it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER = "crm"
PASSWORD = "p@ss/w:rd#1"


@dataclass
class Sftp:
    """The state of the server. `cut_after`, `silent_after`: bytes after which the connection is cut, or nothing is
    answered any more, once. `extra_names`: what the listing claims to hold beside the files."""

    root: Path
    port: int = 0
    known_host: str = ""
    cut_after: int | None = None
    silent_after: int | None = None
    extra_names: list[bytes] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sftp://{USER}:${{SFTP_PASSWORD}}@127.0.0.1:{self.port}/out/"


@contextmanager
def serve(root: Path) -> Iterator[Sftp]:
    state = Sftp(root)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listener = asyncio.run_coroutine_threadsafe(_listen(state), loop).result(30)
    try:
        yield state
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listener), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(listener: asyncssh.SSHAcceptor) -> None:
    listener.close()
    await listener.wait_closed()
    connections = asyncio.all_tasks() - {asyncio.current_task()}
    for task in connections:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)


async def _listen(state: Sftp) -> asyncssh.SSHAcceptor:
    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any):
            super().__init__(channel, chroot=str(state.root).encode())

        async def read(self, file_obj: object, offset: int, size: int) -> bytes:
            state.reads.append(offset)
            if state.silent_after is not None and offset >= state.silent_after:
                state.silent_after = None
                await asyncio.Event().wait()
            if state.cut_after is not None and offset >= state.cut_after:
                state.cut_after = None
                self.connection.abort()
            return super().read(file_obj, offset, size)  # type: ignore[return-value]

        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            async for name in super().scandir(path):
                yield name
            for extra in state.extra_names:
                yield asyncssh.SFTPName(extra, attrs=asyncssh.SFTPAttrs(permissions=0o100644, size=3, atime=0, mtime=0))

    key = asyncssh.generate_private_key("ssh-ed25519")
    listener = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Server, sftp_factory=Files, server_host_keys=[key], allow_scp=False
    )
    state.port = listener.get_port()
    state.known_host = f"[127.0.0.1]:{state.port} {key.export_public_key().decode()}"
    return listener
