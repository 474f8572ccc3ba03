"""Pages for people: feedback for each student, the answers to read, the summary. Each is a file that loads no other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from grader.one import Result
from grader.records import most, percent, read, total, unread

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f1f3f5; --line: #c9ced4; --bar: #00603f;
  --good: #00603f; --bad: #8f2d00; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2f4f7; --paper: #14171a; --soft: #22272d; --line: #4a525b;
  --bar: #6fdcb4; --good: #6fdcb4; --bad: #ffb08a; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem;
  margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { line-height: 1.2; } h2 { margin-top: 2rem; }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; white-space: nowrap; width: 4.5rem; }
.part { overflow-wrap: break-word; width: min(7.5rem, 22vw); }
pre { background: var(--soft); padding: .6rem; white-space: pre-wrap; margin: .4rem 0; }
.good { color: var(--good); } .bad { color: var(--bad); }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg rect { fill: var(--bar); }
"""
ALLOWED = "default-src 'none'; style-src 'unsafe-inline'"  # no script and no other file, whatever is in the text


def page(title: str, body: str) -> str:
    """Return a whole page."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{ALLOWED}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def file_name(student: str) -> str:
    """Return a name for a student's page that every file system takes, and that no two students share.

    >>> file_name('ada'), file_name('../ada')
    ('ada.html', 'ada-60088279.html')
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "-", student).strip("-").lower()[:60]
    if plain and plain == student:
        return f"{plain}.html"
    return f"{plain or 'student'}-{hashlib.sha256(student.encode()).hexdigest()[:8]}.html"


def feedback(title: str, result: Result) -> str:
    """Return a student's page: points, what was said of each cell, and the answers that were read."""
    open_ = unread(result)
    score = f"{total(result):g} of {most(result):g} points"
    rest = ""
    if open_:
        so_far = f", which is {percent(result)} % of what has been read so far" if read(result) else ""
        rest = f"{so_far}, and {count(open_, 'answer')} still to be read"

    lines = [f"<h1>{escape(title)}</h1>", f"<p>For <strong>{escape(result['student'])}</strong>: {score}{rest}.</p>"]
    lines += [f"<p>{escape(note)}</p>" for note in result["notes"]]
    for exercise, cells in groupby(result["cells"], key=lambda cell: cell["exercise"]):
        lines.append(f"<h2>{escape(exercise)}</h2>\n<table>\n<thead><tr><th scope='col' class='part'>Part</th>")
        lines.append("<th scope='col'>Result</th><th scope='col' class='number'>Points</th></tr></thead>\n<tbody>")
        lines += [row(cell) for cell in cells]
        lines.append("</tbody>\n</table>")
    return page(f"{title}: {result['student']}", "\n".join(lines))


def row(cell: Result) -> str:
    """Return one graded cell as a row of a table."""
    name = {"test": "Test", "hidden test": "Instructor's test", "words": "Answer in words", "code": "Code, read"}
    if cell["points"] is None:
        words, kind, points = "To be read.", "", "–"
    else:
        words = outcome(cell) if "test" in cell["kind"] else ""
        kind, points = "good" if cell["points"] else "bad", f"{cell['points']:g}"
    said = "".join(f"<br>{escape(line)}" for line in cell["said"].splitlines())
    answer = f"<pre>{escape(cell['answer'])}</pre>" if cell["answer"] else ""
    shown = f"<span class='{kind}'>{words}{said.removeprefix('<br>')}</span>{answer}"
    about = f"<br><small>{escape(cell['name'])}</small>"
    parts = (("part", name[cell["kind"]] + about), ("said", shown), ("number", f"{points} of {cell['max']:g}"))
    return "<tr>" + "".join(f"<td class='{kind}'>{part}</td>" for kind, part in parts) + "</tr>"


def outcome(cell: Result) -> str:
    """Return a test's outcome in a word, or nothing if what was said of it is enough."""
    if cell["points"] == cell["max"]:
        return "Passed."
    return "Passed in part. " if cell["points"] else ""


