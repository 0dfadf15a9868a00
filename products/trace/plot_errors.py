"""What is refused about growers, plots and the plots of a batch."""

from __future__ import annotations

from products.errors import Conflict, Forbidden, InvalidInput


class PlotFieldMissing(InvalidInput):
    """A plot or grower without what it cannot be known by."""

    code = "plot_field_missing"


class PhoneMalformed(InvalidInput):
    """Not a telephone number."""

    code = "phone_malformed"


class GrowerExists(Conflict):
    """The enterprise has a grower of this name and telephone already."""

    code = "grower_exists"


class GrowerRetired(Conflict):
    """A grower who is no longer one, for whom nothing new is entered."""

    code = "grower_retired"


class GrowerHasPlots(Conflict):
    """Plots in use are still kept in the grower's name."""

    code = "grower_has_plots"


class IndicationNotOwn(Forbidden):
    """The enterprise has neither a right to the indication's mark nor an application under way."""

    code = "indication_not_own"


class OutlineUnreadable(InvalidInput):
    """Not one GeoJSON point or polygon in longitude and latitude."""

    code = "outline_unreadable"


class OutlineInvalid(InvalidInput):
    """A ring that bounds no ground: it crosses itself, has holes, too few corners or too many."""

    code = "outline_invalid"


class PlotSizeImplausible(InvalidInput):
    """Smaller than anything grows on, or larger than any one holding."""

    code = "plot_size_implausible"


class PlotAreaMissing(InvalidInput):
    """A field given as a point needs its area stated."""

    code = "plot_area_missing"


class AltitudeImplausible(InvalidInput):
    """Lower or higher than any place in Sichuan."""

    code = "altitude_implausible"


class PlotExists(Conflict):
    """The enterprise has a plot of this name for the indication already."""

    code = "plot_exists"


class PlotOverlaps(Conflict):
    """The outline shares ground with another plot of the same enterprise: it would be counted twice."""

    code = "plot_overlaps"


class PlotRetired(Conflict):
    """A retired plot stays as it is."""

    code = "plot_retired"


class PlotNotUsable(InvalidInput):
    """Not a plot that the batch can have come from: another's, of another indication, retired, or outside the area."""

    code = "plot_not_usable"
