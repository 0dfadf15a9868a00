"""What a bundle holds, what it leaves out, and who may have one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.models import Checkpoint, Cosignature, LogKey
from ledger.queries import bodies_of_subjects, newest_checkpoint
from ledger.verifier.note import COSIGNATURE, parse_note
from products.access import NOBODY, Actor
from products.accounts.models.user import User
from products.errors import Forbidden, NotFound
from products.oversight.errors import EvidenceTooLarge, NothingLogged
from products.oversight.services import evidence as service
from products.oversight.services.cases import open_case
from products.trace.models.batch import Batch
from products.trace.services.batches import hold_batch, register_batch
from tests import factories
from tests.evidence.conftest import CONTACT, ORIGIN, World
from tests.evidence.zips import MANIFEST, unpack, verify
from tests.ledger.proofs import Key

Export = Callable[..., Path]


def manifest_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unpack(path)[MANIFEST])
    return found


def kinds_in(path: Path) -> set[str]:
    return {line["kind"] for line in manifest_of(path)["entries"]}


def test_a_case_comes_with_all_that_led_to_it(world: World, export: Export, officer_north: Actor) -> None:
    path = export(officer_north, "case", world.case.number)

    found = verify(path.read_bytes(), world.policy)

    assert kinds_in(path) == {
        "trace.batch_registered", "trace.batch_corrected", "trace.batch_released", "labels.run_issued",
        "labels.range_activated", "scans.complaint_received", "oversight.inspection_planned",
        "oversight.inspection_recorded", "oversight.case_opened", "oversight.case_advanced",
    }  # fmt: skip
    assert (found.entries, found.manifest["origin"], found.manifest["made_by"]) == (10, ORIGIN, "office:510117")
    # The plot before and after, findings, and note and parties of two steps.
    assert found.opened == 7
    names = set(unpack(path))
    assert {f"records/cases/{world.case.number}.json", f"records/batches/{world.batch.code}.json"} <= names
    assert {f"records/label_runs/{world.run_code}.json", "cover.pdf", "README.txt", "policy", "checkpoints/10"} <= names


def test_personal_data_of_others_stays_here(world: World, export: Export, officer_north: Actor) -> None:
    users = list(User.objects.values_list("username", flat=True))
    for kind, code in (("case", world.case.number), ("batch", world.batch.code), ("enterprise", world.enterprise.uscc)):
        files = unpack(export(officer_north, kind, code))
        text = b"\n".join(content for name, content in files.items() if name != "cover.pdf").decode()

        assert all(secret not in text for secret in [CONTACT, "春熙路", *users]), kind
        assert world.complaint.salt.hex() not in text
        assert ("像是假的" in text) == (kind == "case")
        assert "举报人的联系方式" in files[MANIFEST].decode()


def test_a_producer_has_its_own_and_nothing_of_the_offices(world: World, export: Export) -> None:
    for kind, code in (("batch", world.batch.code), ("enterprise", world.enterprise.uscc)):
        path = export(world.maker, kind, code)

        assert verify(path.read_bytes(), world.policy).manifest["made_by"] == f"uscc:{world.enterprise.uscc}"
        assert not any(
            kind.startswith(("oversight.", "scans.")) for kind in kinds_in(path) - {"oversight.evidence_exported"}
        )
        assert "尚未公示的检查、举报和案件（不向企业提供）" in manifest_of(path)["left_out"]
        assert b"\xe6\x9d\x8e\xe5\x9b\x9b" in unpack(path)["records/commitments.json"]  # 李四: its own plot


def test_who_may_have_one(
    world: World, export: Export, officer_north: Actor, officer_south: Actor, officer_city: Actor, auditor: Actor,
    rival: Actor, association: Actor, admin_actor: Actor,
) -> None:  # fmt: skip
    ours = {"batch": world.batch.code, "enterprise": world.enterprise.uscc, "case": world.case.number}
    for actor in (officer_north, officer_city, auditor):
        for kind, code in ours.items():
            assert export(actor, kind, code).exists()
    strangers = [(actor, kind) for actor in (officer_south, rival, association, admin_actor) for kind in ours]
    for actor, kind in [*strangers, (world.maker, "case")]:
        with pytest.raises(NotFound):
            export(actor, kind, ours[kind])
    for kind, code in (("batch", "not-a-uuid"), ("enterprise", "1" * 18), ("case", "AJ-2026-9999"), ("scan", "1")):
        with pytest.raises(NotFound):
            export(officer_north, kind, code)


def test_nobody_is_refused(world: World, export: Export) -> None:
    with pytest.raises(Forbidden):
        export(NOBODY, "batch", world.batch.code)


def test_an_export_is_logged_with_the_hash_of_the_file(
    world: World, export: Export, officer_north: Actor, now: datetime
) -> None:
    path = export(officer_north, "batch", world.batch.code)

    subject = f"batch:{world.batch.code}"
    said = json.loads(bodies_of_subjects([subject])[subject][-1][2])

    assert (said["kind"], said["actor"]) == ("oversight.evidence_exported", "office:510117")
    assert said["data"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (said["data"]["bytes"], said["data"]["entries"]) == (path.stat().st_size, 10)
    # The next bundle tells of this one.
    world.sign(now)
    assert "oversight.evidence_exported" in kinds_in(export(officer_north, "batch", world.batch.code))


def test_what_waits_for_its_place_is_named_and_left_out(world: World, export: Export, now: datetime) -> None:
    hold_batch(actor=world.maker, code=world.batch.code, reason="复检", now=now)

    manifest = manifest_of(export(world.maker, "batch", world.batch.code))

    assert [line["kind"] for line in manifest["waiting"]] == ["trace.batch_held"]
    assert "trace.batch_held" not in {line["kind"] for line in manifest["entries"]}


def test_a_draft_has_nothing_to_prove(world: World, export: Export, now: datetime) -> None:
    lone = factories.make_authorisation(enterprise=world.enterprise, product_name="红油豆瓣")
    draft = register_batch(
        actor=world.maker, authorisation_code=lone.code, lot="DRAFT", origin_code=factories.PIDU,
        produced_on=factories.TODAY, net_mass_g=1000, as_draft=True, now=now,
    )  # fmt: skip

    with pytest.raises(NothingLogged):
        export(world.maker, "batch", draft.code)


def test_too_many_entries_are_refused_with_advice(
    world: World, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MAX_ENTRIES", "MAX_SUBJECTS"):
        with monkeypatch.context() as patched:
            patched.setattr(service, limit, 2)
            with pytest.raises(EvidenceTooLarge, match="按批次分别导出"):
                export(world.maker, "enterprise", world.enterprise.uscc)


def test_only_its_exporter_fetches_it_and_only_for_a_day(
    world: World, export: Export, officer_north: Actor, officer_city: Actor
) -> None:
    sha256 = export(officer_north, "batch", world.batch.code).stem

    for actor in (officer_city, world.maker):
        with pytest.raises(NotFound):
            service.open_evidence(actor=actor, sha256=sha256)
    for nonsense in ("", "..", f"../{officer_north.user_id}/{sha256}", sha256.upper()):
        with pytest.raises(NotFound):
            service.open_evidence(actor=officer_north, sha256=nonsense)
    assert service.purge_evidence(now=datetime.now().astimezone()) == 0
    assert service.purge_evidence(now=datetime.now().astimezone() + timedelta(days=2)) == 1
    with pytest.raises(NotFound):
        service.open_evidence(actor=officer_north, sha256=sha256)


def test_a_value_that_was_erased_stays_closed(world: World, export: Export) -> None:
    Batch.objects.filter(pk=world.batch.pk).update(
        plot_salt=b"", plot_name="", longitude_e6=None, latitude_e6=None, datum=""
    )

    path = export(world.maker, "batch", world.batch.code)

    assert verify(path.read_bytes(), world.policy).opened == 0
    assert any("2 项承诺值" in text for text in manifest_of(path)["left_out"])


def test_a_row_changed_behind_the_logs_back_opens_nothing(world: World, export: Export) -> None:
    Batch.objects.filter(pk=world.batch.pk).update(plot_name="王五家的地")

    path = export(world.maker, "batch", world.batch.code)

    assert verify(path.read_bytes(), world.policy).opened == 1
    told = [text for text in manifest_of(path)["record_differences"] if text.startswith(f"batch {world.batch.code}")]
    assert any("plot does not fit the commitment of entry 1" in text for text in told)


def test_rows_that_are_what_the_entries_say_differ_in_nothing(world: World, export: Export) -> None:
    path = export(world.maker, "batch", world.batch.code)

    # The factories put enterprise and authorisation in place without a word in the log.
    told = {text.partition(":")[0] for text in manifest_of(path)["record_differences"]}
    assert told == {f"enterprise {world.enterprise.uscc}", f"authorisation {world.authorisation.code}"}


def test_a_case_without_a_known_party(world: World, export: Export, officer_north: Actor, now: datetime) -> None:
    case = open_case(actor=officer_north, act="similar_mark", summary="市场上发现", now=now)
    world.sign(now)

    path = export(officer_north, "case", case.number)

    assert verify(path.read_bytes(), world.policy).entries == 1
    assert kinds_in(path) == {"oversight.case_opened"}


def test_cosignatures_count_for_a_quorum(world: World, export: Export, now: datetime) -> None:
    witness = Key("witness.example/court", kind=COSIGNATURE)
    newest = newest_checkpoint()
    assert newest is not None
    line = str(witness.sign(parse_note(newest.note).text, time=int(now.timestamp())))
    Cosignature.objects.create(
        checkpoint=Checkpoint.objects.get(size=newest.size), key_name=witness.name, vkey=str(witness.vkey), line=line,
        cosigned_at=now,
    )  # fmt: skip
    policy = f"log {world.signer.vkey}\nwitness court {witness.vkey}\nquorum court\n"

    found = verify(export(world.maker, "batch", world.batch.code).read_bytes(), policy)

    assert [key.name for key, _time in found.checkpoints[0].witnesses] == ["witness.example/court"]


def test_the_policy_in_it_names_every_key_that_signed(world: World, export: Export, now: datetime) -> None:
    successor = str(Key(ORIGIN, seed="successor").vkey)
    LogKey.objects.filter(until_size__isnull=True).update(until_size=10)
    LogKey.objects.create(vkey=successor, from_size=10, created_at=now)

    files = unpack(export(world.maker, "batch", world.batch.code))

    assert files["policy"].decode() == f"log {successor}\nlog {world.signer.vkey}\nquorum none\n"
    assert json.loads(files[MANIFEST])["vkeys"] == [successor, str(world.signer.vkey)]
