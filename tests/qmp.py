# SPDX-License-Identifier: GPL-2.0-or-later
"""A QMP client for tests, which see how a command that fails is answered, and
each event."""
import json


class Failed(Exception):
    """A command failed; why."""


class Qmp:
    """Commands are answered one by one; events that come meanwhile are kept in
    `events`, the oldest first."""

    def __init__(self, reader, writer=None):
        """Binary files, as of a process's pipes, or one for both as of a
        socket: a text file forgets what it has read ahead when it writes."""
        self.reader = reader
        self.writer = writer or reader
        self.events = []
        self.greeting = self.read()
        self.command("qmp_capabilities")

    def read(self):
        """The next message."""
        line = self.reader.readline()
        if not line:
            raise EOFError("the emulator closed the connection")
        return json.loads(line)

    def send(self, name, /, **arguments):
        self.writer.write(json.dumps(
            {"execute": name, "arguments": arguments}).encode() + b"\n")
        self.writer.flush()

    def result(self):
        """What a command that was sent returns."""
        while True:
            message = self.read()
            if "error" in message:
                raise Failed(message["error"]["desc"])
            if "return" in message:
                return message["return"]
            self.events.append(message)

    def command(self, name, /, **arguments):
        self.send(name, **arguments)
        return self.result()

    def refused(self, name, /, **arguments):
        """What is wrong with a command, which fails."""
        try:
            result = self.command(name, **arguments)
        except Failed as error:
            return str(error)
        raise AssertionError(f"{name} {arguments} succeeded: {result}")

    def hmp(self, line, **arguments):
        text = self.command("human-monitor-command",
                            **{"command-line": line, **arguments})
        return text.replace("\r\n", "\n")

    def event(self, name):
        """Waits for an event, whose data it returns; those before it are
        dropped."""
        while True:
            message = self.events.pop(0) if self.events else self.read()
            if message.get("event") == name:
                return message.get("data", {})
