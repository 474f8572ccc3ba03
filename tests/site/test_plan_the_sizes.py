"""The bench "Plan the sizes": its arithmetic, its code, and what a visitor does with it."""

from __future__ import annotations

import io
import random
import re
import sys
from contextlib import redirect_stdout

import building
import keras_shapes
import nbformat
import pytest
from plans import SAID, differences, expected
from test_pages import SMALL_TARGETS, TOO_WIDE

from lib.ops import conv_output_size, conv_transpose_output_size, pool_output_size
from lib.plan import Chain, read_printed
from tests.plan.random_chains import random_chain
from tests.plan.test_chain import works
from tests.plan.test_printed import NESTED

PAGE = "chapters/benches/plan-the-sizes.html"
CHAIN = "decodeURIComponent(location.hash.slice(6)).replace(/\\+/g, ' ').replace(/\\*/g, '+')"
CODE = """([texts, language]) => texts.map(text => {
  const bench = window.planTheSizes;
  const chain = bench.readChain(text);
  return bench.codeOf(chain, bench.rowsOf(chain), language);
})"""


@pytest.fixture
def bench(browse):
    with browse(PAGE, window="bench", permissions=["clipboard-read", "clipboard-write"]) as visited:
        yield visited.page
        assert visited.complaints == []
        assert visited.elsewhere == []


@pytest.fixture(scope="module")
def script(browse):
    with browse(PAGE) as visited:
        yield visited.page.evaluate


@pytest.fixture
def phone(visit):
    with visit(PAGE, width=390, has_touch=True, is_mobile=True) as visited:
        yield visited.page
        assert visited.complaints == []


def chain_of(page):
    """The chain that the address holds."""
    return str(Chain.parse(page.evaluate(CHAIN)))


def verdict(page):
    return page.locator(".verdict-head h2").text_content().replace("\xa0", " ")


def row(page, number):
    return page.locator(f'[data-key="row {number}"]')


# The arithmetic.


@pytest.mark.parametrize("part", range(8))
def test_random_chains_come_out_as_the_library_says(script, part):
    texts = [random_chain(seed) for seed in range(part * 300, part * 300 + 300)]
    wrong = []
    for text, found in zip(texts, script(SAID, texts), strict=True):
        wrong += [f"{text}: {said}" for said in differences(expected(text), found)]
    assert wrong[:5] == []


def test_the_cures_of_a_deep_network_over_a_large_image_come_at_once(script):
    down = [f"conv 8 k3 p1; conv 8 k3 p1 ={name}; max k2" for name in "abcde"]
    up = [f"convt 8 k2 s2; cat {name}; conv 8 k3 p1" for name in "edcba"]
    took = script(
        """text => {
          const chain = planTheSizes.readChain(text), rows = planTheSizes.rowsOf(chain);
          const start = performance.now();
          planTheSizes.curesFor(chain, rows, rows.findIndex(row => row.problem));
          return performance.now() - start;
        }""",
        "; ".join(["3x8191x8191", *down, "conv 8 k3 p1", *up]),
    )
    assert took < 500  # milliseconds; it takes 11, and 4,200 if receptive fields are worked out for each candidate


def test_every_size_of_a_window_is_that_of_the_library(script):
    draw = random.Random(7)
    wanted, texts = [], []
    for _ in range(4000):
        kind = draw.choice(("conv", "convt", "max"))
        size, k, s, p, d, extra = (
            draw.randint(*bounds) for bounds in ((1, 60), (1, 7), (1, 5), (0, 4), (1, 3), (0, 3))
        )
        ceil = draw.random() < 0.5
        text = (
            f"1x{size}x{size}; "
            + {
                "conv": f"conv 1 k{k} s{s} p{p} d{d}",
                "convt": f"convt 1 k{k} s{s} p{p} d{d} o{extra}",
                "max": f"max k{k} s{s} p{p} d{d}" + " ceil" * ceil,
            }[kind]
        )

        try:
            made = {
                "conv": lambda size=size, k=k, s=s, p=p, d=d: conv_output_size(size, k, s, p, d),
                "convt": lambda size=size, k=k, s=s, p=p, d=d, o=extra: conv_transpose_output_size(size, k, s, p, o, d),
                "max": lambda size=size, k=k, s=s, p=p, d=d, c=ceil: pool_output_size(size, k, s, p, d, c),
            }[kind]()
        except ValueError:
            made = None
        wanted.append(made)
        texts.append(text)
    sizes = "texts => texts.map(text => planTheSizes.rowsOf(planTheSizes.readChain(text))[1].shape?.[1] ?? null)"
    assert [entry for entry in zip(texts, wanted, script(sizes, texts), strict=True) if entry[1] != entry[2]] == []
    assert 500 < wanted.count(None) < 2000


