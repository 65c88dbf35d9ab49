"""Why something could not be fetched, before it is known whether another attempt helps."""

from __future__ import annotations


class TransportError(Exception):
    """The connection or the server failed: the same may work in a moment."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


class Refused(Exception):  # noqa: N818 - not an error of the program
    """It will not work again without somebody doing `fix`."""

    def __init__(self, reason: str, fix: str):
        self.reason, self.fix = reason, fix
        super().__init__(reason)


class StillWritten(Exception):  # noqa: N818
    """The remote file changes while it is looked at."""
