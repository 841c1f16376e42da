"""Make the README's picture of the way from a file to a notebook; run this file to do it."""

import shutil
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from conftest import CHROMIUM, REPOSITORY, running_lab
from face import Face

PICTURE = REPOSITORY / "notebooks" / "images" / "jupyterlab.png"
WAIT = 90_000
SIZE = {"width": 1280, "height": 800}
TITLES = (
    "1. Drop a file on the sidebar",
    "2. It opens: all rows, with the shape of each column",
    "3. Ask in plain words",
    "4. Insert the answer into a notebook and run it",
)
PAGE = """<body style="margin: 16px; background: white; display: grid; grid-template-columns: 780px 780px;
gap: 16px; font: 600 19px/1.2 'Noto Sans', sans-serif">{steps}</body>"""
STEP = """<figure style="margin: 0"><figcaption style="padding-bottom: 8px">{title}</figcaption>
<img src="data:image/png;base64,{data}" style="width: 100%; box-sizing: border-box; border: 1px solid #999">
</figure>"""


def steps(page, lab):
    """Go the way; yields a screenshot of each of its four steps."""
    face = Face(page)
    page.goto(lab.address("lab"))
    file = page.locator(".jp-DirListing-itemText", has_text="coffee_sales.csv")
    file.wait_for(timeout=WAIT)
    box, tab = file.bounding_box(), page.get_by_role("tab", name="Insights").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=4)
    page.mouse.move(tab["x"] + 15, tab["y"] + 15, steps=6)
    expect(face.panel.get_by_text("No datasets yet")).to_be_visible(timeout=WAIT)
    page.mouse.move(100, 380, steps=6)
    yield page.screenshot()

    page.mouse.up()
    expect(face.document.get_by_role("tab", name="Preview")).to_be_visible(timeout=WAIT)
    page.mouse.move(700, 780)
    # The heads of the columns fill while the status bar tells of the profile.
    page.wait_for_timeout(2000)
    expect(page.locator(".jp-Insights-status:visible")).to_have_count(0, timeout=WAIT)
    page.wait_for_timeout(1000)
    yield page.screenshot()

    face.view("Ask")
    face.document.get_by_role("button", name="total amount by month").click(timeout=WAIT)
    answer = face.document.locator(".jp-InsightsAsk-answer")
    expect(answer.locator("canvas.marks")).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(1000)
    yield page.screenshot()

    answer.get_by_role("button", name="Insert into notebook").click()
    page.get_by_role("menuitem", name="As a question").click()
    cell = page.locator(".jp-NotebookPanel:visible .jp-CodeCell", has_text="%%insight")
    expect(page.locator(".jp-NotebookPanel-toolbar:visible [data-status='idle']")).to_be_visible(timeout=WAIT)
    chart = cell.locator(".vega-embed canvas")
    for _ in range(6):  # a kernel that is not there yet does not hear the first time
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(12_000)
        if chart.count():
            break
    expect(chart).to_be_visible()
    page.wait_for_timeout(1500)
    yield page.screenshot()


def main():
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        root = Path(temporary) / "root"
        root.mkdir()
        shutil.copy(REPOSITORY / "notebooks" / "data" / "coffee_sales.csv", root)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport=SIZE)
        with running_lab(Path(temporary), root) as lab:
            pictures = [b64encode(taken).decode() for taken in steps(page, lab)]
        figures = [STEP.format(title=t, data=d) for t, d in zip(TITLES, pictures, strict=True)]
        page = chromium.new_page(viewport={"width": 1608, "height": 600})
        page.set_content(PAGE.format(steps="".join(figures)))
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURE, full_page=True)


if __name__ == "__main__":
    main()