def test_prints_are_read_as_the_library_reads_them(script):
    from tests.plan.test_printed import test_a_layer_is_read, test_what_is_not_understood_is_named

    marks = [mark for test in (test_a_layer_is_read, test_what_is_not_understood_is_named) for mark in test.pytestmark]
    prints = [NESTED, *(case[0] for mark in marks for case in mark.args[1] if case[1])]
    read = """prints => prints.map(text => {
      const { chain, notes } = planTheSizes.readPrinted(text, [32, 45]);
      return [planTheSizes.writeChain(chain), notes];
    })"""
    for text, (chain, notes) in zip(prints, script(read, prints), strict=True):
        reading = read_printed(text, (32, 45))
        assert chain == str(reading.chain)
        # Why something could not be read is said in each language's own words.
        assert [re.sub(r"left out: .*", "left out", note) for note in notes] == [
            re.sub(r"left out: .*", "left out", note) for note in reading.notes
        ]


# The code.


def written(script, language, count):
    texts = [text for text in map(random_chain, range(count)) if works(Chain.parse(text))]
    assert len(texts) > count / 2
    for text, code in zip(texts, script(CODE, [texts, language]), strict=True):
        yield Chain.parse(text), code


def printed_by(code):
    with redirect_stdout(io.StringIO()) as said:
        namespace = {}
        exec(compile(code, "emitted", "exec"), namespace)
    return said.getvalue().strip(), namespace


def test_code_for_lib_makes_the_shapes(script):
    for chain, code in written(script, "lib", 160):
        assert printed_by(code)[0] == str((1, *chain.output)), chain


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch tells what it copies
def test_code_for_pytorch_makes_the_shapes_and_the_weights(script):
    pytest.importorskip("torch", reason="runs PyTorch itself where it is installed")
    for chain, code in written(script, "pytorch", 400):
        said, namespace = printed_by(code.replace("print(net(", "print(net.eval()("))
        assert said == f"torch.Size({[1, *chain.output]})", chain
        assert sum(weight.numel() for weight in namespace["net"].parameters()) == chain.weights, chain


def test_code_for_keras_makes_the_shapes_of_its_formulas(script, monkeypatch):
    for name, module in keras_shapes.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    for chain, code in written(script, "keras", 300):
        output = chain.output
        assert printed_by(code)[0] == str((None, output.rows, output.columns, output.channels)), chain


def test_the_graph_for_onnx_has_the_shapes(script):
    parser = pytest.importorskip("onnx.parser", reason="onnx is not installed")
    from onnx import checker, shape_inference

    inferred = 0
    for chain, code in written(script, "onnx", 300):
        model = parser.parse_model(code)
        declared = model.graph.output[0].type.tensor_type.shape.dim
        assert [dimension.dim_value for dimension in declared] == [1, *chain.output]
        for dimension in declared:
            dimension.Clear()  # so that inference has nothing to lean on
        checker.check_model(model)
        if "unpool" in str(chain):  # its output's shape is a value, which inference does not follow
            continue
        found = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.output[0]
        assert [dimension.dim_value for dimension in found.type.tensor_type.shape.dim] == [1, *chain.output], chain
        inferred += 1
    assert inferred > 150


def test_code_of_a_chain_that_cannot_work_says_so(script):
    said = script(CODE, [["1x3x3; conv 1 k5", "1x61x61 =a; max k2; up x2; cat a"], "pytorch"])
    assert said[0].startswith("# Row 1 cannot work: the window spans 5 cells")
    assert said[1].startswith("# Row 3 will fail as long as its sizes differ: 60 x 60 and 61 x 61.")


# What a visitor does.


