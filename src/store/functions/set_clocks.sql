-- Writes the clocks of a ticket as they were worked out at `in_now`. The caller holds the ticket's row.
--
-- What was told stays told while a clock only moves; a clock that starts anew may warn again, and so may one with
-- another target. A miss is told once for as long as it lasts; one that proves to be none, because the answer was told
-- late, counts no more. A clock that had ended when another target made it late is not told of. Review clocks are told
-- of by the reviews.
create or replace function set_clocks(in_tenant text, in_ticket bigint, in_rows json, in_now timestamptz)
returns void language plpgsql as $$
#variable_conflict use_column
declare
  row record;
  before clocks;
  told json;
  since timestamptz;
begin
  for row in
    select k.kind, coalesce(k.state, 'running') as state, k."startedAt" as started_at, k."dueAt" as due_at, k.target,
        k.calendar, k."metAt" as met_at, k."pausedAt" as paused_at, coalesce(k.warnings, '[]'::json) as warnings
      from json_to_recordset(in_rows) as k (kind text, state text, "startedAt" timestamptz, "dueAt" timestamptz,
        target text, calendar text, "metAt" timestamptz, "pausedAt" timestamptz, warnings json)
  loop
    select c.* into before from clocks c where c.ticket = in_ticket and c.kind = row.kind;
    told := case
      when before.ticket is null or before.started_at is distinct from row.started_at then '[]'::json
      when before.due_at <> row.due_at and (before.target <> row.target or before.calendar <> row.calendar) then
        case when before.told::jsonb ? 'breach' and row.due_at <= in_now then '["breach"]'::json else '[]'::json end
      when row.due_at > in_now then (before.told::jsonb - 'breach')::json
      else before.told end;
    since := case when before.due_at = row.due_at then before.set_at else in_now end;
    insert into clocks (tenant, ticket, kind, state, started_at, due_at, target, calendar, met_at, paused_at, set_at,
        warnings, told, next_at)
      values (in_tenant, in_ticket, row.kind, row.state, row.started_at, row.due_at, row.target, row.calendar,
        row.met_at, row.paused_at, since, row.warnings, told,
        case when row.kind = 'review' or (row.state = 'missed' and row.due_at <= since) then null
          else clock_next_at(row.state, row.due_at, row.warnings, told) end)
      on conflict (ticket, kind) do update
        set state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
          target = excluded.target, calendar = excluded.calendar, met_at = excluded.met_at,
          paused_at = excluded.paused_at, warnings = excluded.warnings, told = excluded.told,
          next_at = excluded.next_at, set_at = excluded.set_at,
          breached_at = case
            when clocks.breached_at < excluded.started_at or excluded.state = 'missed'
              or (excluded.state = 'running' and excluded.due_at <= in_now) then clocks.breached_at end;
  end loop;
end $$
