"""EPCIS 2.0 events as they were captured, what finds them, and the captures they came with; append-only."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.enterprise import Enterprise


class EpcisCaptureQuerySet(models.QuerySet["EpcisCapture"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its capturer's, and the offices' and auditors' of the capturer's region."""
        if actor.is_role(Role.PRODUCER):
            return self.filter(enterprise__uscc=actor.uscc)
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "enterprise__region_id"))
        return self.none()


class EpcisCapture(models.Model):
    """One capture: a document or a single event, what came of it, and the JSON-LD context its events are read in."""

    class Behaviour(models.TextChoices):
        ROLLBACK = "rollback", _("有一处错误即全部不收")
        PROCEED = "proceed", _("收下无误的事件")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="epcis_captures")
    behaviour = models.CharField(max_length=8, choices=Behaviour.choices)
    # The document's @context as it was received: without it the names of user extensions mean nothing.
    context = models.TextField(blank=True)
    # Events sent, kept by this capture, and known before (the same id and content again).
    sent_count = models.PositiveIntegerField()
    kept_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    # [{"event": place in the document from 0, "eventID", "code", "field", "text"}], the first thousand.
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = EpcisCaptureQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="epcis_behaviour_known", condition=models.Q(behaviour__in=["rollback", "proceed"])
            )
        ]

    def __str__(self) -> str:
        return str(self.code)


class EpcisEventQuerySet(models.QuerySet["EpcisEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its capturer's, those whose goods it is about, and the offices' and auditors' of either's region."""
        if actor.is_role(Role.PRODUCER):
            concerned = EpcisConcern.objects.filter(event=OuterRef("pk"), enterprise__uscc=actor.uscc)
            return self.filter(Q(enterprise__uscc=actor.uscc) | Exists(concerned))
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            concerned = EpcisConcern.objects.filter(event=OuterRef("pk"))
            concerned = concerned.filter(region_filter(actor, "enterprise__region_id"))
            return self.filter(region_filter(actor, "enterprise__region_id") | Exists(concerned))
        return self.none()


class EpcisEvent(models.Model):
    """One event: `text` is what was sent, character for character; the other columns are read from it."""

    capture = models.ForeignKey(EpcisCapture, on_delete=models.PROTECT, related_name="events")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="epcis_events", db_index=False)
    # The sender's eventID; where there is none, the event hash as `ni:///sha-256;...?ver=CBV2.0`.
    event_id = models.CharField(max_length=200)
    # CBV 2.0 section 8.9, over everything but the id, the record time and an error declaration.
    event_hash = models.CharField(max_length=64)
    text = models.TextField()
    type = models.CharField(max_length=20)
    event_time = models.DateTimeField()
    record_time = models.DateTimeField()
    action = models.CharField(max_length=8, blank=True)
    # Words of the CBV stand bare (`shipping`), others as the URI they are.
    biz_step = models.CharField(max_length=200, blank=True)
    disposition = models.CharField(max_length=200, blank=True)
    # Canonical GS1 Digital Link where they are GS1 identifiers.
    read_point = models.CharField(max_length=255, blank=True)
    biz_location = models.CharField(max_length=255, blank=True)
    # It declares an earlier event of the same id wrong (EPCIS 2.0 section 7.4.1.4).
    is_error = models.BooleanField(default=False)

    objects = EpcisEventQuerySet.as_manager()

    class Meta:
        ordering = ["-event_time", "-id"]
        constraints = [
            models.UniqueConstraint(name="epcis_event_once", fields=["event_id", "enterprise", "is_error"]),
        ]
        indexes = [
            models.Index(name="epcis_event_time", fields=["event_time", "id"]),
            models.Index(name="epcis_event_recorded", fields=["record_time", "id"]),
            models.Index(name="epcis_event_step", fields=["biz_step", "event_time"]),
            models.Index(name="epcis_event_capturer", fields=["enterprise", "event_time"]),
        ]

    def __str__(self) -> str:
        return self.event_id


class EpcisEventEpc(models.Model):
    """That an event names an identifier in one of its fields: what finds the events of one thing."""

    class Effect(models.IntegerChoices):
        """What the event does to the thing, for the questions of whether it exists and is packed."""

        NONE = 0, _("无")
        ADDED = 1, _("产生")
        ENDED = 2, _("终止")
        PACKED = 3, _("装入")
        UNPACKED = 4, _("取出")

    event = models.ForeignKey(EpcisEvent, on_delete=models.PROTECT, related_name="epcs")
    # epcList, parentID, childEPCs, inputEPCList, ... as the standard names it.
    field = models.CharField(max_length=20)
    # Canonical GS1 Digital Link, or the URI itself where it is no GS1 identifier.
    epc = models.CharField(max_length=255)
    effect = models.PositiveSmallIntegerField(choices=Effect.choices, default=Effect.NONE)

    class Meta:
        indexes = [models.Index(name="epcis_events_of_epc", fields=["epc", "event"])]


class EpcisConcern(models.Model):
    """That an event of somebody else is about an enterprise's goods; found when it was captured."""

    event = models.ForeignKey(EpcisEvent, on_delete=models.PROTECT, related_name="concerns")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="epcis_concerns")

    class Meta:
        constraints = [models.UniqueConstraint(name="epcis_concern_once", fields=["event", "enterprise"])]


class EpcisQuery(models.Model):
    """A query that was given a name; its owner's alone, changed by nobody and deleted by its owner."""

    owner = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    # As sent: {"name of parameter": value}.
    query = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="epcis_query_named_once", fields=["owner", "name"])]

    def __str__(self) -> str:
        return self.name
