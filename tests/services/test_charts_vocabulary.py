"""A chart specification outside the closed vocabulary is refused, wherever the stranger hides."""

import copy

import pyarrow as pa
import pytest
from chart_choices import choose_for_table

from insights_ext.errors import InvalidRequest
from insights_ext.services.charts import validate
from insights_ext.services.charts.render import render
from insights_ext.work import WorkerContext


def honest():
    return choose_for_table(pa.table({"k": ["x", "y", "z"], "n": [1, 2, 3]}))


def with_(path, value):
    """An honest specification in which `path` holds `value`."""
    spec = copy.deepcopy(honest())
    place = spec
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return spec


HOSTILE = {
    "data address": with_(["data"], {"url": "https://example.org/x.json"}),
    "data address beside values": with_(["data", "url"], "file:///etc/passwd"),
    "data by name": with_(["data"], {"name": "other"}),
    "generated data": with_(["data"], {"sequence": {"start": 0, "stop": 1e9}}),
    "named datasets": with_(["datasets"], {"x": []}),
    "parsed data": with_(["data", "format"], {"type": "topojson"}),
    "transform": with_(["transform"], [{"calculate": "1", "as": "x"}]),
    "parameters": with_(["params"], [{"name": "x", "bind": {"input": "text"}}]),
    "selection": with_(["selection"], {}),
    "signals": with_(["signals"], []),
    "layers": with_(["layer"], []),
    "facet": with_(["encoding", "column"], {"field": "k", "type": "nominal"}),
    "row facet": with_(["encoding", "row"], {"field": "k", "type": "nominal"}),
    "repeat": with_(["repeat"], ["a"]),
    "concatenation": with_(["hconcat"], []),
    "user meta": with_(["usermeta"], {"embedOptions": {"loader": {"http": {}}, "actions": True}}),
    "image mark": with_(["mark"], "image"),
    "image mark with address": with_(["mark"], {"type": "image", "url": "https://example.org/x.png"}),
    "mark with link": with_(["mark"], {"type": "bar", "href": "javascript:alert(1)"}),
    "mark with expression": with_(["mark"], {"type": "bar", "tooltip": {"expr": "alert(1)"}}),
    "text mark": with_(["mark"], "text"),
    "map mark": with_(["mark"], "geoshape"),
    "projection": with_(["projection"], {"type": "mercator"}),
    "link": with_(["encoding", "href"], {"field": "k", "type": "nominal"}),
    "picture by field": with_(["encoding", "url"], {"field": "k", "type": "nominal"}),
    "text channel": with_(["encoding", "text"], {"field": "k", "type": "nominal"}),
    "key channel": with_(["encoding", "key"], {"field": "k", "type": "nominal"}),
    "label expression": with_(["encoding", "x", "axis"], {"labelExpr": "datum.value"}),
    "axis expression": with_(["encoding", "y", "axis"], {"format": {"expr": "1"}}),
    "format by name": with_(["encoding", "y", "axis"], {"formatType": "evil"}),
    "format of their own": with_(["encoding", "y", "axis"], {"format": "%{x}"}),
    "scale by expression": with_(["encoding", "x", "scale"], {"domain": {"expr": "1"}}),
    "scale by signal": with_(["encoding", "x", "scale"], {"domain": {"signal": "1"}}),
    "condition": with_(["encoding", "x", "condition"], {"test": "alert(1)", "value": 1}),
    "value by expression": with_(["encoding", "x", "value"], {"expr": "1"}),
    "field by object": with_(["encoding", "x", "field"], {"repeat": "row"}),
    "bin by expression": with_(["encoding", "x", "bin"], {"maxbins": {"expr": "1"}}),
    "bins without end": with_(["encoding", "x", "bin"], {"step": 1e-12}),
    "sort by expression": with_(["encoding", "x", "sort"], {"op": "sum", "field": "n"}),
    "tooltip by expression": with_(["encoding", "tooltip"], {"expr": "datum.x"}),
    "tooltip by signal": with_(["encoding", "tooltip"], {"signal": "alert(1)"}),
    "tooltip hint with link": with_(["encoding", "tooltip", 0, "href"], "x"),
    "title by expression": with_(["title"], {"text": {"expr": "alert(1)"}}),
    "title by signal": with_(["title", "text"], {"signal": "alert(1)"}),
    "title as list": with_(["title", "text"], ["a"]),
    "config with address": with_(["config", "background"], "url(https://example.org)"),
    "config with signals": with_(["config", "signals"], [{"name": "x", "init": "alert(1)"}]),
    "config with locale": with_(["config", "locale"], {}),
    "config with expression": with_(["config", "axis", "labelLimit"], {"expr": "1"}),
    "config style": with_(["config", "style"], {}),
    "custom formats": with_(["config", "customFormatTypes"], True),
    "background": with_(["background"], {"expr": "alert(1)"}),
    "width by expression": with_(["width"], {"expr": "1e9"}),
    "width without end": with_(["width"], 1e12),
    "width as truth": with_(["width"], True),
    "height by container": with_(["height"], "container"),
    "another schema": with_(["$schema"], "https://vega.github.io/schema/vega/v5.json"),
    "schema elsewhere": with_(["$schema"], "https://example.org/schema/vega-lite/v5.json"),
    "rows that are lists": with_(["data", "values"], [[1]]),
    "rows with objects": with_(["data", "values"], [{"k": {"signal": "x"}}]),
    "rows as text": with_(["data", "values"], "k,n\n1,2"),
    "rows without end": with_(["data", "values"], [{"k": 1}] * 2001),
    "numbers without end": with_(["data", "values"], [{"k": float("inf")}]),
    "long text": with_(["description"], "x" * 100_000),
    "not an object": ["mark"],
    "nothing": None,
    "no data": {key: value for key, value in honest().items() if key != "data"},
    "no mark": {key: value for key, value in honest().items() if key != "mark"},
    "number as key": {**honest(), 1: 2},
}


def test_an_honest_specification_passes():
    validate(honest())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_specification_outside_the_vocabulary_is_refused(name):
    with pytest.raises(InvalidRequest) as refused:
        validate(HOSTILE[name])
    assert refused.value.hint
    assert len(refused.value.message) < 250


def test_what_is_refused_is_not_drawn_either(tmp_path):
    with pytest.raises(InvalidRequest, match=r"chart\.data\.url"):
        render(
            {"spec": HOSTILE["data address beside values"], "format": "svg"}, WorkerContext(scratch=tmp_path)
        )
