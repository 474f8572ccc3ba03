"""Editions cannot drift: what is no words stays as it is, and whatever a translation loses is noticed."""

import ast
import doctest
import json
import re
from types import SimpleNamespace

import nbformat
import pytest
import translate
from contents import ROOT
from course.anchors import NameSections
from docutils import nodes
from docutils.utils import new_document
from translation import catalogs, checking, code, collecting, faults, making, markdown, names, pages, terms
from translation.catalogs import Entry
from translation.messages import CATALOGS, OF_LIB, Message

ENGLISH = {page: pages.source_of(page).read_text(encoding="utf-8") for page in collecting.page_names()}
NOTEBOOKS = [page for page in ENGLISH if pages.source_of(page).suffix == ".ipynb"]


@pytest.fixture(scope="module")
def wanted():
    """What there is to translate, by catalog."""
    return collecting.collected()


def sources(text):
    return [cell.source for cell in nbformat.reads(text, 4).cells]


@pytest.mark.parametrize("page", ENGLISH)
def test_what_is_not_translated_stays_byte_for_byte(page):
    after = pages.translated_page(pages.source_of(page), making.in_english)
    if page in NOTEBOOKS:
        assert sources(after) == sources(ENGLISH[page])
    else:
        assert after == ENGLISH[page]


def _without_named(formatted):
    """Leave of ``{named(x, 9)}`` what the English has, ``{x:9}``: a name that code needs, said to the reader."""
    for part in formatted.values:
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Call):
            call = part.value
            if ast.unparse(call.func) == "named":
                part.value = call.args[0]
                if call.args[1:]:
                    part.format_spec = ast.JoinedStr([ast.Constant(str(call.args[1].value))])


