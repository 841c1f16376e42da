"""A specification becomes a picture, offline, that shows what the rows hold."""

import base64
import os
import re
import struct
import subprocess
import sys

import pyarrow as pa
import pytest
from chart_choices import choose_for_table

from insights_ext.errors import InvalidOption
from insights_ext.services.charts.render import render, version
from insights_ext.work import WorkerContext


def picture(table, chart=None, **args):
    value = render({"spec": choose_for_table(table, chart), **args}, WorkerContext()).value
    return value["media_type"], base64.b64decode(value["data"])


def svg(table, chart=None):
    media_type, data = picture(table, chart, format="svg")
    assert media_type == "image/svg+xml"
    return data.decode()


REGIONS = pa.table({"region": ["North", "South"], "total": [1250.5, 99.0]})


def test_a_png_has_the_size_its_scale_asks_for():
    media_type, data = picture(REGIONS, scale=1)
    assert media_type == "image/png"
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert 480 < width < 640
    assert 280 < height < 400
    doubled = struct.unpack(">II", picture(REGIONS, scale=2)[1][16:24])
    assert doubled == (2 * width, 2 * height)


def test_a_picture_shows_titles_labels_and_values_on_white():
    drawing = svg(REGIONS)
    for words in (
        "Total by region",
        ">North<",
        ">South<",
        "region: North; total: 1,250.5".replace("region", "Region"),
    ):
        assert words.lower() in drawing.lower()
    assert 'fill="white"' in drawing
    assert "http://www.w3.org/1999/xlink" in drawing or "<svg" in drawing


@pytest.mark.parametrize(
    "name", ["a.b", "a[0]", "it's", 'say "x"', "a.b[c].d", "sum(amount)", "a:b,c", "é世界", "$", "]["]
)
def test_a_column_of_any_name_is_drawn(name):
    as_measure = svg(pa.table({"k": ["AA", "BB"], name: [3, 7]}))
    assert as_measure.count('aria-roledescription="bar"') == 2
    assert "K: BB" in as_measure
    assert ": 7" in as_measure
    as_category = svg(pa.table({name: ["AA", "BB"], "n": [3, 7]}))
    assert ">AA<" in as_category
    assert ">BB<" in as_category


DAYS_ELSEWHERE = """
import base64, datetime as dt
import pyarrow as pa, vl_convert
from chart_choices import choose_for_table
from insights_ext.services.charts.render import render, version
from insights_ext.work import WorkerContext
days = pa.table({"day": [dt.date(2024, 5, 6), dt.date(2024, 5, 7)], "n": [1, 2]})
for chart in ("line", "bar"):
    spec = choose_for_table(days, chart)
    print(base64.b64decode(render({"spec": spec, "format": "svg"}, WorkerContext()).value["data"]).decode())
    vega = vl_convert.vegalite_to_vega(spec, vl_version=version())
    print("TOOLTIP", vega["marks"][0].get("marks", vega["marks"])[0]["encode"]["update"]["tooltip"]["signal"])
"""


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_days_do_not_shift_with_the_time_zone(zone):
    done = subprocess.run(
        [sys.executable, "-c", DAYS_ELSEWHERE],
        env={**os.environ, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    days = set(re.findall(r"Day: ([^;]+); N: \d", done.stdout))
    assert days == {"May 06, 2024", "May 07, 2024", "2024-05-06", "2024-05-07"}
    tooltips = re.findall("TOOLTIP (.*)", done.stdout)
    assert len(tooltips) == 2
    assert all("utcFormat" in tooltip and "timeFormat" not in tooltip for tooltip in tooltips)


def test_markup_in_cells_is_text():
    drawing = svg(pa.table({"<b>k</b>": ["<script>alert(1)</script>", "&amp;"], "n": [1, 2]}))
    assert "<script" not in drawing
    assert "<b>" not in drawing
    assert "&lt;script&gt;" in drawing


@pytest.mark.parametrize("chart", ["bar", "line", "area", "point", "arc", "tick", "boxplot"])
def test_every_mark_is_drawn(chart):
    table = pa.table({"k": ["a", "b", "c", "d"], "n": [4.0, 3.0, 2.5, None]})
    assert picture(table, chart)[1].startswith(b"\x89PNG")


def test_a_heat_map_is_drawn():
    table = pa.table({"a": ["x", "x", "y"], "b": ["u", "v", "u"], "n": [1, 2, 3]})
    assert picture(table, "rect")[1].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "args", [{"format": "pdf"}, {"format": None}, {"scale": 40}, {"scale": "2"}, {"scale": True}]
)
def test_another_format_or_scale_is_refused(args):
    with pytest.raises(InvalidOption):
        picture(REGIONS, **args)


def test_the_newest_vega_lite_5_is_used():
    assert version().startswith("5.")
    assert int(version().split(".")[1]) >= 20
