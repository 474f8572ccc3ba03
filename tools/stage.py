"""Run one stage of a longer job: say what it is, that it is still at work, and how long it took.

``python tools/stage.py NAME COMMAND...`` exits as the command does. With ``--quiet`` before the name, the command's
own output is held back and shown only if it fails; every few seconds its latest line says how far it is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time

SILENCE = 5.0  # seconds between two signs of life
WIDTH = 70  # characters of a line that says how far a command is


def main() -> int:
    """Run the command line and return the exit status of the command in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quiet", action="store_true", help="show the command's output only if it fails")
    parser.add_argument("name", help="what the stage does, for whoever watches")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")
    options = parser.parse_args()

    print(f"==> {options.name}", flush=True)
    started = time.monotonic()
    try:
        status = (quietly if options.quiet else plainly)(options.command)
    except KeyboardInterrupt:
        status = 130  # as a shell reports it
    except OSError as error:
        print(error, file=sys.stderr)
        status = 127

    outcome = "done" if status == 0 else f"failed with exit status {status}"
    print(f"    {outcome}, {time.monotonic() - started:.1f} s", flush=True)
    return status


def plainly(command: list[str]) -> int:
    """Run a command that speaks for itself."""
    return subprocess.run(command, check=False).returncode


def quietly(command: list[str]) -> int:
    """Run a command and repeat, now and then, the latest line it printed; all of them if it fails."""
    started = time.monotonic()
    lines: list[str] = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    reader = threading.Thread(target=lambda: lines.extend(filter(str.strip, process.stdout)), daemon=True)
    reader.start()

    while reader.is_alive():
        reader.join(timeout=SILENCE)
        if reader.is_alive():
            latest = lines[-1].strip()[:WIDTH] if lines else ""
            print(f"    {time.monotonic() - started:4.0f} s  {latest}", flush=True)

    status = process.wait()
    if status:
        sys.stdout.writelines(lines)
    return status


if __name__ == "__main__":
    sys.exit(main())
