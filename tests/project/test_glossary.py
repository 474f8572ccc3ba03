"""The glossary's source, and which page teaches which name of the library."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections import Counter
from pathlib import Path

import nbformat
import notebooks
import pytest
from course import glossary, names

import lib
from lib.words import speaking

ROOT = Path(__file__).parents[2]
TERMS = glossary.terms()
# Terms that a course on this subject cannot do without, and what they are called in Chinese.
NEEDED = {
    "convolution": "卷积",
    "kernel": "卷积核",
    "stride": "步长",
    "padding": "填充",
    "feature map": "特征图",
    "transposed convolution": "转置卷积",
    "deconvolution": "反卷积",
    "convolution matrix": "卷积矩阵",
    "pooling": "池化",
    "max pooling": "最大池化",
    "unpooling": "上池化",
    "switch": "位置信息",
    "upsampling": "上采样",
    "interpolation": "插值",
    "nearest-neighbour interpolation": "最近邻插值",
    "bilinear interpolation": "双线性插值",
    "bicubic interpolation": "双三次插值",
    "semantic segmentation": "语义分割",
    "feature visualisation": "特征可视化",
}
DEFINED = re.compile(r"\b(?:called|named) (?:a |an |the |its )?\*([^*]+)\*")


@pytest.mark.parametrize(("name", "chinese"), NEEDED.items())
def test_a_needed_term_stands_in_both_languages(name, chinese):
    (term,) = [term for term in TERMS if term.name == name]
    assert chinese in term.chinese


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_complete(term):
    assert all(re.search(r"[\u4e00-\u9fff]", name) for name in term.chinese)
    assert not any(re.search(r"[\u4e00-\u9fff]", name) for name in (term.name, *term.also))
    assert term.meaning.endswith(".")
    assert term.page == "" or list(ROOT.glob(f"{term.page}.*"))


def test_no_name_stands_for_two_terms():
    names = Counter(name.lower() for term in TERMS for name in term.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_longest_name_is_the_one_that_is_recognised():
    text = "Unpooled maps, transposed convolutions and max pooling; a kernel size of re-pooling rank."
    found = [(text[start:end], term.name) for start, end, term in glossary.uses(text)]
    assert found == [
        ("Unpooled", "unpooling"),
        ("transposed convolutions", "transposed convolution"),
        ("max pooling", "max pooling"),
        ("kernel size", "kernel size"),
        ("rank", "rank"),
    ]


def test_chinese_prose_is_linked_by_terms_and_not_by_everyday_words():
    text = "双线性插值之后，线性不变的损失函数在 U-Net 里展开；超分辨率、转置卷积、卷积矩阵的转置和秩。"
    with speaking("zh_CN"):
        found = [(text[start:end], term.name) for start, end, term in glossary.uses(text)]
    assert found == [
        ("双线性插值", "bilinear interpolation"),
        ("损失函数", "loss"),
        ("U-Net", "U-Net"),
        ("转置卷积", "transposed convolution"),
        ("卷积矩阵", "convolution matrix"),
        ("转置", "transpose"),
        ("秩", "rank"),
    ]


def test_the_chinese_glossary_is_in_the_order_of_sounds():
    with speaking("zh_CN"):
        listed = [term.listed[0] for term in sorted(TERMS, key=lambda term: term.place)]
        initials = [glossary.initial_of(name) for name in listed]
    assert initials == sorted(initials)
    assert [name for name in listed if name.startswith(("伴", "步", "卷", "最"))] == [
        *("伴随", "伴随恒等式", "步长", "卷积", "卷积核", "卷积核大小", "卷积矩阵"),
        *("最大池化", "最近邻插值", "最小二乘"),
    ]


@pytest.mark.parametrize("path", notebooks.all_notebooks(), ids=notebooks.shown)
def test_what_a_page_names_in_italics_is_in_the_glossary(path):
    cells = nbformat.read(path, as_version=4).cells
    named = [name for cell in cells if cell.cell_type == "markdown" for name in DEFINED.findall(cell.source)]
    missing = [name for name in named if not any(name == text_of(use, name) for use in glossary.uses(name))]
    assert missing == [], "add them to book/course/glossary.yml"


def text_of(use, text):
    return text[use[0] : use[1]]


def test_every_operation_that_a_page_uses_is_taught_by_one_that_exists():
    taught = names.taught()
    used = {name for path in notebooks.all_notebooks() for name in names.names_used(path)}
    operations = {f"lib.{name}" for name in lib.__all__}
    assert used & operations - taught.keys() == set(), "add them to book/course/taught.yml"
    assert taught.keys() - set(names.public_names().values()) == set()
    assert [page for page in taught.values() if not (ROOT / f"{page}.ipynb").is_file()] == []


@pytest.mark.parametrize("name", sorted(names.taught()))
def test_the_page_that_teaches_a_name_uses_it(name):
    notebook = ROOT / f"{names.taught()[name]}.ipynb"
    prose = " ".join(cell.source for cell in nbformat.read(notebook, as_version=4).cells)
    used = names.names_used(notebook)
    assert name in used or f"`{name.removeprefix('lib.')}" in prose


def examples():
    """The examples of every public name, each with the imports that its page of the reference states."""
    for part, module in names.parts().items():
        (page,) = [
            page
            for page in (ROOT / "chapters/library").glob("*.md")
            if re.search(
                rf"^```\{{public-names\}} .*{re.escape(part)}\b", page.read_text(encoding="utf-8"), re.MULTILINE
            )
        ] or [None]
        if page is None:
            continue
        (imports,) = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and not isinstance(value, type(importlib)):
                yield pytest.param(imports, value, id=f"{part}.{name}")


@pytest.mark.parametrize(("imports", "value"), examples())
def test_an_example_runs_after_the_imports_that_its_page_states(imports, value):
    namespace: dict[str, object] = {}
    exec(imports, namespace)
    finder = doctest.DocTestFinder(recurse=False)
    (test,) = finder.find(value, globs=namespace, module=inspect.getmodule(value))
    failed, _ = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert failed == 0
