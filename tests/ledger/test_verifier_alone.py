"""The verifier as an auditor runs it: a fresh interpreter that has `cryptography` and nothing of ours but the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from ledger.management.commands.build_verifier import pack_verifier
from ledger.verifier import errors
from tests.ledger.proofs import ENTRIES, POLICY, proof_file

VERIFIER = Path(errors.__file__).parent


@pytest.fixture
def auditor(tmp_path: Path) -> Path:
    """A folder with a proof, a policy and the libraries; it is the whole import path of what runs in it."""
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    # cffi is what `cryptography` itself stands on.
    for name in ("cryptography", "cffi", "_cffi_backend"):
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        place = Path(found.origin)
        target = place.parent if place.name == "__init__.py" else place
        (libraries / target.name).symlink_to(target)
    (libraries / "ledger").mkdir()
    shutil.copy(VERIFIER.parent / "__init__.py", libraries / "ledger")
    shutil.copytree(VERIFIER, libraries / "ledger" / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "13.tlog-proof").write_bytes(proof_file())
    (tmp_path / "policy").write_bytes(POLICY)
    (tmp_path / "entry").write_bytes(ENTRIES[13])
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder / "libraries"), "LC_ALL": "C"}
    command = [sys.executable, "-S", "-B", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "ledger.verifier", *arguments)


def test_django_is_not_there(auditor: Path) -> None:
    assert "No module named 'django'" in run(auditor, "-c", "import django").stderr


def test_a_valid_proof(auditor: Path) -> None:
    for entry in ([], ["--entry", "entry"]):
        done = verify(auditor, "13.tlog-proof", "--policy", "policy", *entry)

        assert done.returncode == 0, done.stderr
        assert "Entry 13 of 21 in the log log.example/gi" in done.stdout
        assert "验证通过" in done.stdout
        assert "Not proven" in done.stdout


def test_an_invalid_proof(auditor: Path) -> None:
    data = (auditor / "13.tlog-proof").read_bytes()
    (auditor / "13.tlog-proof").write_bytes(data.replace(b"index 13", b"index 12"))

    done = verify(auditor, "13.tlog-proof", "--policy", "policy")

    assert (done.returncode, done.stdout.splitlines()[0][:23]) == (1, "INVALID (root_mismatch)")
    assert "验证不通过" in done.stdout


def test_another_entry_is_invalid(auditor: Path) -> None:
    (auditor / "entry").write_bytes(ENTRIES[12])

    assert verify(auditor, "13.tlog-proof", "--policy", "policy", "--entry", "entry").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing", "--policy", "policy"],
        ["13.tlog-proof", "--policy", "missing"],
        ["13.tlog-proof", "--policy", "13.tlog-proof"],
        ["13.tlog-proof", "--policy", "policy", "--entry", "missing"],
        ["libraries", "--policy", "policy"],
        ["13.tlog-proof"],
        [],
        ["13.tlog-proof", "--policy", "policy", "--unknown"],
    ],
)
def test_what_cannot_be_checked_is_neither(auditor: Path, arguments: list[str]) -> None:
    done = verify(auditor, *arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_one_file_verifier(auditor: Path) -> None:
    shutil.rmtree(auditor / "libraries" / "ledger")
    (auditor / "v.pyz").write_bytes(pack_verifier())

    assert run(auditor, "v.pyz", "13.tlog-proof", "--policy", "policy").returncode == 0
    assert run(auditor, "v.pyz", "missing", "--policy", "policy").returncode == 2


def test_the_one_file_verifier_is_the_same_every_time() -> None:
    assert pack_verifier() == pack_verifier()
