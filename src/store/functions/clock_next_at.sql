-- When there is something to tell of a clock next: its first untold warning, or that it is missed. Null when it stands
-- still, has ended, or was missed and that was told.
create or replace function clock_next_at(in_state text, in_due_at timestamptz, in_warnings json, in_told json)
returns timestamptz language sql immutable as $$
  select case when in_state = 'running' and not (in_told::jsonb ? 'breach') then least(in_due_at, (
      select min((w ->> 'at')::timestamptz) from json_array_elements(in_warnings) as w
       where not (in_told::jsonb ? (w ->> 'text'))
    )) end
$$;
