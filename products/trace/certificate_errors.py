"""What is refused about a conformity certificate (承诺达标合格证)."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput, NotFound


class CertificateKindUnknown(InvalidInput):
    """None of the kinds of farm product that the rule names."""

    code = "certificate_kind_unknown"


class CertificateBasisMissing(InvalidInput):
    """A promise that rests on nothing, or on something the certificate has no box for."""

    code = "certificate_basis_missing"


class CertificateContactInvalid(InvalidInput):
    """Nobody could be reached by it."""

    code = "certificate_contact_invalid"


class CertificateStopped(Conflict):
    """The batch is held or recalled: nothing can be promised of it."""

    code = "certificate_batch_stopped"


class CertificateLabFailed(Conflict):
    """A laboratory found the batch below its standard."""

    code = "certificate_lab_failed"


class CertificateExists(Conflict):
    """One a batch; another takes its place with a reason."""

    code = "certificate_exists"


class CertificateMissing(NotFound):
    """The batch has no certificate yet."""

    code = "certificate_missing"


class CertificateReplaced(Conflict):
    """Not the one that stands: only that is printed."""

    code = "certificate_replaced"


class CertificateUnprintable(InvalidInput):
    """It cannot be drawn in legible type on this size."""

    code = "certificate_unprintable"


class CertificateNotOfPurchase(Conflict):
    """Only what was bought comes with a seller's certificate."""

    code = "certificate_not_of_purchase"


class CollectedTwice(Conflict):
    """The lot has this certificate already."""

    code = "certificate_collected_twice"