def without_words(source):
    """Code as a tree whose strings are empty; expressions in braces stay, in no order."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            _without_named(node)
            node.values = sorted((v for v in node.values if isinstance(v, ast.FormattedValue)), key=ast.unparse)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_the_code_of_a_translated_notebook_is_the_same_but_for_its_words(page):
    catalog = catalogs.read(CATALOGS / f"{page}.po")
    translate = making.translator(catalog, making.site_say())
    other = pages.translated_page(pages.source_of(page), translate)
    for one, two in zip(nbformat.reads(ENGLISH[page], 4).cells, nbformat.reads(other, 4).cells, strict=True):
        assert (one.cell_type, one.metadata.get("tags")) == (two.cell_type, two.metadata.get("tags"))
        if one.cell_type == "code":
            assert without_words(one.source) == without_words(two.source)


def test_no_translation_has_a_fault(wanted):
    found = []
    for path, messages in wanted.items():
        name = path.relative_to(ROOT).as_posix()
        found += [str(one) for one in checking.findings_in(name, catalogs.read(path), messages) if one.kind == "fault"]
    assert found == []


@pytest.mark.parametrize("page", ENGLISH)
def test_no_page_is_without_any_translation(page):
    assert any(entry.holds for entry in catalogs.read(CATALOGS / f"{page}.po").values())


def test_a_catalog_is_stored_as_update_writes_it():
    for path in [*CATALOGS.rglob("*.po"), *OF_LIB.glob("*.po")]:
        text = path.read_text(encoding="utf-8")
        assert path.name == "theme.po" or catalogs.text_of(catalogs.parsed(text).values()) == text, path


def test_words_of_a_formula_that_stands_alone_are_translated_and_its_signs_stay():
    text = "The size is\n\n$$ s_{\\text{mean}} = \\text{2} $$\n\nfor $x_{\\text{mean}}$."
    asked = []

    def say(kind, message):
        asked.append((kind, message))
        return "均值" if kind == "formula" else message

    said = pages.translated_markdown(text, say)
    assert said == text.replace("\\text{mean}", "\\text{均值}", 1)
    assert asked == [("prose", "The size is"), ("formula", "mean"), ("prose", "for $x_{\\text{mean}}$.")]
    assert found_in("for $x_{\\text{mean}}$", "$x_{\\text{均值}}$") == []
    assert found_in("for $x_{\\text{mean}}$", "$y_{\\text{均值}}$") != []


# A page whose English changes -----------------------------------------------------------------------------------------

PAGE = "# Size\n\nThe output has 4 rows.\n\nThe input has 6.\n"
OLD = [Message("Size", "heading"), Message("The output has 4 rows.", "prose"), Message("The input has 6.", "prose")]
TRANSLATED = [
    Entry("Size", "大小"),
    Entry("The output has 4 rows.", "输出有 4 行。"),
    Entry("The input has 6.", "输入有 6 行。"),
]


def test_a_changed_sentence_is_shown_in_english_with_a_note_and_is_no_fault():
    changed = PAGE.replace("4 rows", "5 rows")
    new = [OLD[0], Message("The output has 5 rows.", "prose"), OLD[2]]
    before = {entry.text: entry for entry in TRANSLATED}
    catalog = {entry.text: entry for entry in catalogs.updated(before, new)}

    entry = catalog["The output has 5 rows."]
    assert (entry.translation, entry.fuzzy, entry.previous) == ("输出有 4 行。", True, "The output has 4 rows.")
    assert [one.kind for one in checking.findings_in("page.po", before, new)] == ["stale", "fuzzy"]

    said = pages.translated_markdown(changed, making.translator(catalog, making.site_say()))
    note = (
        '<span lang="en">The output has 5 rows.</span> <small class="untranslated">（英文已更新，译文待更新）</small>'
    )
    assert said == f"# 大小\n\n{note}\n\n输入有 6 行。\n"


def test_a_contributor_may_change_english_without_the_catalogs(tmp_path, monkeypatch):
    page = "chapters/convolution/slide-a-window"
    notebook = nbformat.reads(ENGLISH[page], 4)
    cell = next(cell for cell in notebook.cells if "## The idea" in cell.source)
    cell.source = cell.source.replace("## The idea", "Here stands one sentence more.\n\n## The new idea", 1)
    changed = tmp_path / "slide-a-window.ipynb"
    nbformat.write(notebook, changed)
    monkeypatch.setattr(pages, "source_of", lambda name: changed)
    monkeypatch.setattr(making, "source_of", lambda name: changed)
    monkeypatch.setattr(collecting, "source_of", lambda name: changed)

    found = list(checking.findings_in(page, catalogs.read(CATALOGS / f"{page}.po"), collecting.messages_of(page)))
    assert {one.kind for one in found} >= {"missing", "stale"}
    assert not [str(one) for one in found if one.kind == "fault"]

    made = "\n\n".join(sources(making.page_text(page, making.site_say())))
    assert '<span lang="en">Here stands one sentence more.</span> <small class="untranslated">（此段尚未翻译）' in made
    assert "## The new idea" in made


def test_a_page_without_any_translation_says_so_once(monkeypatch):
    monkeypatch.setattr(making, "read", lambda path: {})
    made = sources(making.page_text("chapters/convolution/slide-a-window", lambda message, **values: message))
    assert sum(cell.count("This page has not been translated yet.") for cell in made) == 1
    assert "untranslated" in made[1]
    assert "<small" not in "".join(made)


def test_update_changes_nothing_the_second_time(wanted):
    for path, messages in wanted.items():
        once = catalogs.updated(catalogs.read(path), messages)
        assert catalogs.updated({entry.text: entry for entry in once}, messages) == once


# What is noticed ------------------------------------------------------------------------------------------------------

SENTENCE = "The **output** of `conv2d` has $o$ rows, *at most* 16: see [it](a.md) and {cite:p}`b`."
RIGHT = "`conv2d` 的**输出**有 $o$ 行，*至多* 16 行：见[这里](a.md)和 {cite:p}`b`。"


def found_in(english, other, kind="prose"):
    return list(faults.faults(kind, english, other))


def test_a_translation_that_keeps_everything_has_no_fault():
    assert found_in(SENTENCE, RIGHT) == []
    assert found_in("{rows} rows\\n in `x`", "`x` 中有 {rows} 行\\n", "code") == []
    assert found_in("{rows} rows", "{rows} 行", "say") == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("16", "15", "number 16: 1 lost"),
        ("16 行", "许多行", "number 16: 1 lost"),
        ("`conv2d`", "`conv`", "code_inline conv2d: 1 lost"),
        ("$o$", "$p$", "math_inline o: 1 lost"),
        ("a.md", "b.md", "link a.md: 1 lost"),
        ("{cite:p}`b`", "{cite:p}`c`", "role cite:p b: 1 lost"),
        ("{cite:p}`b`", "{cite:t}`b`", "role cite:p b: 1 lost"),
        ("**输出**", "输出", "strong_open: 1 lost"),
        ("的**输出**有", "的**输出。**有", "strong_open: 1 lost"),  # no emphasis in CommonMark
        ("*至多*", "至多", "em_open: 1 lost"),
        ("，", ",", "half-width punctuation beside Chinese"),
        ("。", ".", "half-width punctuation at the end"),
        (" 行", "行", "no space beside Chinese"),
        ("`conv2d` 的", "`conv2d`的", "no space beside Chinese"),
    ],
)
def test_what_prose_loses_is_noticed(before, after, fault):
    assert before in RIGHT
    assert any(fault in one for one in found_in(SENTENCE, RIGHT.replace(before, after)))


@pytest.mark.parametrize(
    ("kind", "english", "other", "fault"),
    [
        ("code", "{rows} rows", "{row} 行", "expression {rows}: 1 lost"),
        ("code", "{x:.2f} rows", "{x:.1f} 行", "expression {x:.2f}: 1 lost"),
        ("code", "{name:9} rows", "{named(name, 8)} 行", "expression {name:9}: 1 lost"),
        ("code", "{x} rows", "{named(y)} 行", "expression {x}: 1 lost"),
        ("code", "rows\\n", "行", "escape \\n: 1 lost"),
        ("code", "the rows", '"行"', '" would end the string'),
        ("code", "in `x`", "在 `y` 中", "quoted `x`: 1 lost"),
        ("comment", "the row", "行\n列", "a line break in a comment"),
        ("say", "{rows} rows", "行", "expression {rows}: 1 lost"),
        ("say", "{rows} rows", "{rows} 行}", "braces"),
        ("say", "{rows} × {columns}", "{columns} × {rows} 格", "{rows}×{columns} is not there as it is"),
        ("say", "{one} of {all}", "{all} 中的 {one}", "expressions in another order"),
        ("code", "{name:9} {x}", "{x}：{named(name, 9)}", "expressions in another order"),
        ("prose", "2 × 3 cells", "3 × 2 格", "2×3 is not there as it is"),
        ("prose", "[a](a.md), [b](b.md)", "[甲](b.md)、[乙](a.md)", "links in another order"),
        ("prose", "It is −2.", "它是 2。", "sign −: 1 lost"),
        ("prose", "35 % more", "多 35", "sign %: 1 lost"),
        ("prose", "The result is given below.", "The result is given below.", "no Chinese"),
        ("prose", "By ReLU, it is.", "由 ReLU, 它是。", "half-width punctuation in Chinese"),
        ("prose", "A step (small) is.", "一步 (small) 是。", "half-width punctuation in Chinese"),
        ("prose", "It (all) is.", "它（全部是。", "one of （） alone"),
        ("prose", "It is.", "是。。", "doubled punctuation"),
        ("prose", "It slides.", "它滑動。", "no simplified Chinese: 動"),
        ("prose", "Unpooling does.", "反池化做。", "term 'unpooling' is none of 上池化"),
        ("prose", "The stride is 2.", "步骤为 2。", "term 'stride' is none of 步长"),
    ],
)
def test_what_code_or_a_term_loses_is_noticed(kind, english, other, fault):
    assert any(fault in one for one in found_in(english, other, kind))


def test_a_word_that_is_not_meant_as_the_term_is_said_to_be_so():
    english, other = "Switch on the light.", "开灯。"
    assert [one.split(" is none of ")[0] for one in found_in(english, other)] == ["term 'switch'"]
    assert list(faults.faults("prose", english, other, ["not a term: switch"])) == []


def test_what_has_to_stand_in_another_order_is_said_to_do_so():
    english, other = "{one} of {all}", "{all} 中的 {one}"
    assert list(faults.faults("say", english, other, [faults.REORDERED])) == []


def test_a_release_needs_every_message(monkeypatch, capsys):
    monkeypatch.setattr(translate, "findings", lambda names: iter([checking.Finding("a.po", "missing", "A text.")]))
    assert translate.main(["check"]) == 1
    assert capsys.readouterr().out == "a.po: missing: A text.\nmissing: 1, fuzzy: 0, stale: 0, fault: 0\n"

    monkeypatch.setattr(translate, "findings", lambda names: iter([]))
    assert translate.main(["check"]) == 0


MODULES = (catalogs, code, collecting, faults, markdown, names, terms)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module):
    failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (failed, tried > 0) == (0, True)


# What is collected ----------------------------------------------------------------------------------------------------


def test_words_are_found_in_calls_inside_f_strings_and_in_scripts():
    assert collecting.said_in_python("f'{say(\"one\")}'; say('two', x=say(three))") == ["one", "two"]
    assert collecting.said_by("""a = say("one"); say('two {n}', {n}); {{ say("three") }}; say(other)""") == [
        "one",
        "two {n}",
        "three",
    ]
    with pytest.raises(ValueError, match="whole text"):
        collecting.said_in_python("say(f'{n} rows')")


@pytest.mark.parametrize(
    "source",
    [
        'losses["one word"]',
        'check("x", y, part="one word")',
        'row = {"one word": 1}\nshow.panel(x, **row)',
        'row, side = {"one word": 1}, {"one word": 2}\nshow.panel(x, **side)',
    ],
)
def test_what_code_asks_for_stays_as_it_is(source):
    assert code.translated_code(source, lambda kind, text: "译文", names.names_given([source])) == source


@pytest.mark.parametrize("key", ['"one word"', 'f"one {word}"'])
def test_what_a_page_itself_made_is_asked_for_by_its_translation(key):
    source = f'ways = {{{key}: 1}}\nways["one word"]'
    said = code.translated_code(source, lambda kind, text: text.replace("one", "第一"), names.names_given([source]))
    assert said == source.replace("one", "第一")


def test_what_only_an_instructor_has_is_not_to_be_translated():
    code = (
        'print("a row")\n### BEGIN HIDDEN TESTS\nassert x, "a hint"  # hidden words\n### END HIDDEN TESTS\n# and this'
    )
    found = []
    pages.translated_code(code, lambda kind, text: found.append(text) or text)
    assert found == ["a row", "and this"]


def test_a_page_is_made_again_only_if_what_it_is_made_of_has_changed(tmp_path, monkeypatch):
    made, catalogs = [], tmp_path / "catalogs"
    monkeypatch.setattr(making, "page_text", lambda page, say: made.append(page) or f"of {page}")
    monkeypatch.setattr(making, "documents", lambda: ["index", "chapters/glossary"])
    monkeypatch.setattr(making, "sources", list)
    monkeypatch.setattr(making, "CATALOGS", catalogs)
    for _ in range(2):
        making.make(tmp_path / "pages")
    assert made == ["index", "chapters/glossary"]

    catalogs.mkdir()
    (catalogs / "index.po").write_text("changed", "utf-8")
    making.make(tmp_path / "pages")
    assert made == ["index", "chapters/glossary", "index"]
    assert (tmp_path / "pages" / "index.ipynb").read_text("utf-8") == "of index"


def test_every_section_has_its_english_address():
    names = json.loads(making.anchors())
    assert "the-formula" in names["chapters/convolution/predict-the-size"]
    assert all(re.fullmatch("[a-z0-9-]+", name) for page in names.values() for name in page)


def test_sections_of_a_made_page_are_called_as_in_english(tmp_path):
    (tmp_path / "anchors.json").write_text('{"page": ["size", "the-formula"]}', encoding="utf-8")
    document = new_document("page")
    document.settings.env = SimpleNamespace(srcdir=tmp_path, docname="page")
    document += nodes.section("", nodes.title("", "大小"), nodes.section("", nodes.title("", "公式")), ids=["id1"])
    document += nodes.section("", nodes.title("", "A"), ids=["a"])  # as a directive adds it

    NameSections(document).apply()
    assert [section["ids"] for section in document.findall(nodes.section)] == [["size"], ["the-formula"], ["a"]]
