"""A bundle checked as a court would: by the command line, and without any of our software."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from gi_trace.settings import BASE_DIR
from ledger.management.commands.build_verifier import pack_verifier
from ledger.models import Anchor, Checkpoint
from ledger.queries import newest_checkpoint
from ledger.verifier.note import parse_note
from products.access import Actor
from products.trace.services.batches import hold_batch
from tests.evidence.conftest import World
from tests.evidence.zips import pack, relisted, unpack, verify
from tests.ledger.authority import Authority
from tests.ledger.chains import needs_openssl
from tests.ledger.proofs import Key

Export = Callable[..., Path]
TOOLS = ("bash", "sha256sum", "openssl", "base64", "od")


def run(*arguments: str | Path, cwd: Path = BASE_DIR) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ledger.verifier", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def policy(world: World, tmp_path: Path) -> Path:
    (tmp_path / "policy").write_text(world.policy)
    return tmp_path / "policy"


def test_the_command_line_says_valid(world: World, export: Export, officer_north: Actor, policy: Path) -> None:
    path = export(officer_north, "case", world.case.number)

    done = run(path, "--policy", policy)

    assert done.returncode == 0, done.stderr
    assert "VALID.\n验证通过。\n" in done.stdout
    assert f"SHA-256 of the zip: {path.stem}." in done.stdout
    assert "10 entries are in the log." in done.stdout
    assert "Not proven: that what they say is true" in done.stdout


def test_the_packed_verifier_does_it_too(world: World, export: Export, policy: Path, tmp_path: Path) -> None:
    path = export(world.maker, "batch", world.batch.code)
    (tmp_path / "ledger-verifier.pyz").write_bytes(pack_verifier())

    command = [sys.executable, "ledger-verifier.pyz", str(path), "--policy", str(policy)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    assert done.returncode == 0, done.stderr


def test_the_command_line_says_invalid_or_unusable(world: World, export: Export, policy: Path, tmp_path: Path) -> None:
    path = export(world.maker, "batch", world.batch.code)
    forged = tmp_path / "forged.zip"
    forged.write_bytes(pack(unpack(path) | {"records/extra.json": b"{}"}))

    done = run(forged, "--policy", policy)
    assert (done.returncode, "INVALID (unlisted_file)" in done.stdout) == (1, True)
    refused: tuple[list[str | Path], ...] = (
        [path, "--policy", policy, "--entry", policy],
        ["absent.zip", "--policy", policy],
        [path, "--policy", path],
    )
    for arguments in refused:
        assert run(*arguments).returncode == 2


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
def test_the_readmes_own_script_needs_none_of_our_software(
    world: World, export: Export, officer_north: Actor, policy: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "unpacked" / "bundle"
    with ZipFile(export(officer_north, "case", world.case.number)) as opened:
        opened.extractall(folder)
    script = (folder / "README.txt").read_text(encoding="utf-8").partition("--- check.sh\n")[2].partition("\n---\n")[0]
    assert "python -m" not in script
    # A key that has since been replaced stands in a policy as well.
    policy.write_text(f"log {Key('log.example/evidence', seed='old').vkey}\n{world.policy}")

    def check() -> subprocess.CompletedProcess[str]:
        environment = {"POLICY": str(policy), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        return subprocess.run(
            ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    done = check()
    assert (done.returncode, done.stdout.split()) == (0, [word for index in range(10) for word in ("OK", str(index))])
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    forged = files["entries/4.json"].replace(b'"last_serial":5', b'"last_serial":9')
    assert forged != files["entries/4.json"]
    for name, content in relisted(files | {"entries/4.json": forged}).items():
        (folder / name).write_bytes(content)
    done = check()
    assert done.returncode == 1
    assert "NOT PROVEN 4" in done.stdout
    policy.write_text(f"log {Key('log.example/evidence', seed='impostor').vkey}\nquorum none\n")
    done = check()
    assert (done.returncode, done.stdout) == (1, "")


@needs_openssl
def test_anchors_travel_with_their_checkpoint(
    world: World, export: Export, policy: Path, tmp_path: Path, now: datetime
) -> None:
    """Entries up to the stamped checkpoint are proven under it, the later one under the newest."""
    authority = Authority(tmp_path / "tsa")
    newest = newest_checkpoint()
    assert newest is not None
    Anchor.objects.create(
        checkpoint=Checkpoint.objects.get(size=newest.size), kind="rfc3161", target="https://tsa.example/",
        status="confirmed", receipt=authority.token(parse_note(newest.note).text.encode()), created_at=now,
        confirmed_at=now,
    )  # fmt: skip
    hold_batch(actor=world.maker, code=world.batch.code, reason="复检", now=now)
    world.sign(now)
    path = export(world.maker, "batch", world.batch.code)
    (tmp_path / "roots.pem").write_bytes(authority.roots)

    found = verify(path.read_bytes(), world.policy)

    assert {checkpoint.text.size for checkpoint in found.checkpoints} == {10, 11}
    assert [name for name, _data, _text in found.anchors] == ["anchors/anchor-10.tsr"]
    done = run(path, "--policy", policy)
    assert (done.returncode, "was not checked: give --tsa-certificates" in done.stdout) == (0, True)
    done = run(path, "--policy", policy, "--tsa-certificates", tmp_path / "roots.pem")
    assert (done.returncode, "stamped this checkpoint at" in done.stdout) == (0, True), done.stderr
    (tmp_path / "roots.pem").write_bytes(Authority(tmp_path / "other").roots)
    assert run(path, "--policy", policy, "--tsa-certificates", tmp_path / "roots.pem").returncode == 1
