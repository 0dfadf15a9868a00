"""An auditor's machine: Python, `cryptography` and the verifier's one file, nothing else."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = """
import importlib.util, runpy, sys
sys.path[:0] = sys.argv[1:3]
assert importlib.util.find_spec("django") is None, "this is no bare machine"
sys.argv = ["ledger.verifier", *sys.argv[3:]]
runpy.run_module("ledger.verifier", run_name="__main__")
"""


def bare_libraries(folder: Path) -> Path:
    """Links to `cryptography` and what it is built on, and to nothing else."""
    folder.mkdir(exist_ok=True)
    for name in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        link = folder / source.name
        if not link.exists():
            link.symlink_to(source)
    return folder


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier on that machine."""
    packed = folder / "ledger-verifier.pyz"
    if not packed.exists():
        environment = os.environ | {"SECRET_KEY": "unused"}
        subprocess.run(
            [sys.executable, "manage.py", "build_verifier", str(packed)], cwd=ROOT, env=environment, check=True
        )
    command = [sys.executable, "-I", "-S", "-c", RUN, str(bare_libraries(folder / "lib")), str(packed), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
