"""Placeholder until the context lands."""

from __future__ import annotations

from ninja import Router

router = Router()
