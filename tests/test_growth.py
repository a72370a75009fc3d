"""The benchmark of growth, on a small scale: it runs, and what it can assert exactly is so."""

from app.web.http.asgi import App
from benchmarks.growth import MOST_QUERIES, measure, queries_needed
from benchmarks.growth_world import Size, make_world
from tests.conftest import Stage

# HTML and CSS of a page are 14 kB at most, and the style sheet has 2.5 of them.
MOST_BYTES = 11_500
SIZES = [
    Size(contracts=20, environments=200, notices=60),
    Size(contracts=300, environments=3000, notices=600, wide_contracts=150, wide_environments=300),
]


async def test_pages_need_no_more_queries_and_no_more_bytes_however_much_there_is(
    stage: Stage, app: App
) -> None:
    worlds = [await make_world(stage.addresses, f"grown{n}", size) for n, size in enumerate(SIZES)]
    measured = await measure(app, stage.settings, worlds, times=2, people=2)
    assert queries_needed(measured) <= MOST_QUERIES
    assert {
        page: figures.size for page, figures in measured.wide.items() if figures.size > MOST_BYTES
    } == {}
    for page, (small, large) in measured.pages.items():
        assert small.queries == large.queries == measured.wide[page].queries, page