def test_it_opens_with_a_u_net_that_does_not_fit_and_says_it_in_pytorchs_words(bench):
    assert verdict(bench) == "Row 10: 61 × 61 ≠ 60 × 60"
    assert bench.locator(".error code").text_content() == (
        "Sizes of tensors must match except in dimension 1. Expected size 61 but got size 60 "
        "for tensor number 1 in the list."
    )
    assert "They part at row 2: it makes 30 of 61, as it does of 60" in bench.locator(".verdict").text_content()
    assert bench.locator("tr.wrong").get_attribute("data-row") == "10"
    assert bench.locator("tr.blamed").evaluate_all("rows => rows.map(row => row.dataset.row)") == ["2", "9"]
    assert bench.evaluate("scrollY") == 0
    assert bench.locator("tr.wrong").bounding_box()["y"] < 860
    assert bench.locator(".cures li button").first.bounding_box()["y"] < 860


CURES = ["output_padding", "output_size", "pad", "crop", "resize", "smaller", "larger"]


@pytest.mark.parametrize("way", CURES)
def test_a_cure_is_one_click_away_and_can_be_taken_back(bench, way):
    before = [cure.get_attribute("data-key") for cure in bench.locator(".cures button").all()]
    assert before == [f"cure {name}" for name in CURES]
    bench.locator(f'[data-key="cure {way}"]').click()
    assert verdict(bench) == "Everything fits"
    assert Chain.parse(chain_of(bench)).fits
    assert ": done." in bench.locator(".said").first.text_content()
    bench.locator('[data-key="past"]').click()
    assert verdict(bench) == "Row 10: 61 × 61 ≠ 60 × 60"


def test_the_keyboard_alone_opens_a_row_changes_it_and_keeps_its_place(bench):
    row(bench, 9).focus()
    bench.keyboard.press("Enter")
    assert row(bench, 9).get_attribute("aria-expanded") == "true"
    bench.locator('[data-key="outputPadding"]').focus()
    bench.keyboard.press("ArrowUp")
    assert verdict(bench) == "Everything fits"
    assert bench.evaluate("document.activeElement.dataset.key") == "outputPadding"
    bench.keyboard.press("ArrowUp")
    assert verdict(bench) == "Row 9 cannot work"
    assert "The output padding must be smaller than stride or dilation" in bench.locator(".verdict").text_content()
    bench.keyboard.press("ArrowDown")
    assert verdict(bench) == "Everything fits"


def test_every_control_can_be_reached_with_tab(bench):
    row(bench, 3).click()
    bench.locator('[data-key="input channels"]').focus()
    reached = set()
    for _ in range(70):
        reached.add(bench.evaluate("document.activeElement.closest('.bench') && document.activeElement.dataset.key"))
        bench.keyboard.press("Tab")
    all_keys = bench.locator(".bench :is(button, input, select):visible:enabled").evaluate_all(
        "all => all.map(one => one.dataset.key)"
    )
    assert {key for key in all_keys if key} - reached == set()


def test_rows_and_columns_can_be_set_apart(bench):
    row(bench, 1).click()
    bench.locator('[data-key="apart"]').check()
    bench.locator('[data-key="kernel columns"]').fill("5")
    bench.locator('[data-key="padding columns"]').fill("2")
    assert chain_of(bench).split("; ")[1] == "conv 16 k3x5 p1x2 +relu =a"


@pytest.mark.parametrize("nonsense", ["0", "-3", "2.5", "99999", ""])
def test_a_number_that_cannot_be_taken_is_said_and_gives_way_to_the_last_that_could(bench, nonsense):
    rows = bench.locator('[data-key="input rows"]')
    rows.fill("70")
    rows.fill(nonsense)
    rows.press("Tab")
    assert rows.input_value() == "70"
    assert bench.locator(".said").first.text_content() == "Rows: a whole number from 1 to 2048; 70 stays."
    assert "3x70x61" in bench.evaluate("location.hash")

    bench.locator('[data-key="past"]').click()
    rows.fill("")
    rows.press("Tab")
    assert rows.input_value() == "61"


