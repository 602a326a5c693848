#!/usr/bin/env python3
"""Does what the last stage of a Dockerfile says in a bare root, without Docker, and tries what comes out.

    image.py DOCKERFILE PROGRAM HOME CACHE

The base image is made by debootstrap, RUN steps run in it, COPY brings the PROGRAM that was built here. Then two
containers start from ENTRYPOINT and CMD, both as USER, process 1, with a root that can only be read: a writer whose
VOLUME is a copy of HOME, and a reader that has the same volume for reading. HEALTHCHECK has to pass in both while they
run, questions have to be answered, and SIGTERM has to end them with 0.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

KEY = "a-key-of-the-trial-0123456789"
PATIENCE = 30
# What it ends with when the root cannot be made, which takes Debian's packages.
NO_ROOT = 3
# Sets the stage of a container: $1 the root, $2 the volume, $3 where it belongs, $4 ro or rw.
STAGE = """set -e
ip link set lo up
mount --bind "$1" "$1"
mount --bind "$2" "$1$3"
mount -o "remount,bind,$4" "$1$3"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount -o remount,bind,ro "$1"
"""


def instructions(dockerfile):
    """The instructions of the last stage, as pairs of name and value."""
    lines = [line for line in dockerfile.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", "", "\n".join(lines))
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    last = max(index for index, (name, _) in enumerate(found) if name == "FROM")
    return found[last:]


class Image:
    """What the instructions come to."""

    def __init__(self, dockerfile):
        self.steps, self.env, self.copies = [], {}, []
        for name, value in instructions(dockerfile):
            take = getattr(self, f"take_{name.lower()}", None)
            if take is None:
                sys.exit(f"image.py does not know the instruction {name}")
            take(value.strip())

    def take_from(self, value):
        self.suite = re.fullmatch(r"debian:(\w+)-slim", value)[1]

    def take_run(self, value):
        self.steps.append(value)

    def take_copy(self, value):
        self.copies.append(re.fullmatch(r"--from=build \S+ (\S+)", value)[1])

    def take_env(self, value):
        self.env.update(pair.split("=", 1) for pair in shlex.split(value))

    def take_user(self, value):
        self.owner = value

    def take_workdir(self, value):
        self.directory = value

    def take_volume(self, value):
        self.mount = value

    def take_expose(self, value):
        self.port = int(value)

    def take_healthcheck(self, value):
        self.health = json.loads(value.split(" CMD ", 1)[1])

    def take_entrypoint(self, value):
        self.start = json.loads(value)

    def take_cmd(self, value):
        self.arguments = json.loads(value)


def root_of(image, cache):
    """A bare root after the RUN steps; made once for the same steps."""
    said = hashlib.sha256(json.dumps([image.suite, image.steps]).encode()).hexdigest()[:16]
    root = cache / f"{image.suite}-{said}"
    if root.exists():
        return root
    part = root.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    make(["debootstrap", "--variant=minbase", image.suite, str(part)])
    shutil.copy("/etc/resolv.conf", part / "etc/resolv.conf")
    for step in image.steps:
        make(["chroot", str(part), "/bin/sh", "-c", step])
    part.rename(root)
    return root


def make(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(f"{done.stdout[-4000:]}\n{shlex.join(command)} failed", file=sys.stderr)
        sys.exit(NO_ROOT)


def volume_of(image, root, home, parent):
    """A volume as it would be made of the image's directory, with the home in it."""
    volume, made = parent / "volume", root / image.mount.lstrip("/")
    shutil.copytree(home, volume)
    uid, gid = map(int, image.owner.split(":"))
    for path in [volume, *volume.rglob("*")]:
        os.chown(path, uid, gid)
    there = made.stat()
    os.chown(volume, there.st_uid, there.st_gid)
    shutil.copymode(made, volume)
    return volume


