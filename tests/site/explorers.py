"""The explorers of a notebook, made by running its code, to hold the built page against."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from lib.show.explore.explorer import Explorer

# Whether the figure shows this markup and these words. Addresses of images differ: the site keeps them in files.
SHOWS = """(figure, [markup, caption]) => {
  const expected = document.createElement('div');
  expected.innerHTML = markup;
  const shown = figure.querySelector(':scope > .panels').cloneNode(true);
  const images = [expected, shown].flatMap(part => [...part.querySelectorAll('img')]);
  images.forEach(image => image.removeAttribute('src'));
  const wrong = [];
  if (shown.innerHTML.trim() !== expected.innerHTML.trim()) wrong.push('picture: ' + shown.textContent);
  const words = figure.querySelector(':scope > figcaption').textContent;
  if (words !== caption) wrong.push('caption: ' + words);
  return wrong;
}"""


def explorers_of(notebook: Path) -> list[Explorer]:
    """Run the code cells of a notebook in one namespace and return the explorers they show, in order."""
    namespace: dict[str, object] = {}
    found = []
    for cell in nbformat.read(notebook, as_version=4).cells:
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
