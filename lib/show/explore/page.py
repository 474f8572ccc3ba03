"""An explorer as HTML and data: what the published page holds, and what a notebook's widget starts from."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from lib.show.explore.scenes import Scene
from lib.show.explore.settings import kind_of, option_text
from lib.show.explore.views import Views
from lib.show.picture import Picture, script_data
from lib.words import say, table_of

HERE = Path(__file__).parent
SCRIPT = HERE / "live.js"
KINDS = ("charts", "photographs")  # what scenes hold besides grids: a page loads the script of each kind that it shows
STEP = "step"


def page_script() -> str:
    """Return the script of the published page.

    It is the notebook's, and what supplies it with a model, as one classic script: modules do not load from a folder.
    """
    live, page = SCRIPT.read_text(encoding="utf-8"), (HERE / "page.js").read_text(encoding="utf-8")
    before, found, after = live.partition("export default {")
    if not found:
        raise ValueError(f"{SCRIPT.name} must have a default export for pages and notebooks to call, found none")
    return f"(() => {{\n{before}const explorer = {{{after}\n{page}}})();\n"


def kind_script(kind: str) -> str:
    """Return the script of one kind of parts, to be loaded in front of the page's."""
    return (HERE / f"{kind}.js").read_text(encoding="utf-8")


def notebook_script() -> str:
    """Return the script of a notebook's widget, all kinds included."""
    return "".join(map(kind_script, KINDS)) + SCRIPT.read_text(encoding="utf-8")


def page_html(views: Views, figure: str) -> str:
    """Return an explorer as HTML: its controls, the first view, and every view as data for the script."""
    data = script_data(page_data(views))
    kinds = "".join(f" with-{kind}" for kind in KINDS if f'"kind":"{kind[:-1]}"' in data)
    return figure_html(views, figure, kinds, data)


def figure_html(views: Views, figure: str, kinds: str = "", data: str = "") -> str:
    """Return an explorer as HTML: its controls and the first view, drawn for who has no script.

    A page gives it the data of all views, and classes of the panels, each behind a blank, that say which scripts work
    on them.
    """
    first = views.view(views.start())
    picture = first.picture() if isinstance(first, Scene) else first
    controls = control_data(views, first)
    form = "".join(_control_html(control, place, figure) for place, control in enumerate(controls))
    return (
        f'<figure class="explore" id="{figure}"><form>{form}{_tools_html(first)}</form>'
        f'<div class="panels{kinds}">{picture.markup}</div>'
        f'<figcaption aria-live="polite">{escape(picture.caption, quote=False)}</figcaption>{data}</figure>'
    )


def page_data(views: Views) -> dict[str, Any]:
    """Return the data of a page: controls, scenes, and once each distinct rule, panel and line that scenes are made of.

    A scene has the numbers of its parts among these: many settings share a rule, a photograph or a line of a drawing.
    """
    numbers: dict[str, int] = {}  # of each part, told as text

    def number(part: Any) -> int:
        return numbers.setdefault(json.dumps(part, ensure_ascii=False), len(numbers))

    def inside(panels: list[Any]) -> list[Any]:
        return [inside(one) if isinstance(one, list) else number(one) for one in panels]

    scenes = {_key(state): scene_data(views.view(state)) for state in views.states()}
    for found in scenes.values():
        found["tape"], found["panels"] = list(map(number, found["tape"])), inside(found["panels"])
    return start_data(views) | {"parts": list(map(json.loads, numbers)), "scenes": scenes}


def start_data(views: Views) -> dict[str, Any]:
    """Return what a script starts from, with the scene shown first alone: a kernel is asked for the others."""
    start = views.start()
    first = views.view(start)
    controls = control_data(views, first)
    has_steps = len(controls) > len(views.controls)
    told = ("name", "options", "by")
    words = table_of(notebook_script())  # what the script says, if not in English
    return {
        "controls": [{key: control[key] for key in told if key in control} for control in controls],
        "start": [*start, first.first] if has_steps else list(start),
        "steps": has_steps,
        "scenes": {_key(start): scene_data(first)},
    } | ({"words": words} if words else {})


