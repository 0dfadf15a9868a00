"""One bundle from beginning to end: entries, records, openings, cover, manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from products.access import Actor, Role
from products.audit import timestamp
from products.coverage import compare
from products.oversight.evidence import words
from products.oversight.evidence.cover import Cover, write_cover
from products.oversight.evidence.environment import environment
from products.oversight.evidence.openings import Candidates, Opening, candidates_of, open_commitments
from products.oversight.evidence.package import Package
from products.oversight.evidence.records import records_of
from products.oversight.evidence.scope import Scope
from products.proofs import ProofLink, Seal, anchors_of, evidence_entries, evidence_keys
from products.trace.queries.batches import actor_names

COMMITMENTS: Final = "records/commitments.json"
SHOWN_DIFFERENCES: Final = 100


@dataclass(frozen=True)
class Request:
    """Who asked for what, when, and from which client. `links` are all entries about the scope, waiting ones too."""

    actor: Actor
    scope: Scope
    subjects: Sequence[str]
    links: Sequence[ProofLink]
    seals: Sequence[Seal]
    client: str
    now: datetime


def write_bundle(file: BinaryIO, request: Request) -> int:
    """Write the zip and return how many entries it proves. Everything in it is in Chinese, whoever asked."""
    with translation.override("zh-hans"):
        return _Bundle(file, request).write()


class _Bundle:
    def __init__(self, file: BinaryIO, request: Request) -> None:
        self._request = request
        self._package = Package(file, now=request.now)
        self._lines: list[dict[str, Any]] = []
        self._openings: list[Opening] = []
        self._closed = 0
        self._anchors: dict[int, list[str]] = {}

    def write(self) -> int:
        request, package = self._request, self._package
        self._add_entries(candidates_of(request.scope))
        for seal in request.seals:
            self._add_seal(seal)
        for record in records_of(request.scope):
            package.add(f"records/{record.table}/{record.code}.json", readable(record.facts), what="record")
        openings = [{**asdict(one), "salt": one.salt.hex()} for one in self._openings]
        package.add(COMMITMENTS, readable(openings), what="commitments")
        keys = evidence_keys(request.seals)
        lines = [*(f"log {key}" for key in keys), "quorum none"]
        package.add("policy", "".join(f"{line}\n" for line in lines).encode(), what="policy")
        facts = self._facts(keys)
        readme = render_to_string("oversight/evidence_readme.txt", {"facts": facts, "words": words})
        package.add("README.txt", readme.encode(), what="readme")
        with package.stream("cover.pdf", what="cover") as stream:
            write_cover(stream, self._cover(facts))
        package.finish(facts)
        return len(self._lines)

    def _add_entries(self, candidates: Candidates) -> None:
        # What got its place meanwhile is waiting, as far as this bundle is concerned.
        known = {link.index for link in self._request.links}
        for proven in evidence_entries(self._request.seals, self._request.subjects):
            if proven.index not in known:
                continue
            said = json.loads(proven.body)
            self._package.add(f"entries/{proven.index}.json", proven.body, what="entry")
            self._package.add(f"proofs/{proven.index}.tlog-proof", proven.proof, what="proof")
            line = {name: said[name] for name in ("kind", "subject", "at", "actor")}
            self._lines.append({"index": proven.index, "checkpoint": proven.size, **line})
            opened, closed = open_commitments(
                index=proven.index, subject=said["subject"], commitments=said["commitments"], candidates=candidates
            )
            self._openings += opened
            self._closed += closed
        self._lines.sort(key=lambda line: line["index"])

    def _add_seal(self, seal: Seal) -> None:
        self._package.add(f"checkpoints/{seal.size}", seal.note, what="checkpoint")
        for name, content in anchors_of(seal):
            if name.endswith(".checkpoint"):
                continue  # the one above, without its cosignatures
            self._package.add(f"anchors/{name}", content, what="anchor")
            self._anchors.setdefault(seal.size, []).append(f"anchors/{name}")

    def _facts(self, keys: list[str]) -> dict[str, Any]:
        """The manifest but for its list of files."""
        request, scope = self._request, self._request.scope
        role = request.actor.role or Role.AUDITOR
        kinds = sorted({line["kind"] for line in self._lines})
        return {
            "subject": scope.subject,
            "title": scope.title,
            "enterprise": scope.uscc,
            "demonstration": scope.is_demo,
            "made_at": timestamp(request.now),
            "made_by": request.actor.ledger_name,
            "made_by_role": role.value,
            "client": request.client,
            "origin": keys[0].partition("+")[0],
            "vkeys": keys,
            **environment(),
            "storage_method": words.STORAGE,
            "interest": words.INTEREST[role],
            "qualification": words.QUALIFICATION,
            "proven": list(words.PROVEN),
            "not_proven": list(words.NOT_PROVEN),
            "left_out": self._left_out(role),
            "kinds": {kind: {"words": words.kind_words(kind), "source": words.source_of(kind)} for kind in kinds},
            "entry_devices": "not recorded",
            **self._comparison(),
            "entries": self._lines,
            "waiting": [
                {"kind": link.kind, "subject": link.subject, "queued_at": timestamp(link.at)}
                for link in request.links
                if link.index is None
            ],
        }

    def _comparison(self) -> dict[str, Any]:
        """What `ledger_check` would say of these rows now: whether the records are what the entries say."""
        differences = compare(subjects=self._request.subjects)
        shown = [str(one) for one in islice(differences, SHOWN_DIFFERENCES)]
        return {"record_differences": shown, "more_record_differences": sum(1 for _ in differences)}

    def _left_out(self, role: Role) -> list[str]:
        scope = self._request.scope
        left_out = [*words.LEFT_OUT, *scope.left_out]
        if role is Role.PRODUCER:
            left_out.append(words.FOR_PRODUCER)
        elif not scope.with_complaint_text:
            left_out.append(words.COMPLAINT_TEXT)
        if self._closed:
            left_out.append(f"{self._closed} 项承诺值的原值（不公开、已依法删除，或业务记录已变更）")
        return left_out

    def _cover(self, facts: Mapping[str, Any]) -> Cover:
        request = self._request
        return Cover(
            scope=request.scope,
            lines=self._lines,
            seals=request.seals,
            anchors=self._anchors,
            manifest=facts,
            names=actor_names({request.actor.ledger_name, *(line["actor"] for line in self._lines)}),
            role=request.actor.role or Role.AUDITOR,
            address=f"{settings.BASE_URL}{request.scope.page}",
            now=request.now,
        )


def readable(value: object) -> bytes:
    """JSON for people: indented, Chinese as it is."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
