-- One ticket's decision, written whole in one round trip. A function, not one big statement: each step sees what
-- other transactions committed while it waited for a lock, so the loser of a race finds the winner's answer.
--
-- A late score decides about the content that stands: the same content with the standing decision in `in_follows`. It is
-- a revision like any other, but never over a person: decided, resolved or erased meanwhile, it is stale.
--
-- Locks are taken in one order (all assignments, team, owner, key, ticket, observations sorted, incident), so two
-- callers cannot wait for each other.
--
-- `in_clocks` is { rows, seen, claim }: the clocks, how many of the ticket's events they were worked out from, and what
-- the choice of the owner rests on (see hold_claim; null when that cannot change).
--
--   recorded   written; `answer` is the one given
--   replayed   nothing decided: the same key and body, or the ticket already stands at this content
--   mismatch   the key belongs to another body; nothing written
--   crowded    the owner is at the limit by now, or the turn was taken; nothing written
--   stale      the ticket has other events than were seen, or it stands at a decision that this one does not follow or may not revise; nothing written
create or replace function record_triage(
  in_tenant text, in_caller text, in_now timestamptz,
  in_key text, in_fingerprint text, in_expires_at timestamptz,
  in_ticket_id text, in_customer_id text, in_original text, in_salt text, in_content_hash text,
  in_decision_id text, in_revision integer, in_follows text,
  in_receipt text, in_receipt_sha256 text, in_answer text, in_answer_sha256 text,
  in_severity text, in_type text, in_team text, in_owner text, in_backup text, in_disposition text,
  in_review text,
  in_clocks text, in_topics text, in_text_hash text, in_observed text, in_incident text,
  out kind text, out stored_answer text,
  out standing_decision text, out standing_revision integer, out standing_severity text
) language plpgsql as $$
#variable_conflict use_column
declare
  known record;
  ticket_ref bigint;
  planned json := in_review::json;
  -- Only a held ticket waits for its review; a sampled one has been answered.
  held_review text := case when planned ->> 'kind' = 'held' then planned ->> 'id' end;
  -- An item with a known answer is an exercise: nobody outside hears of it.
  exercise boolean := coalesce(planned ->> 'kind' = 'known', false);
  events integer := case when exercise then 0 when planned is null then 1 else 2 end;
  hidden boolean := coalesce((planned ->> 'blind')::boolean, false);
  seq_before integer := 0;
  closed record;
  carried_from text;
  carried_by text;
  carried_until timestamptz;
  told_at timestamptz;
  default_at timestamptz;
  same_content boolean;
  claim json := in_clocks::json -> 'claim';
