"""The bench "Try it on a photograph": its images and numbers are the library's; a visitor's own file stays here."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from matplotlib.image import imsave
from test_pages import SMALL_TARGETS, TOO_WIDE

from lib import (
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    interpolate,
    max_pool2d,
    max_unpool2d,
    pixel_shuffle,
    psnr,
    ssim,
)
from lib.learn import checkerboard_energy
from lib.ops import interpolation_matrix
from lib.show.photograph_bench import kernels, phases

PAGE = "chapters/benches/try-it-on-a-photograph.html"
SIZE = 168
CLOSE = 1e-4
MADE = """([name, settings]) => {
  const bench = window.tryPhotograph;
  const { data } = bench;
  const kernel = data.kernels[settings.factor]?.[settings.kernelName];
  const state = {...settings, kernel};
  const photo = bench.photoOf(name);
  const smaller = bench.makeSmaller(data, photo, state);
  const back = bench.makeLarger(data, smaller, settings.up, state);
  const { psnr, ssim, energy } = back ? bench.measure(back, photo, data, settings.factor) : {};
  const bytes = cells => new Uint8Array(new Float32Array(cells).buffer);
  const packed = cells => btoa(Array.from(bytes(cells), byte => String.fromCharCode(byte)).join(''));
  return {photo: packed(photo.cells), small: packed(smaller.small.cells), back: back && packed(back.cells),
    psnr, ssim, energy};
}"""


def caption_of(page):
    """Return the caption when what is on show has been measured: the image comes first, its measures after it."""
    page.wait_for_function("tryPhotograph.result()?.measures")
    return page.locator(".view figcaption").text_content()


@pytest.fixture
def bench(browse):
    with browse(PAGE) as visited:
        caption_of(visited.page)
        yield visited.page
        assert visited.complaints == []
        assert visited.elsewhere == []


@pytest.fixture(scope="module")
def script(browse):
    with browse(PAGE) as visited:
        yield visited.page.evaluate


def chosen(page):
    return page.locator(".ways input:checked").input_value()


def unpacked(text):
    """The square image that the page sent as float32."""
    cells = np.frombuffer(base64.b64decode(text), np.float32).astype(float)
    return cells.reshape(round(len(cells) ** 0.5), -1)


def by_library(photo, factor, down, smooth):
    """The smaller image, and the switches of max pooling where there are some."""
    if down == "max" and not smooth:
        return max_pool2d(photo, factor, return_indices=True)
    if down == "average":
        if not smooth:
            return avg_pool2d(photo, factor), None
        return interpolate(photo, size=len(photo) // factor, mode="bilinear", antialias=True), None
    start = max_pool2d(photo, factor, stride=1) if down == "max" else photo
    if not smooth:
        return start[::factor, ::factor], None
    rule = {"convention": "asymmetric", "antialias": True, "scale": float(factor)}
    matrix = interpolation_matrix(len(start), len(photo) // factor, "bilinear", **rule)
    return matrix @ start @ matrix.T, None


def back_by_library(small, switches, up, factor, kernel_name, phase_name):
    if up in ("nearest", "bilinear", "bicubic"):
        return interpolate(small, scale_factor=factor, mode=up)
    if up == "transposed":
        kernel = kernels(factor)[kernel_name]
        return conv_transpose2d(small, np.array(kernel["weights"]), None, factor, kernel["padding"], kernel["extra"])
    if up == "shuffle":
        weight = np.array(phases(factor)[phase_name])[:, None]
        return pixel_shuffle(conv2d(small[None], weight, padding=1), factor)[0]
    return None if switches is None else max_unpool2d(small, switches, factor)


WAYS = [("nearest", None), ("bilinear", None), ("bicubic", None), ("unpool", None)]
WAYS += [("transposed", place) for place in range(4)]
WAYS += [("shuffle", name) for name in ("bilinear", "alike", "untrained")]


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("down", ["stride", "average", "max"])
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_images_and_numbers_are_the_librarys(script, factor, down, smooth):
    tried = 0
    for up, variant in WAYS:
        kernel_name = list(kernels(factor))[variant] if up == "transposed" else None
        phase_name = variant if up == "shuffle" else "bilinear"
        settings = {"factor": factor, "down": down, "smooth": smooth, "up": up, "kernelName": kernel_name}
        found = script(MADE, ["brick" if up == "bicubic" else "camera", settings | {"phases": phase_name}])

        photo = np.round(unpacked(found["photo"]) * 255) / 255
        small, switches = by_library(photo, factor, down, smooth)
        np.testing.assert_allclose(unpacked(found["small"]), small, atol=CLOSE)
        back = back_by_library(small, switches, up, factor, kernel_name, phase_name)
        if back is None:
            assert found["back"] is None
            continue
        np.testing.assert_allclose(unpacked(found["back"]), back, atol=CLOSE)
        assert found["psnr"] == pytest.approx(psnr(back, photo), abs=CLOSE)
        assert found["ssim"] == pytest.approx(ssim(back, photo), abs=CLOSE)
        assert found["energy"] == pytest.approx(checkerboard_energy(back - photo, factor), abs=CLOSE)
        tried += 1
    assert tried == (11 if down == "max" and not smooth else 10)


def test_it_opens_with_a_checkerboard_that_another_kernel_takes_away(bench):
    assert chosen(bench) == "transposed"
    energy = bench.locator('[data-way="transposed"] [data-measure="energy"]')
    assert float(energy.text_content()) > 0.5
    assert bench.locator("canvas.large").bounding_box()["y"] < 500
    for place, weight in enumerate((0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25)):
        bench.locator(f'[data-weight="{place // 3},{place % 3}"]').fill(str(weight))
    assert "checkerboard energy 0.0" in caption_of(bench)
    assert float(energy.text_content()) < 0.05


def test_the_table_fills_with_every_way(bench):
    bench.wait_for_function("![...document.querySelectorAll('[data-measure]')].some(cell => cell.textContent === '…')")
    texts = bench.locator("[data-measure]").all_text_contents()
    assert any(text.startswith("28.") for text in texts)
    assert texts.count("–") == 3  # unpooling, without switches


def test_unpooling_is_offered_with_the_switches_of_max_pooling_only(bench):
    unpool = bench.locator('[value="unpool"]')
    assert unpool.is_disabled()
    bench.locator('[data-key="down"]').select_option("max")
    unpool.check()
    assert chosen(bench) == "unpool"
    bench.locator('[data-key="smooth"]').check()
    assert chosen(bench) == "nearest"
    assert "Unpooling needs the switches" in bench.locator(".said").text_content()


def test_the_keyboard_alone_chooses_a_way_and_moves_the_line(bench):
    bench.locator('[data-key="up transposed"]').focus()
    bench.keyboard.press("ArrowUp")
    assert chosen(bench) == "bicubic"
    before = bench.evaluate("document.querySelector('canvas.large').toDataURL()")
    bench.locator('[data-key="wipe"]').focus()
    for _ in range(20):
        bench.keyboard.press("ArrowRight")
    assert bench.evaluate("tryPhotograph.state.wipe") == pytest.approx(0.7)
    assert bench.evaluate("document.querySelector('canvas.large').toDataURL()") != before


def test_zoom_shows_a_part_that_buttons_and_drags_move(bench):
    bench.locator('[data-key="zoom"]').select_option("4")
    bench.locator('[data-key="pan right"]').click()
    assert bench.evaluate("tryPhotograph.state.x") == pytest.approx(0.5625)
    box = bench.locator("canvas.large").bounding_box()
    bench.mouse.move(box["x"] + 400, box["y"] + 100)
    bench.mouse.down()
    bench.mouse.move(box["x"] + 300, box["y"] + 100)
    bench.mouse.up()
    assert bench.evaluate("tryPhotograph.state.x") > 0.6

    bench.locator('[data-key="zoom"]').select_option("1")
    bench.mouse.move(box["x"] + 400, box["y"] + 100)
    bench.mouse.down()
    bench.mouse.up()
    bench.mouse.move(box["x"] + 100, box["y"] + 100)
    bench.mouse.down()
    bench.mouse.move(box["x"] + box["width"] / 4, box["y"] + 100)
    bench.mouse.up()
    assert bench.evaluate("tryPhotograph.state.wipe") == pytest.approx(0.25, abs=0.01)


def test_a_visitors_own_image_is_used_and_goes_nowhere(browse):
    pixels = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE + 40, 3), np.uint8)
    file = io.BytesIO()
    imsave(file, pixels, format="png")
    with browse(PAGE) as visited:
        asked = []
        visited.page.on("request", lambda request: asked.append(request.url))
        upload = visited.page.locator('[data-key="file"]')
        upload.set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": file.getvalue()})
        visited.page.locator(".said", has_text="It stays in this browser").wait_for()
        middle = pixels[:, 20 : 20 + SIZE] @ np.array([0.299, 0.587, 0.114])
        cells = visited.page.evaluate("[...tryPhotograph.photoOf('your own').cells]")
        assert np.abs(np.reshape(cells, (SIZE, SIZE)) - middle / 255).max() <= 0.51 / 255
        assert [url for url in asked if not url.startswith(("blob:", "data:")) and "favicon" not in url] == []
        assert "own" not in visited.page.evaluate("location.hash").lower().replace("down", "")

        upload.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"not an image"})
        visited.page.locator(".said", has_text="no image that this browser can read").wait_for()
        assert visited.complaints == []


def test_a_weight_that_no_measure_survives_is_said_and_gives_way_to_the_last(bench):
    weight = bench.locator('[data-weight="1,1"]')
    weight.fill("2.5")
    weight.fill("1e300")
    weight.press("Tab")
    assert weight.input_value() == "2.5"
    assert bench.locator(".said").text_content() == "A weight is a number below a million; the last one stays."
    assert "Infinity" not in caption_of(bench)
    assert "2.5" in bench.evaluate("location.hash")


def test_a_file_that_is_too_large_is_said_so(bench, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(41_000_000)
    bench.locator('[data-key="file"]').set_input_files(large)
    assert bench.locator(".said").text_content() == "large.png is larger than 40 MB."


def test_an_address_holds_the_state_with_an_edited_kernel(browse, bench):
    bench.locator('[data-key="photo"]').select_option("brick")
    bench.locator('[data-key="factor"]').select_option("3")
    bench.locator('[data-weight="1,1"]').fill("2.5")
    address, caption = bench.evaluate("location.hash"), caption_of(bench)
    with browse(f"{PAGE}{address}") as again:
        assert caption_of(again.page) == caption
        assert again.page.locator('[data-weight="1,1"]').input_value() == "2.5"


@pytest.mark.parametrize(
    "junk",
    [
        "#photo=",
        "#photo=camera&factor=7&up=prayer&weights=NaN,1",
        "#photo=%E0%A4%A",
        "#photo=camera&up=unpool&view=9,9,9",
    ],
)
def test_junk_in_the_address_does_no_harm(browse, junk):
    with browse(f"{PAGE}{junk}") as visited:
        assert "Left of the line the photograph “camera”" in caption_of(visited.page)
        assert visited.complaints == []


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_it_works_by_touch_and_nothing_runs_out(visit, width):
    with visit(PAGE, width=width, has_touch=True, is_mobile=True) as visited:
        page = visited.page
        assert page.evaluate(TOO_WIDE) == 0

        page.locator('[data-way="bicubic"] label').tap()
        assert chosen(page) == "bicubic"
        page.locator('[data-way="transposed"] label').tap()
        own = "figure.explore form :is(button, input, select)"
        assert (
            page.evaluate(
                SMALL_TARGETS.replace(
                    own, ".bench :is(button, select, input:not([type=checkbox], [type=radio]), label.flag)"
                )
            )
            == []
        )
        assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize(
    "state", ["", "#photo=brick&factor=4&down=max&smooth=0&up=unpool&view=4,0.3,0.6", "#photo=astronaut&up=shuffle"]
)
def test_axe_finds_nothing_in_any_state(browse, judge, state):
    with browse(PAGE + state) as visited:
        assert judge.faults(visited.page) == {"light": [], "dark": []}


def test_without_a_script_the_first_view_stands_there(visit):
    with visit(PAGE, java_script_enabled=False) as visited:
        assert visited.page.locator(".tag_photograph-bench img").count() == 3
        assert visited.page.locator(".tag_photograph-bench img").first.is_visible()


def test_on_paper_stand_the_images_and_the_numbers(bench):
    bench.emulate_media(media="print")
    assert bench.locator("canvas.large").is_visible()
    assert bench.locator(".ways").is_visible()
    assert bench.locator(".bar-of-tools").is_hidden()
