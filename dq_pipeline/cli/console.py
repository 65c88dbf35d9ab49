"""Speaking to a person: errors without tracebacks, numbers with separators, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from dq_pipeline.adapters.file_modes import PRIVATE
from dq_pipeline.errors import DqError

EXIT_BUG = 3


def say(text: str = "") -> None:
    """One line to standard output, at once."""
    click.echo(text)


def fail(text: str) -> None:
    """One message to standard error."""
    click.echo(text, err=True)


def number(value: int) -> str:
    """12345 as 12,345."""
    return f"{value:,}"


def printable(text: str) -> str:
    """Without what would steer a terminal: keys and words of people may hold escape sequences."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def run_command(command: Callable[..., Any]) -> int:
    """Run a click command; every way out becomes its exit code. What it writes is readable by its user only."""
    os.umask(PRIVATE)
    try:
        code = command(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except DqError as error:
        fail(f"Error: {error.text()}")
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        fail("Stopped. Nothing was published; the next run starts cleanly.")
        return 130
    except Exception as error:
        place = _place(error)
        fail(f"Bug: {type(error).__name__} at {place}. Please report it; `DQ_DEBUG=1` shows the traceback.")
        return EXIT_BUG


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of this project; values in the message stay unsaid."""
    import traceback

    if os.environ.get("DQ_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "dq_pipeline" in f.filename]
    return f"{frames[-1].filename.rpartition('dq_pipeline/')[2]}:{frames[-1].lineno}" if frames else "unknown place"
