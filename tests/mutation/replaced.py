"""A plugin of pytest that has one module imported with a defect: MUTANT_PATH with the source in MUTANT_SOURCE."""

import os
from importlib.machinery import SourceFileLoader
from types import CodeType

_CODE = compile(os.environ["MUTANT_SOURCE"], os.environ["MUTANT_PATH"], "exec", dont_inherit=True)
_GET_CODE = SourceFileLoader.get_code


def _get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
    return _CODE if loader.path == os.environ["MUTANT_PATH"] else _GET_CODE(loader, name)


SourceFileLoader.get_code = _get_code  # type: ignore[method-assign, assignment]
