"""A client of `fi mcp` over stdin and stdout, with nothing but the standard library."""

import json
import os
import subprocess

from evaluation import ASKED_AT

PROTOCOL = "2025-11-25"


class Refused(Exception):
    """A tool said no: what it said."""


class Server:
    """A running server, which counts what it was asked and how much it answered."""

    def __init__(self, fi, home):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "SystemRoot") if name in os.environ}
        environment = {**keep, "FASTINTERCOM_HOME": os.path.join(home, "demo"), "FASTINTERCOM_NOW": ASKED_AT}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([fi, "mcp"], stdin=pipe, stdout=pipe, env=environment, encoding="utf-8")
        self.calls = self.characters = self.last_id = 0
        client = {"name": "evaluation", "version": "1"}
        self._request("initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client})
        self._send({"method": "notifications/initialized"})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def start_over(self):
        """Counts from zero again."""
        self.calls = self.characters = 0

    def __getattr__(self, tool):
        """A tool, as a function of its arguments that gives its structured answer."""
        return lambda **arguments: self._call(tool, arguments)

    def _call(self, tool, arguments):
        self.calls += 1
        answer = self._request("tools/call", {"name": tool, "arguments": arguments})
        text = "".join(block.get("text", "") for block in answer["content"])
        self.characters += len(text)
        if answer.get("isError"):
            raise Refused(f"{tool}: {text}")
        return answer["structuredContent"]

    def _request(self, method, params):
        self.last_id += 1
        self._send({"id": self.last_id, "method": method, "params": params})
        for line in self.process.stdout:
            message = json.loads(line)
            if message.get("id") == self.last_id and "method" not in message:
                if "error" in message:
                    raise Refused(f"{method}: {message['error']}")
                return message["result"]
        raise Refused(f"{method}: the server ended")

    def _send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()
