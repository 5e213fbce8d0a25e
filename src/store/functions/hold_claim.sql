-- Whether the owner that a decision names may still be given the ticket, seen from now on and until this transaction
-- ends: the team's turn is the one that was decided on, the load of the owner too where that decided, and the owner
-- is below the limit. Whoever asks for the same team or person waits here, so of many at once each sees the others.
--
-- `claim`: { person, capacity?, open?, team?, turn? }; the ticket itself does not count.
create or replace function hold_claim(in_tenant text, in_caller text, in_ticket_id text, claim json)
returns boolean language plpgsql as $$
declare
  taken integer;
begin
  if claim ->> 'team' is not null then
    perform pg_advisory_xact_lock(hashtextextended('turn ' || in_tenant || ' ' || (claim ->> 'team'), 0));
    if (select coalesce(max(t.turn), 0) from turns t where t.tenant = in_tenant and t.team = claim ->> 'team')
        <> (claim ->> 'turn')::bigint then
      return false;
    end if;
  end if;
  if claim ->> 'capacity' is not null or claim ->> 'open' is not null then
    perform pg_advisory_xact_lock(hashtextextended('owner ' || in_tenant || ' ' || (claim ->> 'person'), 0));
    select count(*) into taken from tickets t
      where t.tenant = in_tenant and t.owner = claim ->> 'person' and t.resolved_at is null
        and not (t.external_id = in_ticket_id and t.caller = in_caller);
    if taken >= (claim ->> 'capacity')::integer or taken <> (claim ->> 'open')::integer then
      return false;
    end if;
  end if;
  return true;
end $$
