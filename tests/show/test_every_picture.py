"""What every picture of the course keeps: well-formed, said in words, escaped, the same each time, inside its frame."""

import itertools

import pytest

from lib.show.svg import heading_width

from .drawings import drawings, parse
from .gallery import GALLERY, LABELLED, SPECIAL


@pytest.fixture(params=GALLERY)
def picture(request):
    return GALLERY[request.param]()


def test_markup_is_well_formed(picture):
    assert len(parse(picture.html())) == 1


def test_every_drawing_and_image_is_named_and_sized(picture):
    tree = parse(picture.markup)
    assert any(True for _ in itertools.chain(tree.iter("svg"), tree.iter("img")))
    for drawn in tree.iter("svg"):
        assert drawn.get("role") == "img"
        assert drawn.get("aria-label").strip()
        left, top, *size = map(float, drawn.get("viewBox").split())
        assert size == [float(drawn.get("width")), float(drawn.get("height"))]
        edge = 0 if drawn.get("class") == "plot" else -2  # half an outline beyond a drawing of ours on each side
        assert left == top == edge
    for image in tree.iter("img"):
        assert image.get("alt").strip()
        assert int(image.get("width")) > 0
        assert int(image.get("height")) > 0


def test_the_caption_says_something_and_stands_under_the_picture(picture):
    (figure,) = parse(picture.html())
    assert picture.caption.strip()
    assert figure.get("class") == "picture"
    assert [child.tag for child in figure] == ["div", "figcaption"]
    assert figure.find("figcaption").text == picture.caption


@pytest.mark.parametrize("name", GALLERY)
def test_the_same_call_draws_the_same_text(name):
    assert GALLERY[name]() == GALLERY[name]()


@pytest.mark.parametrize("name", LABELLED)
def test_special_characters_stay_characters(name):
    picture = LABELLED[name](SPECIAL)
    tree = parse(picture.html())
    assert not list(tree.iter("b"))
    said = [*tree.itertext(), *(element.get(key, "") for element in tree.iter() for key in ("alt", "aria-label"))]
    assert any(SPECIAL in words for words in said)
    plain = parse(LABELLED[name]("x" * len(SPECIAL)).html())
    assert [element.tag for element in tree.iter()] == [element.tag for element in plain.iter()]


def reach_of(text):
    """Return the left and right end that a text needs at most."""
    needed = len(text.words) * (6 if "small" in text.classes else 8.5)
    needed = heading_width(text.words) if "heading" in text.classes else needed
    if "start" in text.classes:
        return text.x, text.x + needed
    if "end" in text.classes:
        return text.x - needed, text.x
    return text.x - needed / 2, text.x + needed / 2


def test_nothing_reaches_out_of_the_drawing(picture):
    for drawn in drawings(picture):
        left, top, width, height = map(float, drawn.root.get("viewBox").split())
        right, bottom = left + width, top + height
        boxes = [board.box for board in drawn.boards]
        boxes += [
            box for e, _, _ in drawn.shapes if e.tag == "rect" for box in drawn.rectangles(*e.get("class").split())
        ]
        for box in boxes:
            assert left <= box.x <= box.x + box.width <= right
            assert top <= box.y <= box.y + box.height <= bottom
        for text in drawn.words:
            start, end = reach_of(text)
            assert left <= start, f"{text.words} is cut off at the left"
            assert end <= right, f"{text.words} is cut off at the right"
            assert top + 10 <= text.y <= bottom


def test_no_heading_covers_another_text(picture):
    for drawn in drawings(picture):
        for one, other in itertools.combinations(drawn.words, 2):
            if abs(one.y - other.y) < 10 and "heading" in one.classes | other.classes:
                (_, end), (start, _) = sorted([reach_of(one), reach_of(other)])
                assert end <= start, f"{one.words!r} covers {other.words!r}"
