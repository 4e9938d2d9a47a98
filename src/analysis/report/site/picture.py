"""Thumbnails: a figure small enough to lie inside the page."""

from __future__ import annotations

import io

WIDTH, COLOURS = 240, 32


def thumbnail(png: bytes) -> bytes:
    """Return a figure as a palette PNG of the thumbnail's width; the same bytes for the same figure."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        whole = picture.convert("RGB")
    size = (WIDTH, max(1, round(whole.height * WIDTH / whole.width)))
    small = whole.resize(size, Image.Resampling.BOX)
    buffer = io.BytesIO()
    small.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(buffer, "PNG")
    return buffer.getvalue()