class Container:
    """The image, started."""

    def __init__(self, image, root, volume, access):
        self.image, self.root, self.log = image, root, tempfile.TemporaryFile()
        into = self.chroot([*image.start, *image.arguments])
        stage = STAGE + 'root="$1"; shift 4; cd "$root"; exec "$@"'
        command = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]
        command += ["sh", "-c", stage, "stage", str(root), str(volume), image.mount, access, *into]
        self.outer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def chroot(self, command):
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **self.image.env, "FASTINTERCOM_API_KEY": KEY}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        inside = ["env", "-i", "-C", self.image.directory, *pairs, *command]
        return ["setpriv", "--no-new-privs", "chroot", f"--userspec={self.image.owner}", str(self.root), *inside]

    def process(self):
        """The server as the system outside knows it."""
        children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
        return children[0] if children else None

    def execute(self, command):
        enter = ["nsenter", "--target", self.process(), "--mount", "--net", "--pid", "--ipc", "--uts"]
        return subprocess.run(enter + self.chroot(command), capture_output=True, text=True, timeout=PATIENCE)

    def is_healthy(self):
        return self.process() is not None and self.execute(self.image.health).returncode == 0

    def wait(self):
        begun = time.monotonic()
        while not self.is_healthy():
            if self.outer.poll() is not None or time.monotonic() - begun > PATIENCE:
                sys.exit(f"it does not become healthy:\n{self.told()}")
            time.sleep(0.1)

    def ask(self, method, path, body=""):
        """The answer to a request, by nothing but the shell of the image."""
        head = f"{method} {path} HTTP/1.0\\r\\nHost: localhost\\r\\nX-API-Key: {KEY}\\r\\nContent-Length: {len(body)}\\r\\n"
        head += "Content-Type: application/json\\r\\n\\r\\n"
        script = f'exec 3<>/dev/tcp/127.0.0.1/{self.image.port}; printf "{head}%s" "$1" >&3; cat <&3'
        answer = self.execute(["bash", "-c", script, "ask", body]).stdout
        head, _, body = answer.partition("\n\n")
        status = int(head.split()[1]) if head else 0
        return status, json.loads(body) if body.startswith("{") else body

    def end(self):
        """SIGTERM, as `docker stop` sends it; the code it ends with."""
        os.kill(int(self.process()), signal.SIGTERM)
        return self.outer.wait(timeout=PATIENCE)

    def told(self):
        self.log.seek(0)
        return self.log.read().decode()


def check(what, holds, told=""):
    print(f"{'ok' if holds else 'NOT OK'}: {what}", flush=True)
    if not holds:
        sys.exit(str(told))


def try_out(name, container, may_write):
    who = container.execute(["id", "-u"]).stdout.strip()
    check(f"{name}: runs as {who}", who == container.image.owner.split(":")[0])
    check(f"{name}: the root can only be read", container.execute(["touch", "/etc/x"]).returncode != 0)
    wrote = container.execute(["touch", f"{container.image.mount}/x"])
    check(f"{name}: the volume can{'' if may_write else ' only'} be {'written' if may_write else 'read'}",
          (wrote.returncode == 0) == may_write, wrote)
    status, body = container.ask("GET", "/ready")
    check(f"{name}: /ready", status == 200, body)
    questions = [
        ("search_conversations", {"limit": 3, "query": "invoice OR refund OR order"}, lambda a: a["conversations"]),
        ("analyze_conversations", {"metrics": ["conversations"], "group_by": ["month"]}, lambda a: a["groups"]),
        ("query", {"sql": "SELECT count(*) AS n FROM messages"}, lambda a: a["rows"]),
        ("get_server_status", {}, lambda a: a["index"] == "current"),
    ]
    for tool, arguments, answered in questions:
        status, body = container.ask("POST", f"/tools/{tool}", json.dumps(arguments))
        check(f"{name}: {tool}", status == 200 and answered(body), body)
    return body


def main(dockerfile, program, home, cache):
    image = Image(Path(dockerfile))
    cache = Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    root = root_of(image, cache)
    print(f"the root of {image.suite} after {len(image.steps)} RUN steps: {time.monotonic() - begun:.0f} s")
    for target in image.copies:
        copied = root / target.lstrip("/")
        copied.unlink(missing_ok=True)
        shutil.copy(program, copied)
        copied.chmod(0o755)
    with tempfile.TemporaryDirectory() as parent, ExitStack() as ends:
        volume = volume_of(image, root, home, Path(parent))
        started = {}
        for name, access in [("writer", "rw"), ("reader", "ro")]:
            container = started[name] = Container(image, root, volume, access)
            ends.callback(container.outer.kill)
            container.wait()
        try_out("writer", started["writer"], may_write=True)
        status = try_out("reader", started["reader"], may_write=False)
        check("reader: says that it is a replica", "replica" in status["message"], status)
        for name, container in started.items():
            code = container.end()
            check(f"{name}: SIGTERM ends it with {code}", code == 0, container.told())
    alone = subprocess.run(["unshare", "--net", *container.chroot(image.health)], capture_output=True)
    check("the health check fails where nothing runs", alone.returncode != 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
