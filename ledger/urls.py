"""Addresses of the log, as the C2SP specifications and docs/ledger.md give them."""

from __future__ import annotations

from django.urls import path

from ledger import anchor_api, api, rotation_api, views, witness_api

app_name = "ledger"
urlpatterns = [
    path("", views.home, name="home"),
    path("entry/<int:index>", views.entry, name="entry"),
    path("checkpoint", api.checkpoint, name="checkpoint"),
    path("vkey", api.vkey, name="vkey"),
    path("policy", api.policy, name="policy"),
    path("tile/<path:address>", api.tile, name="tile"),
    path("entries/<int:index>", api.entry, name="entry_body"),
    path("proofs/<int:index>", api.proof, name="proof"),
    path("anchors/<int:size>/<slug:kind>", anchor_api.evidence, name="anchor"),
    path("anchors/proofs/<int:index>", anchor_api.proof, name="anchored_proof"),
    path("witness/", witness_api.home, name="witness"),
    path("witness/vkey", witness_api.vkey, name="witness_vkey"),
    path("witness/add-checkpoint", witness_api.add_checkpoint, name="add_checkpoint"),
    path("rotations/", rotation_api.listing, name="rotations"),
    path("rotations/<int:size>", rotation_api.proof, name="rotation"),
]
