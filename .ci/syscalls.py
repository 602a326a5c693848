"""Whether a program makes only the system calls that its systemd unit lets pass.

    syscalls.py UNIT PROGRAM HOME

A server runs under strace over HOME and is asked what reaches furthest: a search, a conversation, SQL in a process of its
own. Each system call that was made has to be in what SystemCallFilter comes to; one that is refused there may be missing
in a corner nobody tries, so the unit refuses with EPERM rather than with a signal.
"""

import json
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path


def groups():
    """The names that systemd has for lists of system calls."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True)
    found, members = {}, None
    for line in told.stdout.splitlines():
        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
        if line.startswith("@"):
            members = found.setdefault(line.strip(), [])
        elif line.startswith("    ") and members is not None and not line.strip().startswith("#"):
            members.append(line.strip())
    return found


def expanded(names, known):
    for name in names:
        yield from expanded(known[name], known) if name.startswith("@") else [name]


def allowed(unit):
    known, passing = groups(), set(expanded(["@default"], groups()))
    for value in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.MULTILINE):
        names = set(expanded(value.removeprefix("~").split(), known))
        passing = passing - names if value.startswith("~") else passing | names
    return passing


def ask(url, tool, arguments):
    request = urllib.request.Request(f"{url}/tools/{tool}", json.dumps(arguments).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))


def made(program, home):
    """The system calls of a server that answers."""
    with tempfile.TemporaryDirectory() as directory:
        trace = Path(directory) / "trace"
        command = ["strace", "--follow-forks", "--quiet=all", "--signal=none", "--output", str(trace)]
        command += [program, "--home", home, "--json", "serve", "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        text = ""
        while "}" not in text:
            text += server.stdout.readline() or sys.exit("the server ended")
        url = json.loads(text)["url"]
        first = ask(url, "search_conversations", {"limit": 1})["conversations"][0]["id"]
        ask(url, "search_conversations", {"query": "the OR a"})
        ask(url, "get_conversation", {"conversation_id": first})
        ask(url, "analyze_conversations", {"metrics": ["conversations"], "group_by": ["week"]})
        ask(url, "query", {"sql": "SELECT body_text, count(*) FROM messages GROUP BY 1 ORDER BY 1"})
        tracer = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        subprocess.run(["kill", "-TERM", tracer[0]], check=True)
        if server.wait(timeout=60) not in (0, -signal.SIGTERM):
            sys.exit(f"it ended with {server.returncode}")
        lines = trace.read_text(errors="replace").splitlines()
    return {found[1] for line in lines if (found := re.match(r"\d+ +(?:<\.\.\. )?(\w+)[( ]", line))}


def main(unit, program, home):
    calls, passing = made(program, home), allowed(Path(unit))
    refused = sorted(calls - passing)
    if len(calls) < 30 or refused:
        sys.exit(f"NOT OK: {unit} refuses {refused} of {len(calls)} system calls")
    print(f"ok: {unit} lets all {len(calls)} kinds of system calls pass that were made, of {len(passing)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
