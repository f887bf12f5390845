"""Gradio, imported without its type stubs.

At every import Gradio parses the source of each of its components and renders a type stub beside it: 1.2 of the 2.8 s
of CPU that `import gradio` takes. It leaves that out for a class that has no source file (`create_or_modify_pyi` in
gradio/component_meta.py), so while it is imported its classes have none (docs/decisions/0020).
"""

import inspect
from typing import Any

_getfile = inspect.getfile


def _no_stubs(object: Any) -> str:
    if str(getattr(object, "__module__", "")).startswith("gradio."):
        raise OSError("its type stub is left out")
    return _getfile(object)


inspect.getfile = _no_stubs
try:
    import gradio as gr
finally:
    inspect.getfile = _getfile

__all__ = ["gr"]
