"""Pages for people: feedback for each student, the answers to read, the summary. Each is a file that loads no other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from grader.one import Result
from grader.records import most, percent, read, total, unread
from lib.words import language, say

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
        f'<!DOCTYPE html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
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
    lines = [f"<h1>{escape(title)}</h1>", f"<p>{score(result)}</p>"]
    lines += [f"<p>{escape(note)}</p>" for note in result["notes"]]

    for exercise, cells in groupby(result["cells"], key=lambda cell: cell["exercise"]):
        heads = ((say("Part"), " class='part'"), (say("Result"), ""), (say("Points"), " class='number'"))
        head = "".join(f"<th scope='col'{kind}>{name}</th>" for name, kind in heads)
        lines.append(f"<h2>{escape(exercise)}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>")
        lines += [row(cell) for cell in cells]
        lines.append("</tbody>\n</table>")
    return page(say("{title}: {student}", title=title, student=result["student"]), "\n".join(lines))


def score(result: Result) -> str:
    """Say what a student has so far, and how many answers nobody has read, as HTML."""
    values = {"student": f"<strong>{escape(result['student'])}</strong>"}
    values |= {"points": f"{total(result):g}", "most": f"{most(result):g}"}
    if not unread(result):
        return say("For {student}: {points} of {most} points.", **values)

    values["answers"] = answers(unread(result))
    if not read(result):
        return say("For {student}: {points} of {most} points, and {answers} still to be read.", **values)
    return say(
        "For {student}: {points} of {most} points, which is {percent} % of what has been read so far, "
        "and {answers} still to be read.",
        **values,
        percent=percent(result),
    )


def row(cell: Result) -> str:
    """Return one graded cell as a row of a table."""
    name = {
        "test": say("Test"),
        "hidden test": say("Instructor's test"),
        "words": say("Answer in words"),
        "code": say("Code, read"),
    }
    if cell["points"] is None:
        words, kind, points = say("To be read."), "", "–"
    else:
        words = outcome(cell) if "test" in cell["kind"] else ""
        kind, points = "good" if cell["points"] else "bad", f"{cell['points']:g}"
    said = "".join(f"<br>{escape(line)}" for line in cell["said"].splitlines())
    answer = f"<pre>{escape(cell['answer'])}</pre>" if cell["answer"] else ""
    shown = f"<span class='{kind}'>{words}{said.removeprefix('<br>')}</span>{answer}"
    about = f"<br><small>{escape(cell['name'])}</small>"
    parts = (("part", name[cell["kind"]] + about), ("said", shown), ("number", out_of(points, cell["max"])))
    return "<tr>" + "".join(f"<td class='{kind}'>{part}</td>" for kind, part in parts) + "</tr>"


def outcome(cell: Result) -> str:
    """Return a test's outcome in a word, or nothing if what was said of it is enough."""
    if cell["points"] == cell["max"]:
        return say("Passed.")
    return say("Passed in part. ") if cell["points"] else ""


def out_of(points: str, most: float) -> str:
    """Return points beside the most that there are."""
    return say("{points} of {most}", points=points, most=f"{most:g}")


def to_read(title: str, results: Iterable[Result], models: Mapping[str, str]) -> str:
    """Return the page of all answers in words and code, question by question, with what has been given for each.

    Each question begins with the answer of the source, by the name of its cell, folded.
    """
    questions: dict[str, list[str]] = {}
    for result in results:
        for cell in result["cells"]:
            if cell["answer"]:
                given = say("to read") if cell["points"] is None else out_of(f"{cell['points']:g}", cell["max"])
                head = f"<h3>{escape(result['student'])} <small>({given})</small></h3>"
                heading = say(
                    "{exercise}: {cell}, {most} points",
                    exercise=cell["exercise"],
                    cell=cell["name"],
                    most=f"{cell['max']:g}",
                )
                model = f"<pre>{escape(models.get(cell['name'], ''))}</pre>"
                folded = f"<details><summary>{say('Model answer')}</summary>{model}</details>"
                questions.setdefault(heading, [folded]).append(f"{head}\n<pre>{escape(cell['answer'])}</pre>")

    whole = say("{title} · answers to read", title=title)
    body = [
        f"<h1>{escape(whole)}</h1>",
        f"<p>{say('Points and comments go into {file}.', file='<code>by-hand.csv</code>')}</p>",
    ]
    for heading, given in questions.items():
        body += [f"<h2>{escape(heading)}</h2>", *given]
    if not questions:
        body.append(f"<p>{say('There are none.')}</p>")
    return page(whole, "\n".join(body))


def summary(title: str, results: Sequence[Result], notices: Sequence[str]) -> str:
    """Return the page of the class: the distribution of scores, the tests most missed, and a row for each student."""
    whole = say("{title} · the class", title=title)
    graded = (
        say("1 submission graded.") if len(results) == 1 else say("{count} submissions graded.", count=len(results))
    )
    body = [f"<h1>{escape(whole)}</h1>", f"<p>{graded}</p>"]
    body += [f"<p class='bad'>{escape(notice)}</p>" for notice in notices]

    if results:
        shares = chart(distribution(results), say("Students by share of the points for what is read"))
        body += [f"<h2>{say('Scores')}</h2>", *shares]
        if missed := most_missed(results):
            bars = chart(missed, say("Students whose answer did not pass, or not in all parts"))
            body += [f"<h2>{say('Tests most missed')}</h2>", *bars]
        body += [f"<h2>{say('Students')}</h2>", table(results)]
    return page(whole, "\n".join(body))


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
    counts = say("; ").join(say("{name}: {number}", name=name, number=number) for name, number in numbers.items())
    words = say("{label}. {counts}.", label=label, counts=counts)
    body = []
    for place, (name, number) in enumerate(numbers.items()):
        y, length = place * height, number * scale
        body.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        body.append(f'<rect x="{left}" y="{y + 3}" width="{length:.1f}" height="{height - 6}"/>')
        body.append(f'<text x="{left + length + 6:.1f}" y="{y + 16}">{number}</text>')
    size = f'viewBox="0 0 600 {height * len(numbers)}" width="600"'
    drawing = f'<svg {size} role="img" aria-label="{escape(words)}">{"".join(body)}</svg>'
    return [f"<p>{escape(say('{label}:', label=label))}</p>", drawing]


def table(results: Sequence[Result]) -> str:
    """Return a row for each student, with a link to the feedback."""
    columns = (
        (say("Student"), " class='part'"),
        (say("Points"), " class='number'"),
        (say("To read"), " class='number'"),
        (say("Notes"), ""),
    )
    head = "".join(f"<th scope='col'{kind}>{name}</th>" for name, kind in columns)
    rows = [
        f"<tr><td class='part'><a href='feedback/{file_name(result['student'])}'>{escape(result['student'])}</a></td>"
        f"<td class='number'>{out_of(f'{total(result):g}', most(result))}</td><td class='number'>{unread(result)}</td>"
        f"<td>{escape(' '.join(result['notes']))}</td></tr>"
        for result in results
    ]
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}\n</tbody>\n</table>"


def answers(number: int) -> str:
    """Return a number of answers.

    >>> answers(1), answers(2)
    ('1 answer', '2 answers')
    """
    return say("1 answer") if number == 1 else say("{number} answers", number=number)
