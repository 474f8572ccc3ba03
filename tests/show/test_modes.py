"""How pictures and explorers show themselves: as text, on the page, live."""

import pytest

from lib.show import explore, grid, size_line
from lib.show.picture import stylesheet

from .gallery import X


def picture():
    return grid(X)


def explorer():
    return explore(lambda k: size_line(4, k), k=range(1, 4))


@pytest.mark.parametrize("make", [picture, explorer])
def test_text_mode_keeps_words_only(make, monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "text")
    assert make()._repr_mimebundle_() == {"text/plain": repr(make())}


@pytest.mark.parametrize("make", [picture, explorer])
def test_page_mode_leaves_the_style_to_the_site(make, monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "page")
    bundle = make()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(make())
    assert "<style" not in bundle["text/html"]
    assert bundle["text/html"].startswith("<figure")


@pytest.mark.parametrize("setting", ["live", None])
def test_a_live_picture_brings_its_style(setting, monkeypatch):
    monkeypatch.delenv("LIB_SHOW_AS") if setting is None else monkeypatch.setenv("LIB_SHOW_AS", setting)
    bundle = picture()._repr_mimebundle_()
    assert bundle == {
        "text/plain": picture().caption,
        "text/html": f"<style>{stylesheet()}</style>{picture().html()}",
    }


def test_a_live_explorer_is_a_widget(monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "live")
    data, _ = explorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("make", [picture, explorer])
def test_an_unknown_mode_is_refused_by_name(make, monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "paper")
    with pytest.raises(ValueError, match=r"LIB_SHOW_AS must be one of .*'live', 'page', 'text'.* got 'paper'"):
        make()._repr_mimebundle_()


def test_ipython_may_say_what_it_includes(monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "text")
    assert set(picture()._repr_mimebundle_(include=None, exclude=None)) == {"text/plain"}
    assert set(explorer()._repr_mimebundle_(include=None, exclude=None)) == {"text/plain"}
