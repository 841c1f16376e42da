"""What a person sees and touches in the panel and in a dataset's tab, by the names on the screen."""

import re

from playwright.sync_api import Page, expect


class Face:
    """The extension's part of an open JupyterLab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("#insights-ext-panel")
        # Tabs in the background stay in the page; the one in front is meant.
        self.document = page.locator(".jp-Insights-document:visible")
        self.alert = self.document.get_by_role("alert")
        self.grid = self.document.get_by_role("application")
        # What the grid says to a screen reader: the cell under its cursor.
        self.spoken = self.document.locator(".jp-Insights-preview [aria-live]")
        self.count = self.document.locator(".jp-Insights-count")

    def show_panel(self):
        """Bring the sidebar to the front."""
        if not self.panel.is_visible():
            self.page.get_by_role("tab", name="Insights").click()
        expect(self.panel).to_be_visible(timeout=60_000)

    def row(self, name):
        """A dataset's line in the sidebar, by its name."""
        return self.panel.get_by_text(name, exact=True)

    def open(self, name):
        """Open a dataset by a double click."""
        self.show_panel()
        self.panel.get_by_role("button", name="Refresh datasets").click()
        self.row(name).dblclick()
        expect(self.page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text=name)).to_be_visible()
        expect(self.document).to_be_visible(timeout=30_000)

    def view(self, name):
        """Switch to Preview, Profile or Ask."""
        self.document.get_by_role("tab", name=name).click()

    def go_to_row(self, row):
        """Type a row number."""
        field = self.document.get_by_label("Go to row")
        field.fill(str(row))
        field.press("Enter")

    def column_menu(self, position):
        """Open the menu of a column by keyboard; `position` counts from 0."""
        self.grid.focus()
        self.page.keyboard.press("Home")
        for _ in range(position):
            self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Alt+ArrowDown")
        menu = self.page.get_by_role("dialog", name=re.compile("^Column "))
        expect(menu).to_be_visible()
        return menu

    def choose_files(self, *files):
        """Press the button and choose files, given as paths or as name, type and bytes."""
        self.show_panel()
        with self.page.expect_file_chooser() as chooser:
            self.panel.get_by_role("button", name="Upload files", exact=True).first.click()
        chooser.value.set_files(list(files))


def csv_file(name, text):
    """A file as a person has it on the desktop."""
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
