"""After an erasure the log is whole, every proof verifies, and no commitment can be opened by trying values."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from django.core.management import call_command

from ledger.queries import entry_body, proof_text
from products.proofs import proofs_of
from products.trace.domain.outline import place_text
from products.trace.domain.plots import plot_text
from tests.coverage.reading import differences, missing_rows
from tests.erasure.searching import table_files
from tests.erasure.world import CONTACT, FINDINGS, NOTE, OLD_PLOT, PHONE, PLACE, TEXT, YARD, World
from tests.ledger.helpers import findings


def verdict(folder: Path, policy: str, index: int) -> int:
    proof, rules = folder / f"{index}.tlog-proof", folder / "policy"
    proof.write_text(proof_text(index))
    rules.write_text(policy)
    command = [sys.executable, "-m", "ledger.verifier", str(proof), "--policy", str(rules)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_every_proof_verifies_and_the_log_agrees_with_the_tables(
    world: World, much_later: object, tmp_path: Path
) -> None:
    world.erase_all(tmp_path / "erasure.journal")
    call_command("erase_person", "--finish")
    size = world.sign()

    subjects = [f"batch:{world.batch.code}", f"complaint:{world.complaint.number}", f"case:{world.case.number}"]
    subjects += [f"inspection:{world.inspection.number}", f"uscc:{world.user.uscc}"]
    subjects += [f"certificate:{world.certificate.code}", f"grower:{world.grower.code}"]
    subjects += [f"plot:{world.yard.code}", f"plot:{world.grower.plots.get().code}"]
    subjects += [f"lot:{world.bought.code}", f"lot-operation:{world.sent.code}"]
    stated = proofs_of(subjects)
    assert {link.kind for link in stated} >= {
        "accounts.person_erased",
        "scans.complaint_erased",
        "oversight.case_erased",
        "oversight.findings_erased",
        "trace.plot_erased",
        "trace.contact_erased",
        "trace.grower_erased",
        "trace.place_erased",
        "trace.seller_erased",
        "trace.consignee_erased",
    }
    assert {verdict(tmp_path, world.policy, link.index or 0) for link in stated} == {0}
    assert findings(world.signer) == []
    assert differences() == []
    assert missing_rows() == []
    for link in stated:
        if link.kind.endswith("_erased"):
            said = json.loads(entry_body(link.index or 0))
            assert (said["data"], said["commitments"]) == ({}, {})
    assert size == max(link.index or 0 for link in stated) + 1


def commitments_of(world: World) -> dict[str, str]:
    """{the committed text: its commitment} for texts an attacker knows and only wants confirmed."""
    plot = plot_text(plot_name=OLD_PLOT, longitude_e6=None, latitude_e6=None, datum="")
    yard = place_text(name=YARD, geometry=world.yard.geometry, datum=world.yard.datum)
    known = {
        ("complaint", world.complaint.number): {"text": TEXT, "bought_at": PLACE, "contact": CONTACT},
        ("case", world.case.number): {"note": NOTE},
        ("inspection", world.inspection.number): {"findings": FINDINGS},
        ("batch", str(world.batch.code)): {"plot": plot},
        ("certificate", str(world.certificate.code)): {"contact": PHONE},
        ("plot", str(world.yard.code)): {"place": yard},
    }
    found: dict[str, str] = {}
    for (prefix, key), texts in known.items():
        for link in proofs_of([f"{prefix}:{key}"]):
            promised = json.loads(entry_body(link.index or 0))["commitments"]
            for name, text in texts.items():
                if name in promised:
                    found.setdefault(text, promised[name])
    assert set(found) == {text for texts in known.values() for text in texts.values()}
    return found


def opened(commitments: dict[str, str]) -> set[str]:
    """The texts that any 16 bytes of the database's files, or none, confirm as salt."""
    wanted = {text.encode(): bytes.fromhex(promised.removeprefix("sha256:")) for text, promised in commitments.items()}
    salts = {b""}
    for path in table_files():
        content = path.read_bytes()
        salts |= {content[start : start + 16] for start in range(len(content) - 15)}
    digest = hashlib.sha256
    return {
        text.decode()
        for text, promised in wanted.items()
        if any(digest(salt + text).digest() == promised for salt in salts)
    }


def test_with_the_salts_gone_a_known_value_confirms_no_commitment(
    world: World, much_later: object, tmp_path: Path
) -> None:
    commitments = commitments_of(world)
    # The attack itself works as long as the salts are there.
    call_command("erase_person", "--finish")
    assert opened(commitments) == set(commitments)

    world.erase_all(tmp_path / "erasure.journal")
    call_command("erase_person", "--finish")

    assert opened(commitments) == set()
