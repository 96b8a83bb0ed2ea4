"""Whether a treatment works better in some subgroups than in others."""

from __future__ import annotations

from typing import Any

import pandas as pd
from scipy.stats import chi2

from cxreport.inputs.columns import check_result
from cxreport.stats.heterogeneity import heterogeneity

ONE_GROUP = "fewer than two groups"


def interaction(effects: pd.DataFrame) -> pd.DataFrame:
    """Test whether an effect differs between subgroups, beyond what chance would do.

    A subgroup without a signal is no proof that the treatment fails there: look here first.

    Parameters
    ----------
    effects : DataFrame
        From ``effect`` with ``by``.

    Returns
    -------
    DataFrame
        One row per variable and arm: ``variable``, ``arm``, ``groups`` compared, ``Q`` (Cochran's)
        and its ``df``, ``p_value`` (of one effect everywhere), ``tau`` (standard deviation of the
        true effects, points), ``note`` ("", "fewer than two groups"). Subgroups without a test of
        their own are left out. Without a row when no effect was read.

    Notes
    -----
    Source: Cochran 1954, Biometrics 10, 101-129; DerSimonian & Laird 1986, Controlled Clinical
    Trials 7, 177-188. For subgroups with at least a dozen outcomes in each arm.

    Examples
    --------
    >>> two = {"variable": "region", "arm": "new", "difference": [0.0, 4.0], "std_error": 1.0}
    >>> tests = interaction(pd.DataFrame(two | {"p_value": 0.5}))
    >>> tests[["groups", "Q", "df", "p_value"]].round(4)
       groups    Q  df  p_value
    0       2  8.0   1   0.0047
    """
    check_result(effects, ("variable", "arm", "difference", "std_error", "p_value"), "effect")
    tested = effects[effects["p_value"].notna() & (effects["std_error"] > 0)]
    tests = []
    for (variable, arm), rows in tested.groupby(["variable", "arm"], sort=True):
        test: dict[str, Any] = {"variable": variable, "arm": arm, "groups": len(rows)}
        freedom = len(rows) - 1
        if freedom:
            errors = rows["std_error"].to_numpy("float64")
            spread = heterogeneity(rows["difference"].to_numpy("float64"), errors**2)
            test |= {"Q": spread.Q, "p_value": float(chi2.sf(spread.Q, freedom))}
            test |= {"tau": spread.tau_squared**0.5}
        tests.append(test | {"df": freedom, "note": "" if freedom else ONE_GROUP})
    return pd.DataFrame(
        tests, columns=["variable", "arm", "groups", "Q", "df", "p_value", "tau", "note"]
    )
