"""What every metric may need: intervals, families of tests, survival, shrinkage, weights, trend."""

from cxreport.stats.change_point import change_point
from cxreport.stats.consistency import consistency
from cxreport.stats.share_grids import share_grid
from cxreport.stats.survival import compare_survival, restricted_mean, survival
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.stats.weights import design_effect

__all__ = [
    "change_point",
    "compare_survival",
    "consistency",
    "design_effect",
    "restricted_mean",
    "share_grid",
    "survival",
    "survival_quantile",
]
