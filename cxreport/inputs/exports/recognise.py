"""Which product wrote a file: by what stands in its first rows, or a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.exports import (
    formbricks,
    freshdesk,
    ga4,
    google_forms,
    limesurvey,
    plain,
    qualtrics,
    shopify,
    surveymonkey,
    trustpilot,
    typeform,
    zendesk,
)

if TYPE_CHECKING:
    from cxreport.inputs.exports.grid import Grid, Stated
    from cxreport.inputs.exports.product import Product

PRODUCTS = (
    qualtrics.PRODUCT, surveymonkey.PRODUCT, typeform.PRODUCT, google_forms.PRODUCT,
    limesurvey.PRODUCT, formbricks.PRODUCT, zendesk.PRODUCT, freshdesk.PRODUCT, shopify.PRODUCT,
    ga4.PRODUCT, trustpilot.PRODUCT,
)  # fmt: skip
FORMATS = {product.key: product for product in (*PRODUCTS, plain.PLAIN)}
"""What ``--format`` takes."""
ROWS = 10


def product_of(grid: Grid, stated: Stated) -> Product:
    """Return which product wrote a file.

    Raises
    ------
    CxError
        If the file has no rows, more than one product fits, or none does and the file does not
        look like a plain table.
    """
    rows = grid.first(ROWS)
    if not rows or not any(rows[0]):
        raise CxError("the file has no headings", where=grid.path, hint="export it again")
    if stated.format:
        return _stated(grid, stated, rows)
    fitting = [product for product in PRODUCTS if product.recognise(rows)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        _ask(grid, [product.key for product in fitting])
    if surveymonkey.may_be(rows):
        _ask(grid, ["surveymonkey", "table"])
    return plain.PLAIN


def _stated(grid: Grid, stated: Stated, rows: list[list[str]]) -> Product:
    product = FORMATS.get(stated.format)
    if product is None:
        raise CxError("no such format", got=stated.format, expected=", ".join(FORMATS))
    if not product.recognise(rows) and not (
        product is surveymonkey.PRODUCT and surveymonkey.may_be(rows)
    ):
        raise CxError(
            f"this is no export of {product.title}",
            where=grid.path,
            got=", ".join(rows[0][:6]),
            hint="leave --format out: the format is found by what the file holds",
        )
    return product


def _ask(grid: Grid, keys: list[str]) -> None:
    raise CxError(
        "the format of the file is not sure",
        where=grid.path,
        expected=" or ".join(f"--format {key}" for key in keys),
        hint="say which one it is",
    )
