"""A log of one's own for each test: fresh key, fresh origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from tests.ledger.authority import Authority, Server
from tests.ledger.chains import OWNER, LocalChain, use_key
from tests.ledger.flushing import flush_allowed

ORIGIN = "log.example/gi"


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    settings.LEDGER_ORIGIN = ORIGIN
    return tmp_path / "keys" / "ledger.key"


@pytest.fixture
def signer(db: None, key_file: Path, now: datetime) -> Signer:
    """The signer of a log just created."""
    create_log(key_file=key_file, origin=ORIGIN, now=now)
    return load_signer(key_file=key_file, origin=ORIGIN)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def server(authority: Authority, settings: Settings) -> Iterator[Server]:
    """A time-stamp authority, and settings that name it, with a password."""
    server = Server(authority)
    settings.CHAIN_URL, settings.TSA_URL = "", server.url.replace("://", "://user:secret@") + "?key=secret"
    settings.TSA_CERTIFICATES = str(authority.folder / "root.pem")
    yield server
    server.stop()


@pytest.fixture
def node(tmp_path: Path, settings: Settings) -> Iterator[LocalChain]:
    """A chain with the contract, and settings that name it."""
    chain = LocalChain(tmp_path / "chain")
    settings.CHAIN_URL, settings.CHAIN_CONTRACT = chain.url, chain.contract
    settings.CHAIN_CONFIRMATIONS, settings.TSA_URL = 3, ""
    use_key(settings, tmp_path, OWNER)
    yield chain
    chain.stop()
