"""The network between a phone and the platform, which a test can cut."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread


class Cable:
    """Carries bytes from a port of its own to the platform's, both ways, until it is cut.

    `is_deaf`: requests arrive, answers are lost.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.is_cut = self.is_deaf = False
        self._lock = Lock()
        self._open: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        self._hang_up()

    def lose_answers(self) -> None:
        self.is_deaf = True

    def mend(self) -> None:
        self._hang_up()
        self.is_cut = self.is_deaf = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                phone, _address = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                phone.close()
                continue
            try:
                platform = socket.create_connection(self._target)
            except OSError:
                phone.close()
                continue
            with self._lock:
                self._open += [phone, platform]
            Thread(target=self._carry, args=(phone, platform, False), daemon=True).start()
            Thread(target=self._carry, args=(platform, phone, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if is_answer and self.is_deaf:
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cable_to(port: int) -> Iterator[Cable]:
    cable = Cable(port)
    try:
        yield cable
    finally:
        cable.close()
