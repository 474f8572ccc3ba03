"""Measure every page of the built book with Lighthouse, as a phone on a slow line and as a desktop computer.

    npm install --prefix build lighthouse
    python -m benchmarks.lighthouse --lighthouse build/node_modules/.bin/lighthouse [SITE]

Lighthouse is a tool for whoever works on the pages; nothing else in the project needs it. The pages are served from
this machine, compressed as public servers do, with no other host to be reached. Of several runs the median counts.
Writes ``lighthouse.json`` and ``lighthouse.md`` beside this file. On a busy machine the marks for speed mean little:
``benchmarkIndex`` in the JSON tells how fast the machine was while a page was measured.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.append(str(ROOT / "tools"))
from browser import find_chromium  # noqa: E402
from contents import documents  # noqa: E402

DEVICES = {"mobile": "--form-factor=mobile", "desktop": "--preset=desktop"}
MARKS = ("performance", "accessibility", "best-practices", "seo")
CHROME = "--headless=new --no-sandbox --disable-gpu --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'"
COMPRESSED = (".html", ".js", ".css", ".svg", ".ipynb")


class Compressing(SimpleHTTPRequestHandler):
    """Serve files as public servers do: text compressed, connections kept open."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a file, compressed if it is text."""
        path = Path(self.translate_path(self.path))
        if not path.is_file() or path.suffix not in COMPRESSED:
            return super().do_GET()
        content = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on a free port and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Compressing, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def measure(lighthouse: str, address: str, device: str) -> dict[str, Any]:
    """Return the marks of one run, out of 100, and what stands behind them."""
    command = [lighthouse, address, "--quiet", "--output=json", f"--chrome-flags={CHROME}", DEVICES[device]]
    environment = {**os.environ, "CHROME_PATH": str(find_chromium())}
    told = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)

    audits = told["audits"]
    return {
        **{mark: round(100 * (told["categories"][mark]["score"] or 0)) for mark in MARKS},
        "first_paint_ms": round(audits["first-contentful-paint"]["numericValue"]),
        "largest_paint_ms": round(audits["largest-contentful-paint"]["numericValue"]),
        "blocked_ms": round(audits["total-blocking-time"]["numericValue"]),
        "shift": round(audits["cumulative-layout-shift"]["numericValue"], 3),
        "kB": round(audits["total-byte-weight"]["numericValue"] / 1000),
        "machine": round(told["environment"]["benchmarkIndex"]),
        "version": told["lighthouseVersion"],
    }


def main() -> None:
    """Measure what the command line names, print and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--lighthouse", default="lighthouse", help="the command")
    parser.add_argument("--runs", type=int, default=3, help="runs a page, of which the median counts")
    parser.add_argument("--pages", nargs="+", default=[f"{name}.html" for name in documents()])
    options = parser.parse_args()

    results = []
    with served(options.site) as address:
        for page, device in product(options.pages, DEVICES):
            results.append(median_of(options.runs, options.lighthouse, address, page, device))
            print(page, device, *(results[-1][mark] for mark in MARKS), flush=True)

    about = {"lighthouse": results[0]["version"], **machine(), "runs": options.runs}
    results = with_earlier(results)
    record = {"about": about, "results": results}
    (HERE / "lighthouse.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (HERE / "lighthouse.md").write_text(table(about, results), encoding="utf-8")


def with_earlier(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was measured now and, of the book's other pages, what was recorded before, in the book's order."""
    recorded = json.loads((HERE / "lighthouse.json").read_text(encoding="utf-8"))["results"]
    known = {(row["page"], row["device"]): row for row in [*recorded, *results]}

    pages = [f"{name}.html" for name in documents()]
    return [known[key] for key in product(pages, DEVICES) if key in known]


def median_of(count: int, lighthouse: str, address: str, page: str, device: str) -> dict[str, Any]:
    """Return the run of several whose mark for speed is the one in the middle."""
    runs = [measure(lighthouse, address + page, device) for _ in range(count)]
    runs.sort(key=lambda run: run["performance"])
    return {"page": page, "device": device, **runs[count // 2]}


def machine() -> dict[str, str]:
    """Say what the pages were measured on."""
    told = subprocess.run([str(find_chromium()), "--version"], capture_output=True, text=True, check=True)
    return {"browser": told.stdout.strip(), "machine": f"{os.cpu_count()} cores, {platform.system()}"}


def table(about: dict[str, Any], results: list[dict[str, Any]]) -> str:
    """Return the record as a page of Markdown."""
    runs = "one run of each" if about["runs"] == 1 else f"median of {about['runs']} runs"
    lines = [
        "# The pages as Lighthouse marks them",
        "",
        f"Lighthouse {about['lighthouse']}, {about['browser']}, {about['machine']}, {runs}. "
        "Made by `python -m benchmarks.lighthouse`. Marks are out of 100; the speed of the machine is Lighthouse's own "
        "index.",
        "",
        "| page | device | performance | accessibility | best practices | SEO | kB | blocked ms | shift | machine |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]

    for found in results:
        marks = " | ".join(str(found[mark]) for mark in MARKS)
        lines.append(
            f"| {found['page']} | {found['device']} | {marks} | {found['kB']} | {found['blocked_ms']} "
            f"| {found['shift']} | {found['machine']} |"
        )

    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
