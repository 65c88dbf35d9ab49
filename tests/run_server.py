"""Starts runs that are past their imports: each line `HOME` on standard input forks a process that does
`dq-pipeline run` there; its process id is the first line of the answer, its exit status (negative: the signal) the
second. What there is to kill is the run, not the reading of libraries, and twenty runs take the time of five.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    import dagster  # noqa: F401
    import duckdb  # noqa: F401
    import great_expectations.expectations  # noqa: F401
    import pandas  # noqa: F401
    import scipy.sparse.csgraph  # noqa: F401
    import splink  # noqa: F401

    from dq_pipeline.__main__ import main as command_line

    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os.setsid()
            os.environ["DQ_HOME"] = line.strip()
            with Path(os.devnull).open("r+b") as nowhere:
                os.dup2(nowhere.fileno(), 0)
                os.dup2(nowhere.fileno(), 1)
            sys.argv = ["dq-pipeline", "run"]
            try:
                command_line()
            except SystemExit as ended:
                os._exit(int(ended.code or 0))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
