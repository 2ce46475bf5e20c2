"""Where a line of Chinese may break on a terminal: before any character, but not within a number or a word of Latin letters,
nor between a text and the signs that close it or open it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_PIECE = re.compile(r"[（“《〔「]*(?:[!-~]+|.)[，。；：、）”》〕」]* ?", re.DOTALL)


def breaks(text: str, width: int) -> list[int]:
    """The offsets at which a text is broken so that no line is wider than so many columns.

    >>> breaks("应报42条，实报41条", 10)
    [6]
    """
    found, used, place = [], 0, 0
    for piece in _pieces(text, width):
        wide = cell_len(piece.rstrip(" "))
        if used and used + wide > width:
            found.append(place)
            used = 0
        used += cell_len(piece)
        place += len(piece)
    return found


def _pieces(text: str, width: int) -> Iterator[str]:
    """What stays together, but for what alone is wider than a line."""
    for piece in _PIECE.findall(text):
        if cell_len(piece) <= width:
            yield piece
        else:
            yield from piece
