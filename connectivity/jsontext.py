"""JSON of others, read so that nothing in it is passed over. A leaf.

Python's reader takes the last of what an object says twice, and recurses as deep as the text is.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from connectivity.errors import visible


class JsonError(ValueError):
    """A text that is no JSON, or says something twice; ``place`` is its line and column, ``:3:7``, where that is known."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.place = place


MOST = 1_000_000
"""The most objects and lists of a text; each takes twenty times as much memory as it is written with."""

_EACH = 10  # values of an object or a list, on average


def read_json(data: bytes | str, most: int = MOST) -> Any:
    """What a text says, of at most so many objects and lists. Raises JsonError.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    raw = data if isinstance(data, bytes) else data.encode("utf-8", errors="surrogatepass")
    if raw.count(b"{") + raw.count(b"[") > most or raw.count(b",") > most * _EACH:
        raise JsonError(f"it has more than {most:,} objects and lists, or {most * _EACH:,} values")
    try:
        return json.loads(data, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise JsonError(visible(error.msg).removesuffix(" at"), f":{error.lineno}:{error.colno}") from error
    except UnicodeDecodeError as error:
        raise JsonError("it is not UTF-8; save it as that") from error
    except RecursionError as error:
        raise JsonError("it is nested too deeply") from error
    except JsonError:
        raise
    except ValueError as error:  # a number of more digits than Python reads
        raise JsonError(visible(str(error))) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise JsonError(f'an object in it says "{visible(twice, 40)}" twice')
    return found
