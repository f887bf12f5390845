"""What stands between a browser and a Space: https ends here, and the frame around the Space comes from elsewhere.

One request a connection. The names are the real ones, the certificate is made up: a client that goes through must map
the names to this machine and not check it.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

OUTER, INNER = "huggingface.co", "lueur-rehearsal.hf.space"
FRAME = (
    f"<!doctype html><title>A Space</title><iframe src='https://{INNER}/' style='width:100%;height:95vh' "
    "allow='microphone; camera'></iframe>"
)


class Proxy:
    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.serving = set[object]()  # the loop itself holds its tasks but weakly

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(task := asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.serving.discard(task)

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = head[:-4].split(b"\r\n")
        host = next((line[5:].strip() for line in lines if line.lower().startswith(b"host:")), b"")
        if host.startswith(OUTER.encode()):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + FRAME.encode())
            await writer.drain()
            return
        gone = (b"connection:", b"x-forwarded-", b"host:")
        kept = [line for line in lines if not line.lower().startswith(gone)]
        kept += [b"Host: 10.0.0.7:7860", b"X-Forwarded-Host: " + host, b"X-Forwarded-Proto: https",
                 b"X-Forwarded-For: 203.0.113.9", b"Connection: close"]  # fmt: skip
        there, here = await asyncio.open_connection("127.0.0.1", self.upstream)
        here.write(b"\r\n".join(kept) + b"\r\n\r\n")
        up = asyncio.create_task(_pump(reader, here))
        await _pump(there, writer)
        up.cancel()
        here.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    except (OSError, asyncio.CancelledError):
        pass


@contextmanager
def proxied(upstream: int, folder: Path) -> Iterator[int]:
    """The port on which the page at `upstream` is reached over https, in a thread of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), [0]

    async def begin() -> None:
        server = await asyncio.start_server(Proxy(upstream).serve, "127.0.0.1", 0, ssl=context)
        port[0] = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()
        open_ends = asyncio.all_tasks(loop)
        for each in open_ends:
            each.cancel()
        if open_ends:
            loop.run_until_complete(asyncio.wait(open_ends))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    yield port[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


def _certificate(folder: Path) -> Path:
    """Key and self-signed certificate for both names, as one PEM file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, INNER)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in (OUTER, INNER)]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "rehearsal.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file
