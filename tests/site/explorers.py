"""The explorers of a notebook, made by running its code, to hold the built page against; and how a page shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np

from lib.show.explore.explorer import Explorer
from lib.show.explore.panels import Moment, Panel, empty_cells, used_cells
from lib.show.explore.scenes import Scene, flat
from lib.show.explore.settings import option_text
from lib.show.explore.wiring import BLANK
from lib.show.picture import Picture
from lib.show.svg import number_within

# Everything that a figure shows, in one call, for it is asked thousands of times. Its controls: what each shows as
# chosen and tells, and whether it is offered. Its panels: the cells of each as [place, words, whether empty yet, lit,
# nothing put in, ringed]. Its caption. And what it shows if this is not the markup given, of a drawn figure; addresses
# of images differ, as the site keeps them in files.
READ = """(figure, markup) => {
  const controls = [...figure.querySelectorAll('[data-place]')].map(control => {
    const field = control.querySelector('input, select');
    const chosen = field.type === 'range' ? field.getAttribute('aria-valuetext')
      : field.type === 'radio' ? control.querySelector('input:checked').parentNode.textContent
      : field.selectedOptions[0].textContent;
    const told = field.type === 'range' ? control.querySelector('output').textContent : chosen;
    return [chosen, told, !control.hidden];
  });
  const has = (one, name) => one.classList.contains(name);
  const read = cell => [Number(cell.dataset.n), cell.lastElementChild.textContent, has(cell, 'later'),
    has(cell.firstElementChild, 'window'), has(cell.firstElementChild, 'zeros'), has(cell, 'hot')];
  const panels = [...figure.querySelectorAll('g.cells')].map(grid => [...grid.querySelectorAll('[data-c]')].map(read));

  const drawn = document.createElement('div');
  const shown = figure.querySelector(':scope > .panels').cloneNode(Boolean(markup));
  drawn.innerHTML = markup ?? '';
  for (const one of [drawn, shown].flatMap(part => [...part.querySelectorAll('img, input')])) {
    one.removeAttribute('src');
    one.removeAttribute('loading'); // which the site adds, so that a first visit is light
    delete one.dataset.lmSuppressShortcuts; // a word to JupyterLab, which the script adds
  }
  return {
    controls, panels, caption: figure.querySelector(':scope > figcaption').textContent,
    other: shown.innerHTML.trim() === drawn.innerHTML.trim() ? '' : shown.textContent,
  };
}"""


def explorers_of(notebook: Path, up_to: int | None = None) -> list[Explorer]:
    """Run the code cells of a notebook in one namespace and return the explorers they show, all or so many."""
    namespace: dict[str, object] = {}
    found: list[Explorer] = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if len(found) == up_to:
            break
        if cell.cell_type != "code" or "nbgrader" in cell.metadata:  # a page of exercises leaves those to the student
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), f"{notebook.name} {cell.id}", "exec"), namespace)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), f"{notebook.name} {cell.id}", "eval"), namespace)
            if isinstance(shown, Explorer):
                found.append(shown)
    return found


def assert_shows(
    figure,
    explorer: Explorer,
    state,
    edits: dict[int, float] | None = None,
    step: int | None = None,
    view: Picture | Scene | None = None,
) -> None:
    """Hold everything that a figure shows against the picture or the scene of a state, at the step it begins at."""
    view = explorer.views.view(state) if view is None else view
    step = getattr(view, "first", 0) if step is None else step
    about = f"in state {explorer.views.values(state)}, step {step}, edits {edits}"
    read = figure.evaluate(READ, None if isinstance(view, Scene) else view.markup)

    steps = [str(step)] if isinstance(view, Scene) and view.steps else []
    chosen = [option_text(value) for value in explorer.views.values(state).values()] + steps
    shown = read["controls"][: len(chosen)]  # what has no steps hides their slider
    assert [texts[:2] for texts in shown] == [[text, text] for text in chosen], f"{about}: the controls show {shown}"
    if not isinstance(view, Scene):
        assert (read["caption"], read["other"]) == (view.caption, ""), about
        return

    moment = view.at(step, edits)
    words = view.words(moment)
    assert read["caption"] == words, f"{about}: {read['caption']!r}, where {words!r} is right"
    for shown, expected in zip(read["panels"], panels_of(view, moment), strict=True):
        assert [cell[:-1] for cell in shown] == expected, about


def panels_of(view: Scene, moment: Moment) -> Iterator[list[list[object]]]:
    """Yield of each panel what its cells should show: place, words, whether empty yet, whether lit, whether nothing."""
    for one in flat(view.panels):
        columns = one.numbers.shape[1]
        used, empty = used_cells(one, moment), empty_cells(one, moment)
        yield [
            [
                row * columns + column,
                number_within(moment.values[cell], one.cell),
                one.so_far and row * columns + column > moment.step,
                (row, column) in used,
                (row, column) in empty or (row, column) in one.others.get("zeros", ()),
            ]
            for (row, column), cell in np.ndenumerate(one.numbers.cells)
            if cell != BLANK
        ]


def ringed(view: Scene, moment: Moment, one: Panel, place: int) -> list[set[int]]:
    """Return of each panel the places that should light up when a cell of one of them is pointed at.

    Written from what the figure promises, not from how it finds out: a cell and what it is tied to by one operation; a
    weight, which meets every window, with what it meets at this step alone; an entry of a matrix, with its own product.
    """
    root, edges = moment.root, moment.edges
    cell = root[int(one.numbers.cells.flat[place])]
    now = {root[int(plane.cells.flat[moment.step])] for plane in view.steps}
    if one.axes is not None:
        made, met = one.pair(divmod(place, one.numbers.shape[1]))
        tied = [edge for edge in edges if edge[:2] == (root[made], root[met])]
        lone = set()
    else:
        as_weight = [edge for edge in edges if edge.third == cell and not edge.is_place]
        many = len({edge.result for edge in as_weight}) > 1
        tied = [
            edge
            for edge in edges
            if cell in edge[:3] and not (many and edge in as_weight and not now & {edge.result, edge.source})
        ]
        lone = {cell}
    cells = {member for edge in tied for member in edge[:3]} | lone
    pairs = {edge[:2] for edge in tied}
    found = []
    for panel in flat(view.panels):
        places = set()
        for at, number in enumerate(panel.numbers.cells.ravel().tolist()):
            if number == BLANK:
                continue
            if panel.axes is not None:
                pair = tuple(root[end] for end in panel.pair(divmod(at, panel.numbers.shape[1])))
                if pair in pairs or (one.axes is None and root[number] == cell):
                    places.add(at)
            elif root[number] in cells:
                places.add(at)
        found.append(places)
    return found
