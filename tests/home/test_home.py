"""The home page: what the person has, and what needs doing."""

import httpx


async def test_home_shows_the_persons_contracts_and_what_needs_doing(
    owner: httpx.AsyncClient,
) -> None:
    html = (await owner.get("/")).text
    assert "基幹システム契約" in html
    assert "検証環境：まだアクティベートされていません。" in html
    assert "見積依頼" in html
    assert "他社契約" not in html


async def test_home_shows_notices_of_the_persons_products_only(owner: httpx.AsyncClient) -> None:
    html = (await owner.get("/")).text
    assert "ワークフロー 3.2.1" in html
    assert "モバイル連携 4.0" not in html


async def test_home_of_another_company_shows_nothing_of_the_first(
    outsider: httpx.AsyncClient,
) -> None:
    html = (await outsider.get("/")).text
    assert "他社契約" in html
    assert "基幹システム契約" not in html
