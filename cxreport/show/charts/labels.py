"""What the kinds of chart share in words: names of axes, and values in the formats of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.written import values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Writer
    from cxreport.show.formats import Reader

ROUNDING = 1e-9
MOST_DECIMALS = 4


def label_of(block: Block, reader: Reader, parameter: str, otherwise: str | None = None) -> str:
    """Return the text whose key a parameter is; it may speak of the block's other parameters.

    Parameters
    ----------
    block : Block
        The chart.
    reader : Reader
        Who reads it.
    parameter : str
        Such as ``x``.
    otherwise : str
        The key where the block has no such parameter; empty for no text. Not said: the block
        must have it.
    """
    p = block.parameters
    key = p[parameter] if otherwise is None else p.get(parameter, otherwise)
    return reader.text(key, values_of(block)) if key else ""


def write_drawn(block: Block, reader: Reader, otherwise: str = "number") -> Writer:
    """Return what writes a value in the picture: in the format ``drawn``."""
    how, values = block.parameters.get("drawn", otherwise), values_of(block)
    return lambda value: reader.write(value, how, values)


def write_measured(
    block: Block, reader: Reader, parameter: str = "how", otherwise: str = "number"
) -> Callable[[Mapping[Any, Any], str], str]:
    """Return what writes a column of a row for the alt text: in the format ``how``."""
    how, values = block.parameters.get(parameter, otherwise), values_of(block)
    return lambda row, column: reader.write(row[column], how, values | dict(row))


def write_exact(reader: Reader) -> Writer:
    """Return what writes a number of an axis with as many decimals as it has: 0.15 is not 0.2."""

    def write(value: float) -> str:
        enough = (d for d in range(MOST_DECIMALS) if abs(value - round(value, d)) < ROUNDING)
        return reader.words.number(value, next(enough, MOST_DECIMALS))

    return write
