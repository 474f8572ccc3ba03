"""An explorer on the published page: native HTML controls over views drawn when the site is built."""

from __future__ import annotations

import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any

from lib.show.explore.settings import Control, option_text
from lib.show.explore.views import Views

SCRIPT = Path(__file__).with_name("explore.js")


def page_html(explorer: Views) -> str:
    """Return an explorer as HTML: its controls, the first view, and every view as data for ``explore.js``."""
    data = page_data(explorer)
    stored = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    stored = stored.replace("<!--", "<\\u0021--")  # neither may end or prolong the script element
    key = "explore-" + hashlib.sha256(stored.encode()).hexdigest()[:8]
    first = explorer.view(explorer.start())
    controls = "".join(_control_html(control, f"{key}-{place}") for place, control in enumerate(data["controls"]))
    return (
        f'<figure class="explore" id="{key}"><form>{controls}</form>'
        f'<div class="panels">{first.markup}</div>'
        f'<figcaption aria-live="polite">{escape(first.caption, quote=False)}</figcaption>'
        f'<script type="application/json">{stored}</script></figure>'
    )


def page_data(explorer: Views) -> dict[str, Any]:
    """Return the data of a page: controls, the lines that views are made of, and each view as line numbers.

    Views differ in a few lines only, so that each distinct line is stored once.
    """
    numbers: dict[str, int] = {}
    views = {}
    for state in explorer.states():
        picture = explorer.view(state)
        lines = [escape(picture.caption, quote=False), *picture.markup.split("\n")]
        views[",".join(map(str, state))] = [numbers.setdefault(line, len(numbers)) for line in lines]
    return {
        "controls": [_control_data(explorer, place) for place in range(len(explorer.controls))],
        "lines": list(numbers),
        "views": views,
    }


def _control_data(explorer: Views, place: int) -> dict[str, Any]:
    control: Control = explorer.controls[place]
    start = explorer.start()
    before_start = explorer.values(start[:place])
    data = {
        "name": control.name,
        "label": control.label,
        "range": control.is_range(before_start),
        "start": start[place],
        "options": [option_text(option) for option in control.options(before_start)],
    }
    if callable(control.choice.options):  # how many options there are depends on the controls before
        earlier = sorted({state[:place] for state in explorer.states()})
        data["by_earlier"] = {
            ",".join(map(str, state)): [option_text(option) for option in control.options(explorer.values(state))]
            for state in earlier
        }
    return data


def _control_html(control: dict[str, Any], key: str) -> str:
    label, options, start = escape(control["label"]), control["options"], control["start"]
    opening = '<div class="control">' if len(options) > 1 else '<div class="control" hidden>'  # nothing to choose
    if not control["range"]:
        entries = "".join(
            f"<option{' selected' if index == start else ''}>{escape(option)}</option>"
            for index, option in enumerate(options)
        )
        return (
            f'{opening}<label for="{key}">{label}</label>'
            f'<div class="reach"><select id="{key}" name="{control["name"]}">{entries}</select></div></div>'
        )
    return (
        f'{opening}<label for="{key}">{label}</label><output for="{key}">{escape(options[start])}</output>'
        f'<div class="reach"><button type="button" value="-1" aria-label="Previous {label}">◂</button>'
        f'<input id="{key}" name="{control["name"]}" type="range" min="0" max="{len(options) - 1}" value="{start}" '
        f'aria-valuetext="{escape(options[start])}" autocomplete="off">'
        f'<button type="button" value="1" aria-label="Next {label}">▸</button></div></div>'
    )
