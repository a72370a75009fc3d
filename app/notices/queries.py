"""Reads about notices."""

from uuid import UUID

from app.database import Record, fetch

HOME_ROWS = 5


async def newest_notices(viewer: UUID) -> list[Record]:
    """The newest notices of the products that the person's contracts entitle to now."""
    return list(
        await fetch(
            f"""
            select n.id, n.title_ja, n.title_en, n.body_ja, n.body_en, n.published_at
            from notice n
            where n.published_at <= now() and exists (
                select 1 from notice_product np
                join entitlement e on e.product = np.product
                join contract c on c.id = e.contract
                join membership m on m.contract = c.id and m."user" = $1
                where np.notice = n.id
                  and least(e.ends_on, c.ends_on) >= (now() at time zone c.time_zone)::date)
            order by n.published_at desc, n.id desc limit {HOME_ROWS}
            """,
            viewer,
        )
    )
