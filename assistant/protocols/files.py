"""Files on their way in: Gradio's own addresses for them, served here, so that each file belongs to who sent it.

POST /gradio_api/upload            multipart field `files`; answers with a handle for each
GET  /gradio_api/upload_progress   says done at once: a file is small and the page has its own sign of work
GET  /gradio_api/file=HANDLE       a picture that still waits, for its sender alone
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import BadInput, LueurError
from assistant.uploads import MOST, Uploads

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

SHOWN = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".gif": "gif", ".avif": "avif"}
SEALED = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}


def routes(uploads: Uploads, who: Callable[[Any], str]) -> list[Any]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import FileResponse, JSONResponse
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    async def upload(call: Call) -> Response:
        try:
            person = who(call)
            async with call.form(max_files=MOST, max_fields=MOST) as form:
                sent = [file for file in form.getlist("files") if not isinstance(file, str)]
                return JSONResponse(
                    [await run_in_threadpool(uploads.put, person, f.filename or "", await f.read()) for f in sent]
                )
        except LueurError as error:
            return Plain(error.key, 413 if isinstance(error, BadInput) else 403)

    def progress(_: Call) -> Response:
        return Plain('data: {"msg": "done"}\n\n', media_type="text/event-stream")

    def file(call: Call) -> Response:
        try:
            path = uploads.find(who(call), call.path_params["handle"])
        except LueurError:
            return Plain("no such file", 404)
        kind = SHOWN.get(Path(path).suffix.lower())
        return FileResponse(path, media_type=f"image/{kind}" if kind else "application/octet-stream", headers=SEALED)

    return [
        Route("/gradio_api/upload", upload, methods=["POST"]),
        Route("/gradio_api/upload_progress", progress),
        Route("/gradio_api/file={handle:path}", file),
    ]
