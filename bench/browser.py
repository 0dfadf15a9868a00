"""One proof in the buyer's browser against the same proof in the auditor's Python; needs Chromium, no database."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import statistics
import time
from dataclasses import dataclass
from typing import Final

from selenium import webdriver

from bench.figures import Figure, Result, Size, duration
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.merkle import leaf_hash, node_hash
from ledger.verifier.note import COSIGNATURE, Note
from ledger.verifier.policy import parse_policy
from ledger.verifier.proof import Proof, format_proof
from ledger.verifier.verify import verify_proof
from tests.e2e.static_server import SCRIPTS, served
from tests.e2e.walking import chromium
from tests.ledger.proofs import Key

ENTRIES: Final = 10_000_000  # in the log the proofs are of
ENTRY_BYTES: Final = 400
WITNESSES: Final = 3
WANTED_MS: Final = 50.0
SLOWED: Final = 6  # times, as browsers' own tools imitate a cheap telephone
RUN: Final = """
const [proof, policy, count, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
let start = performance.now();
import('/tlog.js').then(async ({ parsePolicy, verifyProof }) => {
  const file = bytes(proof), times = [];
  for (let number = 0; number < count; number++) {
    await verifyProof(file, await parsePolicy(bytes(policy)));
    const end = performance.now();
    times.push(end - start);
    start = end;
  }
  done(times);
}).catch((error) => done(`${error}`));
"""


@dataclass(frozen=True)
class Sample:
    """A proof file, and a policy that asks for two of three witnesses."""

    proof: bytes
    policy: bytes


def measure(size: Size) -> Result:
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        return Result("browser", "", (), ("Skipped: Chromium is not installed.",))
    sample = make_sample()
    first: list[float] = []
    ours: list[float] = []
    slowed: list[float] = []
    peer: list[float] = []
    driver = chromium()
    try:
        driver.set_script_timeout(120)
        with served(SCRIPTS) as address:
            for _ in range(size.rounds):
                first.append(statistics.median(_first(driver, sample, address) for _ in range(size.starts)))
                ours.append(statistics.median(in_chromium(driver, sample, count=size.proofs)))
                peer.append(statistics.median(in_python(sample, count=size.proofs)))
                driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
                slowed.append(statistics.median(_first(driver, sample, address) for _ in range(size.starts)))
                driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
        version = str(driver.capabilities["browserVersion"])
    finally:
        driver.quit()
    figures = (
        _figure(f"one proof out of {ENTRIES:,} entries with {WITNESSES} cosignatures, in Chromium", ours, peer),
        _figure("the first one on a page, the verifier fetched from this machine and compiled", first, peer),
        _figure(f"that first one, the browser's processor slowed {SLOWED} times", slowed, peer),
    )
    return Result("browser", "", figures, (f"Chromium {version}, without a window.",))


def _first(driver: webdriver.Chrome, sample: Sample, address: str) -> float:
    driver.get(f"{address}/tlog.js")
    return in_chromium(driver, sample, count=1)[0]


def make_sample() -> Sample:
    """The path's hashes are drawn, and the root is what they lead to: ten million entries need not be made."""
    log = Key("log.example/gi")
    witnesses = [Key(f"witness.example/{number}", kind=COSIGNATURE) for number in range(WITNESSES)]
    entry = json.dumps({"v": 1, "pad": "x" * (ENTRY_BYTES - 16)}, separators=(",", ":")).encode()
    index, size = ENTRIES // 3, ENTRIES
    fork = (index ^ (size - 1)).bit_length()
    count = fork + (index >> fork).bit_count()
    path = tuple(hashlib.sha256(bytes([level])).digest() for level in range(count))
    root = leaf_hash(entry)
    for level, sibling in enumerate(path):
        root = node_hash(sibling, root) if level >= fork or (index >> level) & 1 else node_hash(root, sibling)
    text = str(CheckpointText(origin=log.name, size=size, root=root))
    note = str(Note(text=text, signatures=tuple(key.sign(text) for key in (log, *witnesses)))).encode()
    names = [f"w{number}" for number in range(WITNESSES)]
    lines = [f"log {log.vkey}", *(f"witness {name} {key.vkey}" for name, key in zip(names, witnesses, strict=True))]
    lines += [f"group g 2 {' '.join(names)}", "quorum g", ""]
    proof = format_proof(Proof(index=index, path=path, checkpoint=note, extra=entry))
    return Sample(proof, "\n".join(lines).encode())


def in_chromium(driver: webdriver.Chrome, sample: Sample, *, count: int) -> list[float]:
    """Seconds of each. Raises RuntimeError when the proof does not hold there."""
    encoded = (base64.b64encode(part).decode() for part in (sample.proof, sample.policy))
    times = driver.execute_async_script(RUN, *encoded, count)
    if isinstance(times, str):
        raise RuntimeError(f"refused in the browser: {times}")
    return [one / 1_000 for one in times]


def in_python(sample: Sample, *, count: int) -> list[float]:
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        verify_proof(sample.proof, policy=parse_policy(sample.policy))
        times.append(time.perf_counter() - begin)
    return times


def _figure(what: str, ours: list[float], peer: list[float]) -> Figure:
    ratios = sorted(one / other for one, other in zip(ours, peer, strict=True))
    median = statistics.median(ours)
    return Figure(
        what,
        duration(median),
        f"`ledger.verifier` in a running Python: {duration(statistics.median(peer))}",
        ratio=statistics.median(ratios),
        low=ratios[0],
        high=ratios[-1],
    ).wanting(f"under {WANTED_MS:.0f} ms", median * 1_000 < WANTED_MS)
