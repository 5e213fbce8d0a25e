-- The open incident that owns one of these keys (the strongest come first), or a new candidate. One opener at a time, so
-- that any number of replicas that see the same spike at once agree on one incident.
create or replace function open_incident(
  in_tenant text, in_id text, in_keys text, in_now timestamptz, in_customers integer, in_expected float8,
  in_ratio float8
) returns text language plpgsql as $$
declare
  asked text[] := array(select json_array_elements_text(in_keys::json));
  found_incident text;
begin
  perform pg_advisory_xact_lock(hashtext('open_incident ' || in_tenant));
  select k.incident into found_incident
    from unnest(asked) with ordinality as a (key, place)
    join incident_keys k on k.tenant = in_tenant and k.key = a.key and k.muted_until is null
    group by k.incident
    order by count(*) desc, min(a.place)
    limit 1;
  if found_incident is not null then
    return found_incident;
  end if;
  insert into incidents (tenant, id, state, key, keys, opened_at, customers, peak_customers, expected, ratio, peak_ratio,
      members, timeline, version)
    values (in_tenant, in_id, 'candidate', asked[1], in_keys::json, in_now, in_customers, in_customers, in_expected,
      in_ratio, in_ratio, 0, '[]', 1);
  insert into incident_keys as k (tenant, key, incident)
    select in_tenant, a.key, in_id from unnest(asked) as a (key) order by a.key
    on conflict (tenant, key) do update set incident = excluded.incident, muted_until = null, muted_below = null;
  return in_id;
end $$;