def test_layers_are_inserted_moved_and_removed_with_what_hangs_on_them(bench):
    row(bench, 5).click()
    bench.locator('[data-key="new kind"]').select_option("convt")
    bench.locator('[data-key="insert"]').click()
    assert chain_of(bench).split("; ")[6] == "convt 32 k2 s2"
    assert bench.evaluate("document.activeElement.dataset.key") == "row 6"
    bench.locator('[data-key="up"]').click()
    assert chain_of(bench).split("; ")[5] == "convt 32 k2 s2"
    bench.locator('[data-key="remove"]').click()
    row(bench, 1).click()
    bench.locator('[data-key="remove"]').click()
    assert "cat a" not in chain_of(bench)
    assert "Row 1 is gone, and with it what came back to it: row 10." in bench.locator(".said").first.text_content()


def test_a_join_that_would_stand_before_its_source_is_not_made(bench):
    before = bench.evaluate("document.querySelectorAll('tr[data-row]').length")
    row(bench, 7).click()
    for _ in range(4):
        bench.locator('[data-key="up"]').click()
    assert "No earlier layer keeps its output as “b”" in bench.locator(".said").first.text_content()
    assert bench.evaluate("document.querySelectorAll('tr[data-row]').length") == before


def test_the_layer_that_undoes_a_size_is_offered_and_added(bench):
    row(bench, 2).click()
    offer = bench.locator(".way-back")
    assert "60 and 61 rows or columns all give 30." in offer.text_content()
    offer.locator("button").click()
    assert chain_of(bench).endswith("; unpool c fit")


def test_a_pasted_print_becomes_the_chain_and_what_was_guessed_is_told(bench):
    bench.locator('[data-key="paste"]').click()
    bench.locator("dialog.bench textarea").fill("nothing of the kind")
    bench.locator("dialog.bench .main").click()
    assert "No layer was found" in bench.locator("dialog.bench [role=alert]").text_content()
    bench.locator("dialog.bench textarea").fill(NESTED)
    bench.locator("dialog.bench .main").click()
    assert bench.locator("dialog.bench").count() == 0
    assert chain_of(bench) == str(read_printed(NESTED, 61).chain)
    assert "taken as a concatenation with the output of row 3" in bench.locator(".verdict").text_content()


@pytest.mark.parametrize("language", ["PyTorch", "Keras", "ONNX", "lib"])
def test_the_code_is_copied(bench, language):
    bench.locator('[data-key="cure pad"]').click()
    bench.locator('[data-key="code"]').click()
    bench.get_by_label(language, exact=True).check()
    bench.locator("dialog.bench .main").click()
    bench.locator("dialog.bench .said", has_text="Copied.").wait_for()
    copied = bench.evaluate("navigator.clipboard.readText()")
    assert {
        "PyTorch": "F.pad(x, (0, 1, 0, 1))",
        "Keras": "ZeroPadding2D",
        "ONNX": "Pad (",
        "lib": "pad(x, (0, 1, 0, 1))",
    }[language] in copied
    bench.keyboard.press("Escape")
    bench.locator("dialog.bench").wait_for(state="detached")


def test_an_address_holds_the_state(browse, bench):
    bench.locator('[data-key="example"]').select_option("3")
    chain, address = chain_of(bench), bench.evaluate("location.hash")
    assert "unpool" in chain
    with browse(f"{PAGE}{address}") as again:
        assert again.page.locator("tr[data-row]").count() == len(Chain.parse(chain).rows)
        assert again.page.locator('[data-key="example"]').input_value() == "3"


@pytest.mark.parametrize(
    "junk",
    [
        "#plan=",
        "#plan=%E0%A4%A",
        "#plan=3x61x61;conv",
        "#plan=1e9x1x1",
        "#plan=<img src=x onerror=alert(1)>",
        "#plan=3x9x9;cat+a",
    ],
)
def test_junk_in_the_address_does_no_harm(browse, junk):
    with browse(f"{PAGE}{junk}") as visited:
        assert verdict(visited.page) == "Row 10: 61 × 61 ≠ 60 × 60"
        assert visited.complaints == []
        assert visited.page.locator(".bench img").count() == 0


