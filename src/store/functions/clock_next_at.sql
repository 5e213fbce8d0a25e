-- When there is something to tell of a clock next: its first untold warning, or that it is missed, also when its end was
-- told first. Null when it stands still, has ended in time, or was missed and that was told.
create or replace function clock_next_at(in_state text, in_due_at timestamptz, in_warnings json, in_told json)
returns timestamptz language sql immutable as $$
  select case
    when in_told::jsonb ? 'breach' then null
    when in_state = 'missed' then in_due_at
    when in_state = 'running' then least(in_due_at, (
      select min((w ->> 'at')::timestamptz) from json_array_elements(in_warnings) as w
       where not (in_told::jsonb ? (w ->> 'text'))
    )) end
$$;
