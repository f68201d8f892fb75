# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands between the two ends of a migration, counts the bytes, and lets
no more than so many pass."""
import socket
import threading


class Proxy:
    """Connections to the UNIX socket `path` go on to `there`. Once `limit`
    bytes have gone that way, over all connections together, nothing moves any
    more, and `reached` is set; with `cuts`, both ends hear of it. None is no
    limit."""

    def __init__(self, path, there, limit=None, cuts=False, backlog=64):
        self.there, self.limit, self.cuts = there, limit, cuts
        self.passed = 0
        self.most = 0     # of one connection
        self.reached = threading.Event()
        self.lock = threading.Lock()
        self.sockets = []
        self.closed = False
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(backlog)
        self.sockets.append(self.listener)
        self.start()

    def start(self):
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                self.connected(self.listener.accept()[0])
            except OSError:
                self.close()
                return

    def connected(self, near):
        """Joins it to what it shall go on to."""
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.there)
        with self.lock:
            self.sockets += [near, far]
        for pump in ((near, far, True), (far, near, False)):
            threading.Thread(target=self.pump, args=pump, daemon=True).start()
        if self.closed:
            self.close()

    def allowed(self, want):
        """How many of so many bytes may pass."""
        with self.lock:
            if self.limit is not None:
                want = min(want, self.limit - self.passed)
            self.passed += want
        return want

    def pump(self, source, sink, counted):
        passed = 0
        while True:
            try:
                data = source.recv(65536)
                size = self.allowed(len(data)) if counted else len(data)
                passed += size if counted else 0
                self.most = max(self.most, passed)
                if data and not self.reached.is_set():
                    sink.sendall(data[:size])
                if size < len(data):
                    self.reached.set()
                    if self.cuts:
                        self.close()
                    return
                if self.reached.is_set():
                    return
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
            except OSError:
                if not self.reached.is_set():
                    self.close()
                return

    def close(self):
        """Both ends hear of it."""
        self.closed = True
        with self.lock:
            sockets, self.sockets = self.sockets, []
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