def to_read(title: str, results: Iterable[Result], models: Mapping[str, str]) -> str:
    """Return the page of all answers in words and code, question by question, with what has been given for each.

    Each question begins with the answer of the source, by the name of its cell, folded.
    """
    questions: dict[str, list[str]] = {}
    for result in results:
        for cell in result["cells"]:
            if cell["answer"]:
                given = "to read" if cell["points"] is None else f"{cell['points']:g} of {cell['max']:g}"
                head = f"<h3>{escape(result['student'])} <small>({given})</small></h3>"
                heading = f"{cell['exercise']}: {cell['name']}, {cell['max']:g} points"
                model = f"<pre>{escape(models.get(cell['name'], ''))}</pre>"
                folded = f"<details><summary>Model answer</summary>{model}</details>"
                questions.setdefault(heading, [folded]).append(f"{head}\n<pre>{escape(cell['answer'])}</pre>")

    body = [
        f"<h1>{escape(title)} · answers to read</h1>",
        "<p>Points and comments go into <code>by-hand.csv</code>.</p>",
    ]
    for heading, answers in questions.items():
        body += [f"<h2>{escape(heading)}</h2>", *answers]
    return page(f"{title} · answers to read", "\n".join(body if questions else [*body, "<p>There are none.</p>"]))


def summary(title: str, results: Sequence[Result], notices: Sequence[str]) -> str:
    """Return the page of the class: the distribution of scores, the tests most missed, and a row for each student."""
    body = [f"<h1>{escape(title)} · the class</h1>", f"<p>{count(len(results), 'submission')} graded.</p>"]
    body += [f"<p class='bad'>{escape(notice)}</p>" for notice in notices]
    if results:
        body += ["<h2>Scores</h2>", *chart(distribution(results), "Students by share of the points for what is read")]
        if missed := most_missed(results):
            body += [
                "<h2>Tests most missed</h2>",
                *chart(missed, "Students whose answer did not pass, or not in all parts"),
            ]
        body += ["<h2>Students</h2>", table(results)]
    return page(f"{title} · the class", "\n".join(body))


def distribution(results: Sequence[Result]) -> dict[str, int]:
    """Return how many students have which share of the points for what is read, in tenths."""
    tenths = [min(int(10 * total(result) / read(result)), 9) for result in results if read(result)]
    return {f"{10 * tenth}–{10 * tenth + 10} %": tenths.count(tenth) for tenth in range(10)}


def most_missed(results: Sequence[Result], longest: int = 10) -> dict[str, int]:
    """Return the tests that most students missed, the most missed first."""
    missed: dict[str, int] = {}
    for result in results:
        for cell in result["cells"]:
            if "test" in cell["kind"] and cell["points"] < cell["max"]:
                missed[cell["name"]] = missed.get(cell["name"], 0) + 1
    return dict(sorted(missed.items(), key=lambda item: (-item[1], item[0]))[:longest])


def chart(numbers: dict[str, int], label: str) -> list[str]:
    """Return what is counted, and horizontal bars with their numbers, in words too for those who cannot see them."""
    height, left = 24, 8 * max(map(len, numbers)) + 12
    scale = (560 - left) / max(1, *numbers.values())
    words = "; ".join(f"{name}: {number}" for name, number in numbers.items())
    body = []
    for place, (name, number) in enumerate(numbers.items()):
        y, length = place * height, number * scale
        body.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        body.append(f'<rect x="{left}" y="{y + 3}" width="{length:.1f}" height="{height - 6}"/>')
        body.append(f'<text x="{left + length + 6:.1f}" y="{y + 16}">{number}</text>')
    size = f'viewBox="0 0 600 {height * len(numbers)}" width="600"'
    drawing = f'<svg {size} role="img" aria-label="{escape(f"{label}. {words}.")}">{"".join(body)}</svg>'
    return [f"<p>{escape(label)}:</p>", drawing]


def table(results: Sequence[Result]) -> str:
    """Return a row for each student, with a link to the feedback."""
    head = "".join(f"<th scope='col'{kind}>{name}</th>" for name, kind in COLUMNS)
    rows = [
        f"<tr><td class='part'><a href='feedback/{file_name(result['student'])}'>{escape(result['student'])}</a></td>"
        f"<td class='number'>{total(result):g} of {most(result):g}</td><td class='number'>{unread(result)}</td>"
        f"<td>{escape(' '.join(result['notes']))}</td></tr>"
        for result in results
    ]
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}\n</tbody>\n</table>"


COLUMNS = (("Student", " class='part'"), ("Points", " class='number'"), ("To read", " class='number'"), ("Notes", ""))


def count(number: int, what: str) -> str:
    """Return a number of things.

    >>> count(1, 'answer'), count(2, 'answer')
    ('1 answer', '2 answers')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"
