-- One event of a ticket, numbered after its last one without gaps: the ticket's row stays locked until the end of the
-- transaction.
create or replace function append_event(
  in_tenant text, in_ticket bigint, in_type text, in_decision_id text, in_payload json, in_now timestamptz
) returns void language plpgsql as $$
declare
  number integer;
begin
  update tickets set event_seq = event_seq + 1 where tenant = in_tenant and id = in_ticket returning event_seq into number;
  insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
    values (in_tenant, in_ticket, number, in_type, in_decision_id, in_payload, in_now, in_now);
end $$;
