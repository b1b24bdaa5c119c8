"""What is in a PNG, read without a library."""

import struct
import zlib


def pixels(png: bytes) -> list[bytes]:
    """The rows of a PNG of 8 bits a channel (https://www.w3.org/TR/png/#9Filters), three bytes a pixel."""
    width, height = struct.unpack(">II", png[16:24])
    assert png[24:26] == b"\x08\x02", "RGB"
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw, rows, before = zlib.decompress(data), [], bytes(3 * width)
    for start in range(0, height * (3 * width + 1), 3 * width + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + 3 * width])
        for place in range(3 * width):
            left = row[place - 3] if place >= 3 else 0
            corner = before[place - 3] if place >= 3 else 0
            up = before[place]
            nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            row[place] = (row[place] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
        before = bytes(row)
        rows.append(before)
    return rows
