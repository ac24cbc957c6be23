"""The report and DVC's plots, made on a small corpus, opened in a real browser."""

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_core_python.selenium import Axe
from ruamel.yaml import YAML
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from nplm.commands import IDS, load_models
from nplm.corpus.ids import load_ids
from nplm.corpus.vocabulary import decode, encode
from nplm.loaded import PLAIN
from nplm.sample_table import nearest
from nplm.sampling import draw_words
from tests.conftest import Pipeline, set_params, stages_run

pytestmark = pytest.mark.slow

PAGE = "report/report.html"
CHARTS = {
    "loss_curve": ("line", "step"),
    "sweep": ("line", "learning rate"),
    "embedding": ("text", "symbol"),
    "activations": ("line", "value of a hidden unit"),
    "updates": ("symbol", "weights"),
    "confusion": ("rect", "predicted symbol"),
    "surprise": ("line", "position in the word"),
    "calibration": ("symbol", "how often it is right"),
    "leaderboard": ("symbol", "loss on dev"),
    "corpus": ("rect", "words"),
    "pipeline": ("symbol", "stage"),
}
"""Of each chart, marks that it has to have, and what the pointer shows of one."""


@pytest.fixture(scope="module")
def pages(ran: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the paths of a report in each language."""
    clone = ran.copy(tmp_path_factory.mktemp("clone") / "project")
    paths = {}
    for language in ("en", "fr"):
        set_params(clone.folder, report__language=language)
        clone.run("make", "report")
        paths[language] = clone.folder.parent / f"{language}.html"
        (clone.folder / PAGE).rename(paths[language])
    return paths


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Return a Chromium without a window and without a network, or skip."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no Chromium; on Debian: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1000,1000"):
        options.add_argument(argument)
    logs = {"browser": "ALL", "performance": "ALL"}
    options.set_capability("goog:loggingPrefs", logs)
    with Chrome(options=options, service=Service(driver)) as browser:
        browser.execute_cdp_cmd("Network.enable", {})
        none = {"offline": True, "latency": 0}
        speed = {"downloadThroughput": 0, "uploadThroughput": 0}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", none | speed)
        browser.set_script_timeout(60)
        yield browser


def see(browser: Chrome, path: Path, scheme: str) -> None:
    """Open a page, for readers who have their screen light or dark."""
    feature: dict[str, Any] = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    for log in ("browser", "performance"):
        browser.get_log(log)  # what came before is gone
    browser.get(path.as_uri())
    browser.implicitly_wait(10)
    browser.find_element(By.CSS_SELECTOR, "#chart-pipeline svg, #plots_loss_csv svg")


def fetched(browser: Chrome) -> set[str]:
    """Return the addresses that the page has asked for, but for those inside it."""
    messages = [json.loads(e["message"]) for e in browser.get_log("performance")]
    urls = {
        message["message"]["params"]["request"]["url"]
        for message in messages
        if message["message"]["method"] == "Network.requestWillBeSent"
    }
    return {url for url in urls if not url.startswith(("data:", "blob:"))}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_from_disk_without_a_network(
    browser: Chrome, pages: dict[str, Path], language: str, scheme: str
) -> None:
    """It fetches only itself, the console is empty, axe's rules pass; below 3 MB."""
    path = pages[language]
    see(browser, path, scheme)
    assert fetched(browser) == {path.as_uri()}
    assert browser.get_log("browser") == []
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
    broken = Axe().run(browser)["violations"]
    assert [(rule["id"], len(rule["nodes"])) for rule in broken] == []
    assert path.stat().st_size < 3_000_000


def test_the_page_has_the_numbers_and_the_words_of_python(
    browser: Chrome, pages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every model after some beginnings; words drawn in several ways, and nearest.

    Probabilities to 1e-6, the mixture's weights being rounded, and the same words.
    """
    monkeypatch.chdir(pages["en"].parent / "project")
    models = load_models()
    vocabulary, ids = load_ids(IDS)
    words = {split: decode(ids_N, vocabulary) for split, ids_N in ids.items()}
    see(browser, pages["en"], "light")
    assert [*models] == ["network", "ngram", "mixture"]
    for word in ("", "l", "loi", words["train"][0], "x" * 12):
        prefix = encode([word], vocabulary)[:-1]
        for name, model in models.items():
            script = "return [...nplm.models[arguments[0]](arguments[1])]"
            found = browser.execute_script(script, name, prefix.tolist())
            assert found == pytest.approx(np.exp(model.next([prefix]))[0], abs=1e-6)
    prefix = encode(["l"], vocabulary)[:-1].tolist()
    known = [word for listed in words.values() for word in listed]
    for changes in (
        {"count": 30, "seed": 2**40 + 5},
        {"temperature": 1.5, "top_k": 5},
        {"temperature": 0.7, "top_p": 0.8},
        {"new_only": True},
    ):
        options = PLAIN.model_copy(update={"seed": 7, **changes})
        drawn = draw_words(models["network"], options, 0, "l", known)
        script = "return nplm.drawWords(arguments[0], arguments[1])"
        found = browser.execute_script(script, prefix, options.model_dump())
        assert ["".join(vocabulary[i] for i in ids) for ids in found] == drawn
    near = [word for word, _ in nearest(drawn, words["train"])]
    found = browser.execute_script("return arguments[0].map(nplm.nearest)", found)
    assert found == near


def test_what_is_typed_or_clicked_changes_the_page(
    browser: Chrome, pages: dict[str, Path]
) -> None:
    """Bars, letters with their surprise, what is lit in the embedding, words drawn."""
    see(browser, pages["en"], "light")
    find = partial(browser.find_element, By.CSS_SELECTOR)
    find("#play-text").send_keys("l")
    before = find("#play-next").text
    find("#play-next tbody button:enabled").click()
    typed = find("#play-text").get_attribute("value")
    assert typed is not None
    assert len(typed) == 2
    assert find("#play-next").text != before
    letters = browser.find_elements(By.CSS_SELECTOR, "#play-letters button")
    assert "".join(letter.text for letter in letters) == typed
    letters[0].click()
    assert re.fullmatch(
        r"l surprises by \(nats\): network [\d.]+, n-gram [\d.]+, mixture [\d.]+",
        find("#play-said").text,
    )
    lit = browser.find_elements(By.CSS_SELECTOR, "#play-points .lit")
    assert {point.text for point in lit} == {*typed, "(end)"}
    browser.execute_script("document.querySelector('#play-points text').focus()")
    assert "nearest to (end) (cosine):" in find("#play-said").text
    drawn = find("#play-words").text
    find("#play-again").click()
    assert find("#play-words").text != drawn
    rows = browser.find_elements(By.CSS_SELECTOR, "#play-words tbody th")
    assert len(rows) == 20
    assert all(row.text.startswith(typed) for row in rows)
    find("#play-text").send_keys("€")
    assert find("#play-error").text == "not in the vocabulary: €"


def test_every_chart_has_marks_and_shows_values_under_the_pointer(
    browser: Chrome, pages: dict[str, Path]
) -> None:
    """All of them in the page, each by a field of the one in their middle."""
    see(browser, pages["en"], "light")
    charts = browser.find_elements(By.CSS_SELECTOR, ".chart")
    names = {chart.get_attribute("id") for chart in charts}
    assert names == {f"chart-{name}" for name in CHARTS}
    for name, (mark, text) in CHARTS.items():
        root = browser.find_element(By.ID, f"chart-{name}")
        places = root.find_elements(By.CSS_SELECTOR, f".role-mark.mark-{mark} > *")
        assert places, name
        points = root.find_elements(
            By.CSS_SELECTOR, ".role-mark:is(.mark-symbol, .mark-rect) > path"
        )
        point = points[len(points) // 2]
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", point)
        ActionChains(browser).move_to_element(point).perform()
        tooltip = browser.find_element(By.CSS_SELECTOR, "#vg-tooltip-element.visible")
        assert text in tooltip.text, name


def test_the_report_runs_where_something_changed_and_leaves_git_clean(
    pipeline: Pipeline,
) -> None:
    """Twice the same: nothing runs. Another sample.count or REV: the report, again."""
    pipeline.run("make", "report")
    assert "'report' didn't change" in pipeline.run("make", "report")
    assert pipeline.run("git", "status", "--short") == ""
    assert "up to date" in pipeline.run("dvc", "status")
    card = (pipeline.folder / "report" / "model_card.md").read_text("utf-8")
    head = YAML(typ="safe").load(card.split("---\n")[1])
    found = {
        result["dataset"]["split"]: result["metrics"][0]["value"]
        for result in head["model-index"][0]["results"]
    }
    loss = json.loads((pipeline.folder / "metrics" / "loss.json").read_text())
    assert found == pytest.approx(loss, abs=1e-4)

    pipeline.run("dvc", "exp", "run", "--name", "five", "-S", "sample.count=5")
    pipeline.run("git", "reset", "--quiet", "--hard")
    output = pipeline.run("make", "report", "REV=five")
    assert stages_run(output) == {"report"}
    html = (pipeline.folder / PAGE).read_text("utf-8")
    assert "five (" in html
    assert '<th scope="row">sample.count</th><td>20</td><td>5</td>' in html
    output = pipeline.run("make", "report", "REV=none", fails=True)
    assert output.startswith("error: REV=none: no such commit, branch or experiment;")


def test_plots_of_dvc_lie_over_each_other_without_a_network(
    pipeline: Pipeline, browser: Chrome
) -> None:
    """`dvc plots diff` with an experiment: two curves in one chart, nothing fetched."""
    pipeline.run(
        "dvc", "exp", "run", "--temp", "--name", "low", "-S", "lr=0.01", "train"
    )
    pipeline.run("dvc", "plots", "diff", "low")
    path = pipeline.folder / "dvc_plots" / "index.html"
    see(browser, path, "light")
    assert all(url.startswith(path.parent.as_uri()) for url in fetched(browser))
    assert not [
        entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
    ]
    chart = browser.find_element(By.ID, "plots_loss_csv")
    lines = chart.find_elements(By.CSS_SELECTOR, ".mark-line path[stroke]")
    assert len({line.get_attribute("stroke") for line in lines}) == 2
    assert {"low", "workspace"} <= set(chart.text.split())