def scene_data(found: Picture | Scene) -> dict[str, Any]:
    """Return a scene as the script takes it: wired, or the lines of a drawing, which has no numbers and no holes."""
    caption = escape(found.caption, quote=False)
    if isinstance(found, Scene):
        return found.data() | {"caption": caption}
    return {"tape": [], "panels": found.markup.split("\n"), "steps": [], "caption": caption.replace("{", "&#123;")}


def control_data(views: Views, first: Picture | Scene) -> list[dict[str, Any]]:
    """Return the controls of an explorer; the last is that of the steps, if its scenes are wired and have any."""
    found = [_control_data(views, place) for place in range(len(views.controls))]
    if isinstance(first, Scene) and first.steps:
        options = [str(step) for step in range(first.step_count)]
        about = {"name": STEP, "label": say(STEP), "kind": "range", "start": first.first, "most": len(options)}
        found.append(about | {"options": options})
    return found


def _control_data(views: Views, place: int) -> dict[str, Any]:
    control, start = views.controls[place], views.start()
    options = control.options(views.values(start[:place]))
    data = {
        "name": control.name,
        "label": control.label,
        "start": start[place],
        "options": [option_text(option) for option in options],
        "most": len(options),
    }
    if callable(control.choice.options):  # how many options there are depends on the controls before
        earlier = {state[:place] for state in views.states()}
        offered = {state: control.options(views.values(state)) for state in sorted(earlier)}
        options = max(offered.values(), key=len)
        data["most"] = len(options)
        data["by"] = {_key(state): [option_text(option) for option in some] for state, some in offered.items()}
    return data | {"kind": kind_of(options, steps=control.name == STEP)}


def _key(state: tuple[int, ...]) -> str:
    return ",".join(map(str, state))


# ---- controls as HTML -----------------------------------------------------------------------------------------------


def _control_html(control: dict[str, Any], place: int, figure: str) -> str:
    hidden = "" if len(control["options"]) > 1 else " hidden"  # nothing to choose
    about = f'class="control {control["kind"]}" data-place="{place}"{hidden}'
    label, key = escape(control["label"]), f"{figure}-{place}"
    if control["kind"] == "buttons":
        return f'<fieldset {about}><legend>{label}</legend><div class="reach">{_buttons(control, key)}</div></fieldset>'
    if control["kind"] == "menu":
        entries = "".join(
            f"<option{' selected' if index == control['start'] else ''}>{escape(option)}</option>"
            for index, option in enumerate(control["options"])
        )
        return f'<div {about}><label for="{key}">{label}</label><select id="{key}">{entries}</select></div>'
    return f'<div {about}><label for="{key}">{label}</label>{_slider(control, key)}</div>'


def _buttons(control: dict[str, Any], key: str) -> str:
    """Return options as radio buttons, as many as there ever are; those that are none now are hidden."""
    texts = control["options"] + [""] * (control["most"] - len(control["options"]))
    return "".join(
        f"<label{'' if index < len(control['options']) else ' hidden'}>"
        f'<input type="radio" name="{key}" value="{index}"{" checked" if index == control["start"] else ""}>'
        f"<span>{escape(option)}</span></label>"
        for index, option in enumerate(texts)
    )


def _slider(control: dict[str, Any], key: str) -> str:
    label, options, start = escape(control["label"]), control["options"], control["start"]
    back = _button("back", say("Previous {label}", label=label))
    on = _button("on", say("Next {label}", label=label))
    play = _button("play", say("Play {label}", label=label), ' aria-pressed="false"') if control["name"] == STEP else ""
    return (
        f'<output for="{key}">{escape(options[start])}</output><div class="reach">{back}'
        f'<input id="{key}" type="range" min="0" max="{len(options) - 1}" value="{start}" '
        f'aria-valuetext="{escape(options[start])}" autocomplete="off">{on}{play}</div>'
    )


def _tools_html(first: Picture | Scene) -> str:
    tools = _button("link", say("Copy a link to what is shown"))
    if isinstance(first, Scene) and first.tape.start:
        undo, reset = say("Undo"), say("Reset the numbers")
        tools = _button("undo", undo, " disabled") + _button("reset", reset, " disabled") + tools
    return f'<div class="tools">{tools}</div>'


def _button(does: str, name: str, more: str = "") -> str:
    return f'<button type="button" data-do="{does}" aria-label="{name}" title="{name}"{more}></button>'