begin
  if claim ->> 'person' is not null then
    perform pg_advisory_xact_lock_shared(hashtextextended('assign ' || in_tenant, 0));
    if not hold_claim(in_tenant, in_caller, in_ticket_id, claim) then
      kind := 'crowded';
      return;
    end if;
  end if;

  if in_key is not null then
    insert into idempotency as i (tenant, caller, key, fingerprint, decision_id, expires_at)
      values (in_tenant, in_caller, in_key, in_fingerprint, in_decision_id, in_expires_at)
      on conflict (tenant, caller, key) do update
        set fingerprint = excluded.fingerprint, decision_id = excluded.decision_id, expires_at = excluded.expires_at
        where i.expires_at <= in_now;
    if not found then
      select i.fingerprint, r.answer into known
        from idempotency i join receipts r on r.decision_id = i.decision_id
        where i.tenant = in_tenant and i.caller = in_caller and i.key = in_key;
      if not found then
        -- It expired and was deleted in this moment; the caller may simply ask again.
        raise exception 'Cannot read idempotency key: it has just expired' using errcode = 'serialization_failure';
      end if;
      if known.fingerprint = in_fingerprint then
        kind := 'replayed';
        stored_answer := known.answer;
      else
        kind := 'mismatch';
      end if;
      return;
    end if;
  end if;

  insert into tickets (tenant, caller, external_id, customer_id, original, salt, topics, text_hash, content_hash,
      decision_id, revision, severity, type, team, owner, backup, standing, review_id, event_seq, created_at, updated_at)
    values (in_tenant, in_caller, in_ticket_id, in_customer_id, in_original::json, in_salt, in_topics::json,
      in_text_hash, in_content_hash,
      in_decision_id, in_revision, in_severity, in_type, in_team, in_owner, in_backup,
      case in_disposition when 'review' then 'held' else 'auto' end, held_review, events, in_now, in_now)
    on conflict (tenant, external_id, caller) do nothing
    returning id into ticket_ref;

  if ticket_ref is null then
    select t.id, t.content_hash, t.decision_id, t.revision, t.severity, t.event_seq, t.resolved_at,
        (select count(*) from ticket_events e where e.ticket = t.id) as happened,
        t.standing in ('auto', 'held') and t.resolved_at is null and t.erased_at is null as undecided
        into strict known
      from tickets t
      where t.tenant = in_tenant and t.external_id = in_ticket_id and t.caller = in_caller
      for update;
    same_content := known.content_hash = in_content_hash;
    -- A revision of the same content that follows another decision than the standing one has something to add.
    if same_content and (in_follows is null or in_decision_id = known.decision_id) then
      kind := 'replayed';
      select r.answer into strict stored_answer from receipts r where r.decision_id = known.decision_id;
      -- This key, too, now belongs to the decision that stands.
      if in_key is not null then
        update idempotency i set decision_id = known.decision_id
          where i.tenant = in_tenant and i.caller = in_caller and i.key = in_key;
      end if;
      return;
    end if;
    if in_follows is distinct from known.decision_id or in_revision <> known.revision + 1
        or known.happened <> (in_clocks::json ->> 'seen')::integer or (same_content and not known.undecided) then
      kind := 'stale';
      standing_decision := known.decision_id;
      standing_revision := known.revision;
      standing_severity := known.severity;
      if in_key is not null then
        delete from idempotency i where i.tenant = in_tenant and i.caller = in_caller and i.key = in_key;
      end if;
      return;
    end if;
    ticket_ref := known.id;
    -- New content opens a resolved ticket again.
    if known.resolved_at is not null then
      insert into ticket_events (tenant, ticket, event_id, kind, occurred_at, received_at, actor, data)
        values (in_tenant, ticket_ref, 'revision ' || in_decision_id, 'reopened', in_now, in_now, in_caller, '{}');
    end if;
    seq_before := known.event_seq;
    -- The review of the decision before has nothing left to decide. Who was at work on it goes on with the new one.
    select v.id, v.claimed_by, v.lease_until into carried_from, carried_by, carried_until from reviews v
      where held_review is not null and v.ticket = ticket_ref and v.state = 'claimed' and v.lease_until > in_now
      for update;
    for closed in
      update reviews v set state = 'superseded', version = v.version + 1, claimed_by = null, lease_until = null,
          superseded_by = held_review
        where v.ticket = ticket_ref and v.state in ('pending', 'claimed')
        returning v.id, v.decision_id, v.backup_told_at, v.defaulted_at
    loop
      -- It goes on waiting in the new one, so nobody is told twice, unless it is about more by now.
      if planned ->> 'heldSince' is not null and in_severity >= known.severity then
        told_at := closed.backup_told_at;
        default_at := closed.defaulted_at;
      end if;
      insert into audit (tenant, actor, action, subject, ticket, after, at)
        values (in_tenant, in_caller, 'review.superseded', closed.id, ticket_ref,
          json_build_object('decisionId', closed.decision_id, 'by', in_decision_id, 'review', held_review), in_now);
      seq_before := seq_before + 1;
      insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
        values (in_tenant, ticket_ref, seq_before, 'review.superseded', closed.decision_id,
          json_build_object('reviewId', closed.id, 'decisionId', closed.decision_id, 'ticketId', in_ticket_id,
            'by', in_decision_id, 'review', held_review), in_now, in_now);
    end loop;
    -- What a person decided about the ticket as it was, and nobody outside has been told of, does not happen any more.
    for closed in
      update outbox o set type = 'review.superseded', available_at = in_now,
          payload = json_build_object('reviewId', v.id, 'decisionId', v.decision_id, 'ticketId', in_ticket_id,
            'by', in_decision_id, 'review', held_review)
        from reviews v
        where v.ticket = ticket_ref and v.decision_id = o.decision_id
          and o.ticket = ticket_ref and o.type = 'review.decided' and o.state = 'pending'
        returning v.id, v.decision_id, v.state
    loop
      update reviews v set undo = null, superseded_by = held_review, version = v.version + 1,
          changed_at = greatest(in_now, v.decided_at + interval '1 millisecond')
        where v.id = closed.id;
      insert into audit (tenant, actor, action, subject, ticket, after, reason, at)
        values (in_tenant, in_caller, 'review.withdrawn', closed.id, ticket_ref,
          json_build_object('decisionId', closed.decision_id, 'state', closed.state, 'by', in_decision_id,
            'review', held_review),
          'The ticket changed before anybody outside was told of this decision', in_now);
    end loop;
    update tickets t set customer_id = in_customer_id, original = in_original::json, salt = in_salt,
        topics = in_topics::json, text_hash = in_text_hash, content_hash = in_content_hash,
        decision_id = in_decision_id, revision = in_revision, severity = in_severity,
        type = in_type, team = in_team, owner = in_owner, backup = in_backup,
        standing = case in_disposition when 'review' then 'held' else 'auto' end, review_id = held_review,
        event_seq = seq_before + events, updated_at = in_now, resolved_at = null, erased_at = null
      where t.id = ticket_ref;
  elsif in_follows is not null or in_revision <> 1 then
    raise exception 'Cannot record revision % of a ticket that has no decision', in_revision;
  end if;

  insert into receipts (tenant, decision_id, ticket, revision, follows, receipt, answer, created_at)
    values (in_tenant, in_decision_id, ticket_ref, in_revision, in_follows, in_receipt::json, in_answer, in_now);

  perform set_clocks(in_tenant, ticket_ref, in_clocks::json -> 'rows', in_now);

  if claim ->> 'team' is not null then
    insert into turns as t (tenant, team, person, turn)
      values (in_tenant, claim ->> 'team', claim ->> 'person', (claim ->> 'turn')::bigint + 1)
      on conflict (tenant, team, person) do update set turn = excluded.turn;
  end if;

  insert into audit (tenant, actor, action, subject, ticket, after, at)
    values (in_tenant, in_caller, 'decision.made', in_decision_id, ticket_ref,
      json_build_object('ticketId', in_ticket_id, 'revision', in_revision, 'follows', in_follows,
        'severity', in_severity, 'type', in_type, 'team', in_team, 'owner', in_owner, 'backup', in_backup,
        'disposition', in_disposition, 'reviewId', held_review,
        'receiptSha256', in_receipt_sha256, 'answerSha256', in_answer_sha256), in_now);

  if not exercise then
    insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
      values (in_tenant, ticket_ref, seq_before + 1, 'decision.made', in_decision_id,
        json_build_object('decisionId', in_decision_id, 'ticketId', in_ticket_id), in_now, in_now);
  end if;

  if planned is not null then
    insert into reviews (tenant, id, kind, decision_id, ticket, state, blind, four_eyes, severity, type, team, owner,
        backup, due_at, backup_at, consequence, doubt, order_because, rank_at, route, words, expected, claimed_by,
        claimed_at, lease_until, changed_at, backup_told_at, defaulted_at, created_at)
      select in_tenant, p.id, p.kind, in_decision_id, ticket_ref,
          case when carried_from is null then 'pending' else 'claimed' end, p.blind, p."fourEyes",
          coalesce(p.shown ->> 'severity', in_severity), coalesce(p.shown ->> 'type', in_type),
          coalesce(p.shown ->> 'team', in_team), in_owner, in_backup, p."dueAt", p."backupAt", p.consequence, p.doubt, p."orderBecause", p."rankAt",
          p.route, p.words, p.expected, carried_by, case when carried_by is not null then in_now end, carried_until, case when carried_from is not null then in_now end,
          told_at, default_at, in_now
        from json_to_record(planned) as p (id text, kind text, blind boolean, "fourEyes" boolean, "dueAt" timestamptz,
          "backupAt" timestamptz, consequence double precision, doubt double precision, "orderBecause" text,
          "rankAt" timestamptz, route text, words integer, expected json, shown json);
    if carried_from is not null then
      insert into audit (tenant, actor, action, subject, ticket, after, reason, at)
        values (in_tenant, in_caller, 'review.carried_over', held_review, ticket_ref,
          json_build_object('from', carried_from, 'claimedBy', carried_by),
          'The ticket changed while somebody was reviewing it', in_now);
    end if;
    if not exercise then
      insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
        values (in_tenant, ticket_ref, seq_before + 2, 'review.opened', in_decision_id,
        -- Who judges blind hears of no suggestion from elsewhere.
        case when hidden
          then json_build_object('reviewId', planned ->> 'id', 'kind', planned ->> 'kind', 'blind', true,
            'decisionId', in_decision_id, 'ticketId', in_ticket_id, 'dueAt', planned ->> 'dueAt')
          else json_build_object('reviewId', planned ->> 'id', 'kind', planned ->> 'kind', 'blind', false,
            'decisionId', in_decision_id, 'ticketId', in_ticket_id, 'severity', in_severity, 'team', in_team,
            'owner', in_owner, 'dueAt', planned ->> 'dueAt')
        end, in_now, in_now);
    end if;
  end if;

  insert into observations (tenant, key, bucket, customer, weight, ticket)
    select in_tenant, k.key, (in_observed::json ->> 'bucket')::timestamptz, (in_observed::json ->> 'customer')::bigint,
        k.weight, ticket_ref
      from json_to_recordset(in_observed::json -> 'keys') as k (key text, weight integer)
      order by k.key
    on conflict do nothing;

  if in_incident is not null then
    perform join_incident(in_tenant, in_incident, ticket_ref, in_ticket_id, in_decision_id, in_now);
  end if;

  kind := 'recorded';
  stored_answer := in_answer;
end $$;
