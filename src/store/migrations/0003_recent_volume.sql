-- Distinct customers per key in the window, the one in hand included, and the number to expect in a window of that
-- length. A function, because planning this question costs more than answering it.
--
-- At most `in_sample` index entries are read per key and span, newest first. When that cuts a span short, its count is
-- carried on at the rate of the part that was read. In the baseline a customer counts once per window, as in the
-- window itself. Keys in `in_known` are not asked for their baseline: `expected` is null.
create function recent_volume(
  in_tenant text, in_keys text, in_known text, in_customer text, in_now timestamptz,
  in_window_minutes float8, in_baseline_minutes float8, in_sample integer
) returns table (key text, customers float8, expected float8) language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  window_start timestamptz := in_now - in_window_minutes * interval '1 minute';
  baseline_start timestamptz := window_start - in_baseline_minutes * interval '1 minute';
  asked text[] := array(select json_array_elements_text(in_keys::json));
  known text[] := array(select json_array_elements_text(in_known::json));
begin
  return query
  select k.name,
      1 + case when recent.entries < in_sample then recent.others else
        floor(recent.others * in_window_minutes
          / greatest(1, extract(epoch from in_now - recent.oldest)::float8 / 60)) end,
      case when k.name = any (known) then null else
        usual.others * in_window_minutes / case when usual.entries < in_sample * 2 then in_baseline_minutes
          else greatest(1, extract(epoch from window_start - usual.oldest)::float8 / 60) end end
    from unnest(asked) with ordinality as k (name, place)
    cross join lateral (
      select coalesce(sum(s.entries), 0)::float8 as entries, min(s.oldest) as oldest,
          (count(*) filter (where s.customer <> in_customer))::float8 as others
        from (
          select n.customer, count(*) as entries, min(n.minute) as oldest
            from (
              select o.minute, o.customer from observations o
                where o.tenant = in_tenant and o.key = k.name and o.minute > window_start and o.minute <= in_now
                order by o.minute desc limit in_sample
            ) n
            group by n.customer
        ) s
    ) recent
    cross join lateral (
      select coalesce(sum(s.entries), 0)::float8 as entries, min(s.oldest) as oldest, count(*)::float8 as others
        from (
          select count(*) as entries, min(n.minute) as oldest
            from (
              select o.minute, o.customer from observations o
                where o.tenant = in_tenant and o.key = k.name and o.minute <= window_start
                  and o.minute > baseline_start and k.name <> all (known)
                order by o.minute desc limit in_sample * 2
            ) n
            group by n.customer, floor(extract(epoch from window_start - n.minute)::float8 / 60 / in_window_minutes)
        ) s
    ) usual
    order by k.place;
end $$;
