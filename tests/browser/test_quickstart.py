"""What a newcomer does: open the quickstart in JupyterLab, run it, look at the panel."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect


@pytest.fixture
def pictures():
    """Where the screenshots of a run go."""
    folder = Path(__file__).parent / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_the_quickstart_runs_and_shows_table_chart_and_sentence(page, lab, pictures):
    page.goto(lab.address("lab/tree/quickstart.ipynb"))
    notebook = page.locator(".jp-NotebookPanel")
    title = notebook.get_by_role("heading", name="Insights Copilot in five minutes")
    expect(title).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-NotebookPanel-toolbar [data-status='idle']")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Outputs of All Cells", exact=True).click()
    run_all(page)
    last = notebook.locator(".jp-CodeCell").last
    last.scroll_into_view_if_needed()
    expect(last.locator(".jp-OutputArea-output").first).to_contain_text("sandbox", timeout=120_000)
    answer = notebook.locator(".jp-CodeCell", has_text="%insight ask total amount by region").first
    answer.scroll_into_view_if_needed()
    expect(answer.locator(".insights").first).to_contain_text(re.compile(r"North"))
    expect(answer.locator(".vega-embed canvas.marks")).to_be_visible(timeout=20_000)
    expect(answer.locator("table tbody tr")).to_have_count(4)
    page.screenshot(path=pictures / "quickstart.png")
    assert notebook.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_the_panel_opens_from_the_launcher_and_lists_the_datasets(page, lab, pictures):
    assert lab.post("datasets", {"path": "data/coffee_sales.csv", "name": "sales"})["state"] == "completed"
    page.goto(lab.address("lab"))
    card = page.locator(".jp-LauncherCard", has_text="Insights")
    expect(card).to_be_visible(timeout=60_000)
    card.click()
    panel = page.locator("#insights-ext-panel, .jp-insights-Panel").first
    expect(panel.get_by_text("sales", exact=True)).to_be_visible(timeout=60_000)
    expect(panel.get_by_text(re.compile(r"1,500"))).to_be_visible()
    page.screenshot(path=pictures / "panel.png")


def test_the_palette_opens_the_panel(page, lab):
    page.goto(lab.address("lab"))
    expect(page.locator(".jp-Launcher")).to_be_visible(timeout=60_000)
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input:visible").fill("Insights: Open")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("No datasets yet", re.IGNORECASE)).first).to_be_visible(timeout=30_000)
