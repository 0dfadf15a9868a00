"""A witness at the other end of a real connection that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from ledger.adapters.signer import Signer
from ledger.published import published_note
from ledger.verifier.note import COSIGNATURE
from tests.ledger.proofs import Key

WITNESS = Key("witness.example/chongqing", kind=COSIGNATURE)


class Answers:
    """A witness of somebody else's making: a server that answers what the test says and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.requests: list[str] = []
        # Once it has nothing left to answer: whether it then cosigns whatever comes.
        self.is_willing = False
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                answers.requests.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, body = answers.answers.pop(0) if answers.answers else answers.say_yes()
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(body.encode(errors="surrogateescape"))

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def say_yes(self) -> tuple[int, str]:
        assert self.is_willing
        text = self.requests[-1].partition("\n\n")[2].rpartition("\n\n")[0] + "\n"
        return 200, str(WITNESS.sign(text))

    def cosign(self, signer: Signer, size: int, *, key: Key = WITNESS) -> str:
        text = published_note(size).decode().rpartition("\n\n")[0] + "\n"
        return str(key.sign(text, time=1_800_000_000))


@contextmanager
def answering() -> Iterator[Answers]:
    found = Answers()
    thread = Thread(target=found.server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        thread.join()
        found.server.server_close()
