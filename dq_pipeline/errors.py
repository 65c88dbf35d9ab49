"""The one error family: every message names what is wrong, where, and what to do.

The command line turns each class into its exit code; anything else that escapes is a bug (3).
"""

from __future__ import annotations


class DqError(Exception):
    """An error a person can act on.

    `problems` lists every problem found, so that one look shows them all.
    """

    exit_code = 2

    def __init__(self, message: str, *, where: str = "", fix: str = "", problems: tuple[str, ...] = ()):
        self.message, self.where, self.fix, self.problems = message, where, fix, problems
        super().__init__(self.text())

    def text(self) -> str:
        """The whole message as plain text, one problem a line."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        lines = [head, *(f"  - {problem}" for problem in self.problems)]
        if self.fix:
            lines.append(f"  Remedy: {self.fix}")
        return "\n".join(lines)


class InputError(DqError):
    """An extract, or a file named on the command line, cannot be used (exit code 2)."""


class ConfigurationError(DqError):
    """A contract, SQL model, suite, policy or setting is wrong (exit code 2)."""


class BusyError(DqError):
    """Another run holds the warehouse (exit code 2)."""


class BlockedError(DqError):
    """A blocking check failed, so nothing was published (exit code 1)."""

    exit_code = 1
