"""A process that shows the portal's own brand again after each test."""

from collections.abc import Iterator

import pytest

from app.web import brand


@pytest.fixture(autouse=True)
def own_brand() -> Iterator[None]:
    """What one test shows, the next does not."""
    yield
    brand.use(brand.Brand())
