-- Makes a ticket a member of an open incident. It brings its keys; the first member is the incident's anchor: an
-- incident has no events of its own, they are events of that ticket.
--
-- `in_incident`: { id, customer, region, earlier, keys, customers, expected, ratio }
create or replace function join_incident(
  in_tenant text, in_incident text, in_ticket bigint, in_ticket_id text, in_decision_id text, in_now timestamptz
) returns void language plpgsql as $$
declare
  given json := in_incident::json;
  about record;
begin
  select i.id, i.key, i.anchor, i.members into about
    from incidents i
    where i.tenant = in_tenant and i.id = given ->> 'id' and i.state in ('candidate', 'confirmed');
  if not found then
    return;
  end if;
  -- A bound on the rows of one incident; the numbers go on being counted.
  if about.members < 10000 then
    insert into incident_members (tenant, incident, ticket, customer, region, earlier, joined_at)
      values (in_tenant, about.id, in_ticket, (given ->> 'customer')::bigint, given ->> 'region',
        (given ->> 'earlier')::boolean, in_now)
      on conflict do nothing;
  end if;
  insert into incident_keys (tenant, key, incident)
    select in_tenant, k.value, about.id
      from json_array_elements_text(given -> 'keys') as k
      where (select count(*) from incident_keys o where o.incident = about.id) < 24
      order by k.value
    on conflict (tenant, key) do update set incident = excluded.incident, muted_until = null, muted_below = null
      where incident_keys.muted_until <= in_now;

  if about.anchor is null then
    update incidents set anchor = in_ticket where id = about.id and anchor is null;
    if found then
      perform append_event(in_tenant, in_ticket, 'spike.opened', in_decision_id,
        json_build_object('incidentId', about.id, 'key', about.key, 'customers', given -> 'customers',
          'expected', given -> 'expected', 'ratio', given -> 'ratio', 'ticketId', in_ticket_id), in_now);
    end if;
  end if;
end $$;
