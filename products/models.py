"""Index of every model, for Django alone; everybody else imports a model from its own file."""

from __future__ import annotations

from products.accounts.models.idempotency import IdempotencyRecord
from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.labels.models.label_run import LabelRange, LabelRun, PrintFile
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.oversight.models.target import PolicyTarget
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, UseStatement, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.models.region import Region
from products.registry.models.standard import LawCitation, Limit, Standard, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep
from products.scans.models.complaint import Complaint
from products.scans.models.scan import Scan, UnitSeen, VisitorSalt
from products.trace.models.batch import Batch, BatchCorrection, BatchStep
from products.trace.models.batch_import import BatchImport
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate, MixedCertificate
from products.trace.models.epcis import EpcisCapture, EpcisConcern, EpcisEvent, EpcisEventEpc, EpcisQuery
from products.trace.models.epcis_own import OwnEvent, OwnEventProgress
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.models.plot import BatchPlot, Grower, Plot, PlotOverlap, PlotStep
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice

__all__ = [
    "ApiToken",
    "Authorisation",
    "AuthorisationDecision",
    "Batch",
    "BatchCorrection",
    "BatchImport",
    "BatchPlot",
    "BatchStep",
    "Case",
    "CaseStep",
    "CollectedCertificate",
    "Complaint",
    "ConformityCertificate",
    "ConsigneeAnswer",
    "Enterprise",
    "EpcisCapture",
    "EpcisConcern",
    "EpcisEvent",
    "EpcisEventEpc",
    "EpcisQuery",
    "Grower",
    "IdempotencyRecord",
    "Indication",
    "IndicationChange",
    "Inspection",
    "LabReport",
    "LabResult",
    "LabelRange",
    "LabelRun",
    "LawCitation",
    "Limit",
    "LineageLink",
    "Lot",
    "LotMove",
    "LotOperation",
    "MixedCertificate",
    "OwnEvent",
    "OwnEventProgress",
    "Plot",
    "PlotOverlap",
    "PlotStep",
    "PolicyTarget",
    "PrintFile",
    "Recall",
    "RecallBatch",
    "RecallNotice",
    "Region",
    "RegistrantDecision",
    "Scan",
    "Standard",
    "StandardVersion",
    "UnitSeen",
    "UseStatement",
    "User",
    "VersionRecord",
    "VersionStep",
    "VisitorSalt",
    "YearQuota",
    "Zone",
    "ZoneCensus",
    "ZoneStep",
]
