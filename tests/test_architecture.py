"""The rules of the layout, read off the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "dq_pipeline"

ALLOWED = {
    "domain": {"domain", "errors"},
    "policies": {"policies", "domain"},
    "adapters": {"adapters", "domain", "errors"},
    "sample": {"sample", "errors"},
    "defs": {"defs", "adapters", "policies", "domain", "clock", "errors", "settings"},
    "cli": {"cli", "defs", "definitions", "adapters", "policies", "domain", "sample", "clock", "errors", "settings"},
}
ENGINES = {"duckdb", "great_expectations", "splink"}


def modules(layer: str) -> list[Path]:
    return sorted((PACKAGE / layer).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports anywhere in it, type-checking imports left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("layer", ALLOWED)
def test_each_layer_imports_only_what_it_may(layer: str) -> None:
    files = modules(layer)
    assert files
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in files
        for name in imports(path)
        if name.startswith("dq_pipeline.") and name.split(".")[1] not in ALLOWED[layer]
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", ["domain", "policies", "sample"])
def test_pure_layers_know_no_engine(layer: str) -> None:
    forbidden = ENGINES | {"dagster", "pandas", "os", "subprocess", "socket", "urllib", "requests"}
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in modules(layer)
        for name in imports(path)
        if name.split(".")[0] in forbidden - ({"os"} if layer == "sample" else set())
    ]
    assert wrong == []


def test_only_adapters_import_the_engines() -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if "adapters" not in path.parts and path.parent.name != "defs"
        for name in imports(path)
        if name.split(".")[0] in ENGINES
    ]
    assert wrong == []


def test_definitions_are_short() -> None:
    assert len((PACKAGE / "definitions.py").read_text().splitlines()) < 60


def test_importing_reads_no_file_no_environment_and_opens_no_connection() -> None:
    """Every module of the package is imported while an audit hook watches."""
    code = """
import importlib, pkgutil, sys, os
import dagster, duckdb, numpy, yaml, click  # what libraries read when they are imported is theirs
import dq_pipeline
touched = []
inside = False
def hook(event, args):
    if not inside:
        return
    if event == "open" and isinstance(args[0], str) and not args[0].endswith((".py", ".pyc", ".so")):
        touched.append(f"open {args[0]}")
    if event.startswith("socket.connect"):
        touched.append(event)
sys.addaudithook(hook)
names = [m.name for m in pkgutil.walk_packages(dq_pipeline.__path__, "dq_pipeline.") if "__main__" not in m.name]
for name in names:
    inside = True
    importlib.import_module(name)
    inside = False
places = ("/dq_pipeline/", "/expectations/", "/dbt_like_sql/", "/data/")
ours = [t for t in touched if any(place in t for place in places)]
assert len(names) > 30
assert not ours, ours
assert not [t for t in touched if t.startswith("socket")]
"""
    ran = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, cwd=PROJECT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_module_reads_the_environment_when_imported() -> None:
    """`os.environ` and `os.getenv` stand only inside functions."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if any(isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv") for n in ast.walk(statement)):
                wrong.append(str(path))
    assert wrong == []


def test_definitions_load_fast_and_without_the_heavy_libraries() -> None:
    """At most one second of processor time more than a bare `import dagster`, which goes before in the same process."""
    code = """
import sys, time
import dagster
before = time.process_time()
from dq_pipeline.definitions import defs
definitions = defs()
definitions.resolve_job_def("refresh")
spent = time.process_time() - before
heavy = [name for name in ("great_expectations", "splink", "pandas", "scipy", "phonenumbers") if name in sys.modules]
print(spent, heavy)
assert not heavy, heavy
"""
    seconds = []
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        seconds.append(float(ran.stdout.split()[0]))
    assert min(seconds) <= 1.0, seconds


def test_the_top_level_holds_what_the_layout_names() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=PROJECT)
    if tracked.returncode != 0 or not tracked.stdout:
        pytest.skip("not a git checkout: the list of project files is unknown")
    top = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    allowed = {
        "dq_pipeline", "expectations", "dbt_like_sql", "tests", "workspace.yaml", "pyproject.toml", "README.md",
        "Makefile", "uv.lock", "dagster.yaml", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "docs", ".ci",
    }  # fmt: skip
    assert {name for name in top if not name.startswith(".")} <= allowed
