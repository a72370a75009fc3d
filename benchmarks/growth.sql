-- A portal of a chosen size, the same every time. Rows are counted through, and an id is its table's
-- number and the row's; like the portal's own ids they grow with time. The sizes are settings:
-- growth.contracts, growth.environments, growth.notices, growth.wide_contracts,
-- growth.wide_environments.
--
-- Triggers sleep while this runs, since they count an entitlement for every row; benchmarks/growth
-- checks afterwards that nothing is here which they would have refused.

set session_replication_role = replica;
set synchronous_commit = off;
set maintenance_work_mem = '256MB';

create function pg_temp.size(name text) returns bigint language sql stable as
    $$ select current_setting('growth.' || name)::bigint $$;
create function pg_temp.key(kind integer, n bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
create function pg_temp.day(days bigint) returns date language sql stable as
    $$ select (now() at time zone 'Asia/Tokyo')::date + days::integer $$;
-- Which contract an environment is of: all have the same number of them.
create function pg_temp.place(n bigint) returns bigint language sql stable as
    $$ select 1 + (n - 1) % pg_temp.size('contracts') $$;

-- 60 products with 5 files each: a vendor's catalogue does not grow with the number of contracts.
insert into product (id, code, name_ja, name_en, unit, version)
select pg_temp.key(1, n), format('P%s', lpad(n::text, 3, '0')), format('製品 %s', n),
       format('Product %s', n), (array['users', 'servers', 'cores'])[1 + n % 3],
       format('%s.%s', 1 + n % 9, n % 4)
from generate_series(1, 60) n;
insert into resource (id, name, version, media_type, size, sha256, storage_key, published_at)
select pg_temp.key(2, n), format('setup-%s.zip', n), format('%s.0', 1 + n % 9), 'application/zip',
       1000 * n, encode(sha256(n::text::bytea), 'hex'), format('growth/%s', n),
       now() - n * interval '1 day'
from generate_series(1, 300) n;
insert into resource_product (id, resource, product)
select pg_temp.key(3, n), pg_temp.key(2, n), pg_temp.key(1, 1 + n % 60)
from generate_series(1, 300) n;
insert into notice
    (id, title_ja, title_en, body_ja, body_en, published_at, mailed_at)
select pg_temp.key(4, n), format('製品の更新プログラム %s を公開しました', n),
       format('Update %s is available', n), repeat('更新プログラムの内容です。', 20),
       repeat('What the update changes. ', 20), now() - n * interval '1 hour', now()
from generate_series(1, pg_temp.size('notices')) n;
insert into notice_product (id, notice, product)
select pg_temp.key(5, 2 * n + x), pg_temp.key(4, n), pg_temp.key(1, 1 + (n * (1 + 6 * x) + x) % 60)
from generate_series(1, pg_temp.size('notices')) n, generate_series(0, 1) x;

insert into corporate_group (id, name)
select pg_temp.key(6, n), format('企業グループ %s', n)
from generate_series(0, pg_temp.size('contracts') / 20) n;
insert into company (id, name, reading, corporate_group)
select pg_temp.key(7, n), format('株式会社お客様 %s', n), format('カブシキガイシャオキャクサマ %s', n),
       pg_temp.key(6, n / 20)
from generate_series(1, pg_temp.size('contracts')) n;

-- Of ten contracts one has ended and one ends soon.
insert into contract (id, number, name, company, license_type, starts_on, ends_on, time_zone,
                      sales_name, sales_email, sales_phone)
select pg_temp.key(8, n), format('G-%s', lpad(n::text, 7, '0')), format('業務システム基盤 %s', n),
       pg_temp.key(7, n), 'term', pg_temp.day(-600),
       pg_temp.day(case when n % 10 = 0 and n < pg_temp.size('contracts') then -30
                        when n % 10 = 1 then 20 else 200 + n % 400 end),
       'Asia/Tokyo', '営業 太郎', 'sales@example.com', '03-0000-0000'
from generate_series(1, pg_temp.size('contracts')) n;
insert into contract_change (id, contract, kind, effective_on, note, recorded_at)
select pg_temp.key(9, 3 * n + x), pg_temp.key(8, n), (array['signed', 'amended', 'renewed'])[1 + x],
       pg_temp.day(-600 + 200 * x), '数量の変更', now()
from generate_series(1, pg_temp.size('contracts')) n, generate_series(0, 2) x;
insert into group_company (id, contract, company, created_at)
select pg_temp.key(10, n), pg_temp.key(8, n), pg_temp.key(7, n - 1), now()
from generate_series(1, pg_temp.size('contracts')) n where n % 20 <> 0 and n > 1;

-- Two people of each contract; five neighbouring contracts share their owners as members.
insert into portal_user (id, code, name, email, language, password_hash, must_change_password,
                         last_sign_in_at, created_at)
select pg_temp.key(11, n), format('user%s', n), format('担当 %s', n), format('user%s@example.com', n),
       case n % 10 when 0 then 'en' else 'ja' end, '-', false, now() - n % 1000 * interval '1 hour',
       now()
from generate_series(1, 2 * pg_temp.size('contracts')) n;
insert into terms_of_use (id, version, body_ja, body_en, published_at)
select pg_temp.key(12, 1), 1, '利用規約', 'Terms of use', now()
where not exists (select 1 from terms_of_use);
insert into terms_of_use_acceptance (id, "user", terms_of_use, accepted_at)
select pg_temp.key(13, n), pg_temp.key(11, n), (select id from terms_of_use), now()
from generate_series(1, 2 * pg_temp.size('contracts')) n;
insert into session (id, token_hash, "user", user_agent, created_at, last_seen_at, expires_at,
                     generation)
select pg_temp.key(14, n), sha256(n::text::bytea), pg_temp.key(11, n), 'growth', now(), now(),
       now() + interval '1 day', 1
from generate_series(1, 2 * pg_temp.size('contracts'), 20) n;
insert into membership (id, "user", contract, role, notification, created_at)
select pg_temp.key(15, 6 * n + x), pg_temp.key(11, 2 * ((n - 1) / 5 * 5 + 1 + (n - 1 + x) % 5) - 1),
       pg_temp.key(8, n), case x when 0 then 'owner' else 'member' end, true, now()
from generate_series(1, pg_temp.size('contracts')) n, generate_series(0, 4) x
where (n - 1) / 5 * 5 + 1 + (n - 1 + x) % 5 <= pg_temp.size('contracts');
insert into membership (id, "user", contract, role, notification, created_at)
select pg_temp.key(15, 6 * n + 5), pg_temp.key(11, 2 * n), pg_temp.key(8, n), 'member', false, now()
from generate_series(1, pg_temp.size('contracts')) n;
insert into invitation (id, contract, email, language, token_hash, invited_at, expires_at)
select pg_temp.key(16, n), pg_temp.key(8, n), format('guest%s@example.com', n), 'ja',
       sha256(n::text::bytea), now(), now() + interval '7 days'
from generate_series(1, pg_temp.size('contracts'), 5) n;

-- Five products a contract: the fourth came by a key in every second one, the fifth has ended.
insert into license_key (id, code, product, quantity, starts_on, ends_on, issued_at)
select pg_temp.key(17, n), format('GROW0-%s', lpad(n::text, 9, '0')), pg_temp.key(1, 1 + n % 60), 10,
       pg_temp.day(-300), pg_temp.day(300), now()
from generate_series(1, pg_temp.size('contracts')) n;
insert into entitlement
    (id, contract, product, quantity, starts_on, ends_on, license_key, created_at)
select pg_temp.key(18, 5 * n + x), pg_temp.key(8, n), pg_temp.key(1, 1 + (n * 3 + x * 13) % 60),
       case when n > pg_temp.size('contracts') - 1 then 1000000 else 100 end, pg_temp.day(-500),
       pg_temp.day(case x when 4 then -10 else 500 end),
       case when x = 3 and n % 2 = 0 then pg_temp.key(17, n) end, now()
from generate_series(1, pg_temp.size('contracts')) n, generate_series(0, 4) x;

insert into environment (id, contract, name, sort_key, created_at, retired_at)
select pg_temp.key(19, n), pg_temp.key(8, pg_temp.place(n)), format('環境 %s', n),
       n / pg_temp.size('contracts') * 10, now(), case n % 50 when 49 then now() end
from generate_series(1, pg_temp.size('environments')) n;
-- The last contract is the one with very many environments.
insert into environment (id, contract, name, sort_key, created_at)
select pg_temp.key(20, n), pg_temp.key(8, pg_temp.size('contracts')), format('工場 %s', n), n, now()
from generate_series(1, pg_temp.size('wide_environments')) n;

insert into allocation (id, contract, environment, entitlement, quantity)
select pg_temp.key(21, 2 * n + x), pg_temp.key(8, pg_temp.place(n)), pg_temp.key(19, n),
       pg_temp.key(18, 5 * pg_temp.place(n) + x), 1 + n % 3
from generate_series(1, pg_temp.size('environments')) n, generate_series(0, 1) x
where n % 50 <> 49;
insert into allocation (id, contract, environment, entitlement, quantity)
select pg_temp.key(22, 2 * n + x), pg_temp.key(8, pg_temp.size('contracts')), pg_temp.key(20, n),
       pg_temp.key(18, 5 * pg_temp.size('contracts') + x), 1 + n % 3
from generate_series(1, pg_temp.size('wide_environments')) n, generate_series(0, 1) x;

-- Every fifth environment is activated, every tenth had a file before.
create temporary table activated as
select e.id, e.contract, row_number() over (order by e.id) as n from environment e
where e.retired_at is null and ('x' || right(e.id::text, 6))::bit(24)::integer % 5 = 0;
insert into activation (id, environment, seq, jti, kid, file, request_jti, request_file, jkt,
                        issued_at, expires_at, moved, downloaded_at, ended_at, end_reason)
select pg_temp.key(23, 2 * n + x), id, 1 + x - (1 - n % 2) * x, format('j%s-%s', n, x), 'growth',
       repeat('file ', 200), format('r%s-%s', n, x), repeat('request ', 100), 'jkt',
       now() - (200 - 100 * x) * interval '1 day', now() + interval '100 days', false, now(),
       case x when 0 then now() end, case x when 0 then 'superseded' end
from activated, generate_series(0, 1) x where x = 1 or n % 2 = 1;
insert into activation_product (id, activation, entitlement, quantity, starts_on, ends_on)
select pg_temp.key(24, 2 * ('x' || right(a.id::text, 10))::bit(40)::bigint + t.place), a.id,
       l.entitlement, l.quantity, greatest(e.starts_on, c.starts_on), least(e.ends_on, c.ends_on)
from activation a join allocation l on l.environment = a.environment
join entitlement e on e.id = l.entitlement join contract c on c.id = e.contract
cross join lateral (select ('x' || right(l.id::text, 1))::bit(4)::integer % 2 as place) t;

-- One quote for every second contract.
insert into quote_request (id, reference, contract, state, requested_by, requested_at, note, answer,
                           answered_at, concluded_at)
select pg_temp.key(25, n), format('Q-%s', lpad(n::text, 8, '0')), pg_temp.key(8, n),
       case n % 6 when 1 then 'received' else 'concluded' end, pg_temp.key(11, 2 * n - 1),
       now() - interval '30 days', '', '', case when n % 6 <> 1 then now() end,
       case when n % 6 <> 1 then now() end
from generate_series(1, pg_temp.size('contracts'), 2) n;
insert into quote_line
    (id, quote_request, entitlement, wish, quantity, quantity_before, position)
select pg_temp.key(26, 3 * n + x), pg_temp.key(25, n), pg_temp.key(18, 5 * n + x), 'change', 120,
       100, x
from generate_series(1, pg_temp.size('contracts'), 2) n, generate_series(0, 2) x;

insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
select pg_temp.key(27, 10 * n + x), now() - (10 - x) * interval '1 day',
       (array['environment-change', 'allocation-change', 'activation-download'])[1 + x % 3],
       pg_temp.key(11, 2 * n - 1), pg_temp.key(8, n), pg_temp.key(19, n),
       jsonb_build_object('seq', x), ''
from generate_series(1, pg_temp.size('contracts')) n, generate_series(0, 9) x;

-- One more person is a member of very many contracts, and owns the one with many environments.
insert into portal_user (id, code, name, email, language, password_hash, must_change_password,
                         created_at)
values (pg_temp.key(11, 0), 'wide', '担当 広', 'wide@example.com', 'ja', '-', false, now());
insert into terms_of_use_acceptance (id, "user", terms_of_use, accepted_at)
select pg_temp.key(13, 0), pg_temp.key(11, 0), id, now() from terms_of_use;
insert into membership (id, "user", contract, role, notification, created_at)
select pg_temp.key(28, n), pg_temp.key(11, 0), pg_temp.key(8, n), 'member', true, now()
from generate_series(1, pg_temp.size('wide_contracts')) n;
insert into membership (id, "user", contract, role, notification, created_at)
select pg_temp.key(28, 0), pg_temp.key(11, 0), pg_temp.key(8, pg_temp.size('contracts')), 'owner',
       true, now();

set session_replication_role = origin;
