"""The words of the Core Business Vocabulary (CBV 2.0) and how they are written: bare, as URN, as CURIE, as web address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CBV: Final = "https://ref.gs1.org/cbv/"
GS1_VOC: Final = "https://gs1.org/voc/"

EVENT_TYPES: Final = (
    "AggregationEvent",
    "AssociationEvent",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
)
ACTIONS: Final = frozenset({"ADD", "DELETE", "OBSERVE"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Words:
    """One list of the CBV: `stem` is what the web address has before the word, `urn` the older spelling of that."""

    stem: str
    urn: str
    words: frozenset[str]

    def bare(self, text: str) -> str:
        """The bare word where `text` is one of the list in any spelling; a URI of others as it is; "" for neither."""
        if text in self.words:
            return text
        for stem in (self.stem, self.urn):
            if stem and text.startswith(stem):
                word = text[len(stem) :]
                return word if word in self.words else ""
        curie = self.stem.replace(CBV, "cbv:") if self.stem.startswith(CBV) else self.stem.replace(GS1_VOC, "gs1:")
        if text.startswith(curie):
            word = text[len(curie) :]
            return word if word in self.words else ""
        # Another vocabulary's word is a URI; one of GS1's own that is not in the list is a mistake.
        scheme, colon, rest = text.partition(":")
        is_uri = bool(colon and rest and scheme.isascii() and scheme.replace("-", "").replace(".", "").isalnum())
        return text if is_uri and not text.startswith(("urn:epcglobal:cbv:", CBV)) else ""

    def full(self, text: str) -> str:
        """The web address of a word in any spelling; anything else as it is."""
        word = self.bare(text)
        return f"{self.stem}{word}" if word in self.words else text


BIZ_STEPS: Final = Words(
    f"{CBV}BizStep-",
    "urn:epcglobal:cbv:bizstep:",
    frozenset(
        [
            "accepting",
            "arriving",
            "assembling",
            "collecting",
            "commissioning",
            "consigning",
            "creating_class_instance",
            "cycle_counting",
            "decommissioning",
            "departing",
            "destroying",
            "disassembling",
            "dispensing",
            "encoding",
            "entering_exiting",
            "holding",
            "inspecting",
            "installing",
            "killing",
            "loading",
            "other",
            "packing",
            "picking",
            "receiving",
            "removing",
            "repackaging",
            "repairing",
            "replacing",
            "reserving",
            "retail_selling",
            "sampling",
            "sensor_reporting",
            "shipping",
            "staging_outbound",
            "stock_taking",
            "stocking",
            "storing",
            "transporting",
            "unloading",
            "unpacking",
            "void_shipping",
        ]
    ),
)
DISPOSITIONS: Final = Words(
    f"{CBV}Disp-",
    "urn:epcglobal:cbv:disp:",
    frozenset(
        [
            "active",
            "available",
            "completeness_inferred",
            "completeness_verified",
            "conformant",
            "container_closed",
            "container_open",
            "damaged",
            "destroyed",
            "dispensed",
            "disposed",
            "encoded",
            "expired",
            "in_progress",
            "in_transit",
            "inactive",
            "mismatch_class",
            "mismatch_instance",
            "mismatch_quantity",
            "needs_replacement",
            "no_pedigree_match",
            "non_conformant",
            "non_sellable_other",
            "partially_dispensed",
            "recalled",
            "reserved",
            "retail_sold",
            "returned",
            "sellable_accessible",
            "sellable_not_accessible",
            "stolen",
            "unavailable",
            "unknown",
        ]
    ),
)
TRANSACTION_TYPES: Final = Words(
    f"{CBV}BTT-",
    "urn:epcglobal:cbv:btt:",
    frozenset(
        [
            "bol",
            "cert",
            "desadv",
            "inv",
            "pedigree",
            "po",
            "poc",
            "prodorder",
            "recadv",
            "rma",
            "testprd",
            "testres",
            "upevt",
        ]
    ),
)
PARTY_TYPES: Final = Words(
    f"{CBV}SDT-", "urn:epcglobal:cbv:sdt:", frozenset(("owning_party", "possessing_party", "location"))
)
ERROR_REASONS: Final = Words(f"{CBV}ER-", "urn:epcglobal:cbv:er:", frozenset(("did_not_occur", "incorrect_data")))
COMPONENTS: Final = Words(
    f"{CBV}Comp-",
    "",
    frozenset(
        [
            "x",
            "y",
            "z",
            "axial_distance",
            "azimuth",
            "height",
            "spherical_radius",
            "polar_angle",
            "elevation_angle",
            "easting",
            "northing",
            "latitude",
            "longitude",
            "altitude",
        ]
    ),
)
ALERTS: Final = Words(GS1_VOC, "", frozenset(("ALARM_CONDITION", "ERROR_CONDITION")))
MEASUREMENTS: Final = Words(
    GS1_VOC,
    "",
    frozenset(
        [
            "AbsoluteHumidity",
            "AbsorbedDose",
            "AbsorbedDoseRate",
            "Acceleration",
            "Radioactivity",
            "Altitude",
            "AmountOfSubstance",
            "AmountOfSubstancePerUnitVolume",
            "Angle",
            "AngularAcceleration",
            "AngularMomentum",
            "AngularVelocity",
            "Area",
            "Capacitance",
            "Conductance",
            "Conductivity",
            "Count",
            "Density",
            "Dimensionless",
            "DoseEquivalent",
            "DoseEquivalentRate",
            "DynamicViscosity",
            "ElectricCharge",
            "ElectricCurrent",
            "ElectricCurrentDensity",
            "ElectricFieldStrength",
            "Energy",
            "Exposure",
            "Force",
            "Frequency",
            "Illuminance",
            "Inductance",
            "Irradiance",
            "KinematicViscosity",
            "Length",
            "LinearMomentum",
            "Luminance",
            "LuminousFlux",
            "LuminousIntensity",
            "MagneticFlux",
            "MagneticFluxDensity",
            "MagneticVectorPotential",
            "Mass",
            "MassConcentration",
            "MassFlowRate",
            "MassPerAreaTime",
            "MemoryCapacity",
            "MolalityOfSolute",
            "MolarEnergy",
            "MolarMass",
            "MolarVolume",
            "Power",
            "Pressure",
            "RadiantFlux",
            "RadiantIntensity",
            "RelativeHumidity",
            "Resistance",
            "Resistivity",
            "SolidAngle",
            "SpecificVolume",
            "Speed",
            "SurfaceDensity",
            "SurfaceTension",
            "Temperature",
            "Time",
            "Torque",
            "Voltage",
            "Volume",
            "VolumeFlowRate",
            "VolumeFraction",
            "VolumetricFlux",
            "Wavenumber",
        ]
    ),
)
