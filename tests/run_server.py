"""Runs the command line in processes that are past their imports of other people's libraries.

Each line on standard input is a request (JSON: arguments, project, environment, stdout, stderr) and forks a process
that does `python -m dq_pipeline` so: its id is the first line of the answer, its exit status (negative: the signal)
the second. The project's own modules are imported by each process itself, from its own checkout.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any


def preload() -> None:
    """What a whole run imports, most of ten seconds."""
    import apprise  # noqa: F401
    import dagster  # noqa: F401
    import duckdb  # noqa: F401
    import great_expectations.expectations  # noqa: F401
    import jinja2  # noqa: F401
    import pandas  # noqa: F401
    import phonenumbers  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import scipy.sparse.csgraph  # noqa: F401
    import splink  # noqa: F401


def become(request: dict[str, Any]) -> None:
    """Be a process that was started with nothing but this request; never returns."""
    os.setsid()
    os.umask(0)  # what is for its user only must be made so by the project
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["project"])
    tempfile.tempdir = None  # TMPDIR may be another one than that of the server
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        with Path(request[name]).open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    sys.argv = ["dq-pipeline", *request["arguments"]]
    sys.path[0] = request["project"]
    try:
        runpy.run_module("dq_pipeline", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(ended.code or 0))
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(1)


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if request["arguments"][:1] == ["run"]:
            preload()
        pid = os.fork()
        if not pid:
            become(request)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
