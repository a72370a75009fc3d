"""The figures of the dashboard, all in one query."""

from dataclasses import dataclass

from app.database import fetch
from app.days import JAPAN
from app.staff.figure_rules import AGES, Bar, age_name
from app.web.i18n import language

MOST_PRODUCTS = 12
# Each: what it is a figure of, the group, the value and, for a share, the whole of it. Groups
# without a value are 0.
FIGURES = f"""
    with today as (select (now() at time zone '{JAPAN}')::date as day),
    months as (
        select (date_trunc('month', day)::date + make_interval(months => n))::date as month
        from today, generate_series(0, 11) n),
    weeks as (
        select date_trunc('week', day)::date - 7 * n as week from today, generate_series(0, 11) n),
    ages as (
        select * from unnest(array{list(AGES)}) with ordinality x (least, place))
    select 'ending' as figure, to_char(m.month, 'YYYY/MM') as label, m.month::text as place,
           null::bigint as whole,
           (select count(*) from contract c where c.ends_on >= m.month
            and c.ends_on < m.month + interval '1 month') as value
    from months m
    union all
    select 'activations', to_char(w.week, 'YYYY/MM/DD'), w.week::text, null,
           (select count(*) from activation a
            where a.issued_at >= w.week::timestamp at time zone '{JAPAN}'
              and a.issued_at < (w.week + 7)::timestamp at time zone '{JAPAN}')
    from weeks w
    union all
    select 'failures', to_char(w.week, 'YYYY/MM/DD'), w.week::text, null,
           (select count(*) from mail m where m.state = 'failed'
            and m.settled_at >= w.week::timestamp at time zone '{JAPAN}'
            and m.settled_at < (w.week + 7)::timestamp at time zone '{JAPAN}')
    from weeks w
    union all
    (select 'allocation', case $1 when 'en' then p.name_en else p.name_ja end, p.code,
            sum(e.quantity), sum(coalesce(al.used, 0))
     from entitlement e join product p on p.id = e.product cross join today
     left join lateral (
         select sum(quantity) as used from allocation where entitlement = e.id) al on true
     where today.day between e.starts_on and e.ends_on and e.quantity > 0
     group by p.id order by sum(e.quantity) desc limit {MOST_PRODUCTS})
    union all
    select 'quotes', a.least::text, to_char(a.place, '00'), null,
           (select count(*) from quote_request q, today
            where q.state in ('received', 'in-review')
              and today.day - (q.requested_at at time zone '{JAPAN}')::date >= a.least
              and (today.day - (q.requested_at at time zone '{JAPAN}')::date
                   < (select least from ages b where b.place = a.place + 1)
                   or a.place = {len(AGES)}))
    from ages a
    order by figure, place
"""


@dataclass(frozen=True)
class Figures:
    """The bars of each chart, in their order."""

    ending: list[Bar]
    activations: list[Bar]
    allocation: list[Bar]
    quotes: list[Bar]
    failures: list[Bar]


async def read_figures() -> Figures:
    """Return what the charts show, as of now."""
    bars: dict[str, list[Bar]] = {name: [] for name in Figures.__dataclass_fields__}
    for row in await fetch(FIGURES, language.get()):
        label = age_name(int(row["label"])) if row["figure"] == "quotes" else row["label"]
        bars[row["figure"]].append(Bar(label, int(row["value"]), int(row["whole"] or 0)))
    return Figures(**bars)
