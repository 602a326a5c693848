#!/usr/bin/env python3
"""Makes the company that the questions are about, the same on every machine and day.

    demo.py FI HOME     with the program FI; its home is then HOME/demo
"""

import os
import subprocess
import sys

from evaluation import COMPANY, MADE_AT

if __name__ == "__main__":
    fi, home = sys.argv[1:]
    environment = {**os.environ, "FASTINTERCOM_NOW": MADE_AT}
    command = [fi, "--home", home, "demo", "--fresh", *COMPANY]
    made = subprocess.run(command, env=environment, capture_output=True, text=True)
    sys.exit(made.stderr if made.returncode else 0)