EVERYTHING = (
    ".bench .bar-of-tools input, .bench table :is(button, select, input), .bench .verdict button, "
    ".bench :is([data-key=past], [data-key=future])"
)


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_random_actions_keep_page_and_library_together(bench, seed):
    draw = random.Random(seed)
    for _ in range(100):
        controls = bench.locator(EVERYTHING)
        control = controls.nth(draw.randrange(controls.count()))
        kind = control.evaluate("control => control.disabled ? 'off' : control.type")
        if kind == "number":
            control.fill(str(draw.choice((0, 1, 2, 3, 5, 8, 61))))
        elif kind == "select-one":
            control.select_option(index=draw.randrange(control.locator("option").count()))
        elif kind != "off":
            control.click()
        if not bench.evaluate("location.hash"):
            continue

        chain = Chain.parse(chain_of(bench))
        shown = bench.locator("tbody tr[data-row] td.map .shape").all_text_contents()
        wanted = [" × ".join(map(str, found.shape)) for found in chain.rows if found.shape and not found.parts]
        assert [text.replace("\xa0", " ") for text in shown if text[0].isdigit()] == wanted


# How it looks and sounds.


def test_a_finger_takes_a_cure_on_a_phone(phone):
    assert phone.locator("tr[data-row='0']").bounding_box()["y"] < 700
    phone.locator(".quick button").first.tap()
    assert verdict(phone) == "Everything fits"
    row(phone, 1).tap()
    assert phone.locator(".costs").text_content().startswith("A cell sees 3")


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_nothing_runs_out_and_targets_are_large_enough(visit, width):
    with visit(PAGE, width=width, has_touch=True, is_mobile=True) as visited:
        row(visited.page, 9).tap()
        assert visited.page.evaluate(TOO_WIDE) == 0
        small = SMALL_TARGETS.replace(
            "figure.explore form :is(button, input, select)",
            ".bench :is(button, select, input:not([type=checkbox]), label.flag)",
        )
        assert visited.page.evaluate(small) == []


@pytest.mark.parametrize("state", ["opening", "open row", "fits", "refused", "code", "paste"])
def test_axe_finds_nothing_in_any_state(browse, judge, state):
    with browse(PAGE + ("#plan=1x3x3;conv+2+k5;max+k2" if state == "refused" else "")) as visited:
        page = visited.page
        if state == "open row":
            row(page, 9).click()
        elif state == "fits":
            page.locator('[data-key="cure resize"]').click()
        elif state in ("code", "paste"):
            page.locator(f'[data-key="{state}"]').click()
        assert judge.faults(page) == {"light": [], "dark": []}


def test_a_screen_reader_meets_a_table_whose_rows_have_names(bench):
    table = bench.get_by_role("table", name="The chain, layer by layer")
    assert table.get_by_role("rowheader", name="10 concatenate").count() == 1
    assert table.get_by_role("columnheader", name="sees").count() == 1
    assert bench.get_by_role("group", name="Plan the sizes").count() == 1
    assert bench.get_by_role("status").count() == 1


def test_without_a_script_the_drawing_stands_there(visit):
    with visit(PAGE, java_script_enabled=False) as visited:
        drawing = visited.page.locator(".tag_sizes-bench [data-plan] svg")
        assert drawing.is_visible()
        assert "61 × 61 ≠ 60 × 60" in drawing.text_content()
        assert visited.page.locator(".bench").count() == 0


def test_on_paper_stand_the_chain_and_the_cures_without_controls(bench):
    bench.emulate_media(media="print")
    assert bench.locator(".bench table").is_visible()
    assert bench.locator(".cures code").first.is_visible()
    assert bench.locator(".bar-of-tools").is_hidden()


def test_every_page_that_a_note_names_has_that_heading(script):
    addresses = script("Object.values(planTheSizes.PAGES).map(([address, title]) => [address, title])")
    for address, title in addresses:
        page, anchor = re.fullmatch(r"\.\./(.+)\.html#(.+)", address).groups()
        cells = nbformat.read(building.ROOT / "chapters" / f"{page}.ipynb", as_version=4).cells
        headings = [
            line.lstrip("# ")
            for cell in cells
            if cell.cell_type == "markdown"
            for line in cell.source.split("\n")
            if line.startswith("#")
        ]
        slugs = {re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-"): heading for heading in headings}
        assert anchor in slugs, address
        assert title in (slugs[anchor], headings[0], "The size formula"), title
