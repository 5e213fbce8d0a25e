-- What is counted and learned about keys, in one round trip and two indexes. A function, because planning this question
-- costs more than answering it. The work is bounded by `in_most` rows per key, whatever the traffic.
--
-- `others`: distinct customers besides the one in hand since `in_from`, each with what its row stands for.
-- `hours`: what was learned about the hours of the week in `in_hours` (0 to 167), in that order.
create or replace function read_spikes(
  in_tenant text, in_keys text, in_customer bigint, in_from timestamptz, in_hours text, in_now timestamptz,
  in_most integer
) returns table (
  key text, others float8, entries integer, total float8, hours text, excess float8, tests float8,
  incident text, muted_below integer, seen_total float8, seen_hours text, tracked_keys integer
) language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  asked text[] := array(select json_array_elements_text(in_keys::json));
  wanted integer[] := array(select value::integer from json_array_elements_text(in_hours::json));
begin
  return query
  select k.name, recent.others, recent.entries, coalesce(b.total, 0),
      (select json_agg(coalesce(b.hours[w + 1], 0))::text from unnest(wanted) as w),
      coalesce(b.excess, 0), coalesce(b.tests, 0),
      case when i.muted_until is null then i.incident end,
      case when i.muted_until > in_now then i.muted_below end,
      coalesce(l.total, 0),
      (select json_agg(coalesce(l.hours[w + 1], 0))::text from unnest(wanted) as w),
      coalesce(l.tracked_keys, 0)
    from unnest(asked) with ordinality as k (name, place)
    cross join lateral (
      select coalesce(sum(s.weight), 0)::float8 as others, coalesce(sum(s.entries), 0)::integer as entries
        from (
          select case when n.customer = in_customer then 0 else max(n.weight) end as weight, count(*) as entries
            from (
              select o.customer, o.weight from observations o
                where o.tenant = in_tenant and o.key = k.name and o.bucket >= in_from and o.bucket <= in_now
                order by o.bucket desc limit in_most
            ) n
            group by n.customer
        ) s
    ) recent
    left join spike_baselines b on b.tenant = in_tenant and b.key = k.name
    left join incident_keys i on i.tenant = in_tenant and i.key = k.name
    left join spike_learning l on l.tenant = in_tenant
    order by k.place;
end $$;
