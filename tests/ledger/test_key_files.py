"""Key files: whose they are, who can read them, and what happens to them on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.adapters.key_files import create_file, put_file, read_key_file
from ledger.adapters.signer import Signer, create_key, load_signer
from ledger.errors import LedgerFatal
from tests.ledger.conftest import ORIGIN

NOBODY = 65534


@pytest.fixture
def key(tmp_path: Path) -> Path:
    create_key(key_file=tmp_path / "keys" / "k")
    return tmp_path / "keys" / "k"


def refusal(path: Path) -> str:
    with pytest.raises(LedgerFatal) as caught:
        load_signer(key_file=path, origin=ORIGIN)
    return str(caught.value)


def test_a_fresh_key_is_its_owners_alone(key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["k"]
    assert load_signer(key_file=key, origin=ORIGIN).origin == ORIGIN


def test_a_wide_umask_does_not_matter(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key(key_file=tmp_path / "k")
    finally:
        os.umask(before)

    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
def test_owner_and_a_reading_group_are_fine(key: Path, mode: int) -> None:
    key.chmod(mode)

    assert load_signer(key_file=key, origin=ORIGIN)


@pytest.mark.parametrize("mode", [0o604, 0o606, 0o601, 0o660, 0o777])
def test_others_are_not(key: Path, mode: int) -> None:
    key.chmod(mode)

    assert f"mode {mode:04o}" in refusal(key)


def test_a_symbolic_link_is_refused(key: Path) -> None:
    key.with_name("link").symlink_to(key)

    assert "symbolic link" in refusal(key.with_name("link"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_key_of_another_user_is_refused(key: Path) -> None:
    os.chown(key, NOBODY, -1)

    assert f"belongs to user {NOBODY}" in refusal(key)


def test_a_folder_where_anybody_can_replace_it_is_refused(key: Path) -> None:
    key.parent.chmod(0o777)
    assert "anybody can replace files" in refusal(key)

    key.parent.chmod(0o1777)
    assert load_signer(key_file=key, origin=ORIGIN)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    assert "not a plain file" in refusal(tmp_path / "pipe")
    assert "cannot be read" in refusal(tmp_path / "missing") or "not a plain file" in refusal(tmp_path)


def test_a_file_is_never_replaced_by_making_one(tmp_path: Path) -> None:
    create_file(tmp_path / "k", b"one")

    with pytest.raises(FileExistsError):
        create_file(tmp_path / "k", b"two")

    assert (tmp_path / "k").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_without_links_a_file_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("this file system has no links")

    monkeypatch.setattr(os, "link", refused)
    create_file(tmp_path / "k", b"one")

    assert read_key_file(tmp_path / "k") == b"one"
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "k", b"two")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    put_file(tmp_path / "k", b"one", fresh=tmp_path / "fresh", mode=0o400)
    put_file(tmp_path / "k", b"two", fresh=tmp_path / "fresh", mode=0o400)

    assert (tmp_path / "k").read_bytes() == b"two"
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("k", 0o400)]


def test_a_signer_does_not_show_its_key(key: Path) -> None:
    signer = load_signer(key_file=key, origin=ORIGIN)
    secret = signer._private.private_bytes_raw()

    for text in (repr(signer), str(signer), repr(vars(signer))):
        assert secret.hex() not in text
        assert repr(secret) not in text


def test_a_mark_of_another_key_is_refused(key: Path, tmp_path: Path) -> None:
    signer: Signer = load_signer(key_file=key, origin=ORIGIN)
    create_key(key_file=tmp_path / "other")
    from ledger.verifier.checkpoint import CheckpointText
    from ledger.verifier.merkle import EMPTY_ROOT

    empty = CheckpointText(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    signer.remember(load_signer(key_file=tmp_path / "other", origin=ORIGIN).sign(empty))

    with pytest.raises(LedgerFatal, match="not signed with this key"):
        signer.last_signed()
    signer.remember(signer.sign(empty))
    assert signer.last_signed() == empty
