"""A page for each shop, region or other group: how it does, and where it surely differs."""

from cxreport.topics.shops.blocks import (
    brief,
    comments,
    differences,
    header,
    method,
    others,
    trend,
    waits,
)
from cxreport.topics.shops.frames import (
    Shop,
    open_shop,
    other_shops,
    shop_comments,
    shop_scores,
    shop_series,
    shop_wait_changes,
    shop_waits,
)

__all__ = [
    "Shop",
    "brief",
    "comments",
    "differences",
    "header",
    "method",
    "open_shop",
    "other_shops",
    "others",
    "shop_comments",
    "shop_scores",
    "shop_series",
    "shop_wait_changes",
    "shop_waits",
    "trend",
    "waits",
]
