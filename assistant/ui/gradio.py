"""Gradio as this page uses it: imported without its type stubs, its loading screen ended, its queue less restless.

At every import Gradio parses the source of each of its components and renders a type stub beside it: 1.2 of the 2.8 s
of CPU that `import gradio` takes. It leaves that out for a class that has no source file (`create_or_modify_pyi` in
gradio/component_meta.py), so while it is imported its classes have none (docs/decisions/0020).

A page that only stood there drew sixty frames a second, because the loading screen's clock is never stopped, and its
server woke a thousand times a second to look for events (docs/decisions/0022).
"""

import inspect
import re
from pathlib import Path
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

QUEUE_REST = 0.02  # seconds between two looks for events; Gradio's own 0.001 takes 4 % of a core
TRACKER = re.compile(r"(\w+)&&=!1\}(\w+)(?=\(\(\)=>\{\w+\.status===`pending`)")  # its clock's flag, Svelte's `$effect`


def tracker() -> Path | None:
    """Gradio's script of the status tracker; None where it has no such file."""
    return next((Path(gr.__file__).parent / "templates/frontend/assets").glob("statustracker-*.js"), None)


def stopping(script: str) -> str:
    """The status tracker whose clock stops when it is taken away; unchanged where it is not written as expected."""
    return TRACKER.sub(r"\1&&=!1}\2(()=>()=>{\1=!1}),\2", script)


__all__ = ["QUEUE_REST", "gr", "stopping", "tracker"]
