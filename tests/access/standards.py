"""Who may draft, read and decide on standards. One version is a draft, or waits for the office of 成都市."""

from __future__ import annotations

from products.registry.models.version_record import VersionRecord
from tests.access.rows import SIGNED_IN, Row
from tests.access.world import World
from tests.registry import version_helpers as helpers

PATH = "standard-versions"
REVIEWERS = {"city", "province"}
SEE_REVIEW = REVIEWERS | {"association", "auditor", "admin"}


def drafted(world: World) -> None:
    association = world.members["association"]
    assert association is not None
    helpers.draft(association, world.indication)


def submitted(world: World) -> None:
    association = world.members["association"]
    assert association is not None
    helpers.submit(association, helpers.draft(association, world.indication))


def published(world: World) -> None:
    association, city = world.members["association"], world.members["city"]
    assert association is not None
    assert city is not None
    helpers.publish(association, city, world.indication)


def row() -> VersionRecord:
    return VersionRecord.objects.get(drafted_by__gt="")


def at(world: World) -> str:
    return f"{PATH}/{row().code}"


STANDARDS: dict[str, Row] = {
    "list_standard_versions": Row(
        SIGNED_IN, lambda w: PATH, prepare=submitted, sees=lambda w: str(row().code), seen_by=frozenset(SEE_REVIEW)
    ),
    "start_standard_version": Row(
        {"association"},
        lambda w: PATH,
        lambda w: {"indication": w.indication.code, "standard_code": "Q-7", "title": "豆瓣"},
    ),
    # What is under review only its registrant and the offices of its area see; a draft the registrant alone.
    "get_standard_version": Row(SEE_REVIEW, at, prepare=submitted),
    "save_standard_version": Row(
        {"association"},
        lambda w: f"{at(w)}/contents",
        lambda w: {"revision": row().revision, "label": "新", "limits": [helpers.acid()]},
        prepare=drafted,
    ),
    "try_standard_version": Row(
        {"association", "admin"},
        lambda w: f"{at(w)}/trial",
        lambda w: {"values": {"total_acid": "0.6"}},
        prepare=drafted,
    ),
    "submit_standard_version": Row(
        {"association"}, lambda w: f"{at(w)}/submission", lambda w: {"revision": row().revision}, prepare=drafted
    ),
    "withdraw_standard_version": Row(
        {"association"}, lambda w: f"{at(w)}/withdrawal", lambda w: {"action": "take_back"}, prepare=submitted
    ),
    "decide_standard_version": Row(
        REVIEWERS,
        lambda w: f"{at(w)}/decisions",
        lambda w: {"revision": row().revision, "action": "publish"},
        prepare=submitted,
    ),
    "repeal_standard": Row(
        REVIEWERS,
        lambda w: "standards/repeals",
        lambda w: {
            "standard_code": helpers.CODE,
            "label": "2026",
            "repealed_on": "2026-12-01",
            "reason": "国家标准废止",
            "document_no": "1",
        },
        prepare=published,
    ),
}
