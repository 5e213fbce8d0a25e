-- Every audit row waits for its seal from the moment it exists; no statement that writes one can forget it.
create function await_seal() returns trigger language plpgsql as $$
begin
  insert into unsealed (audit_id) values (new.id);
  return null;
end $$;
--> statement-breakpoint
create trigger audit_awaits_seal after insert on audit
  for each row execute function await_seal();
--> statement-breakpoint
-- A guard against mistakes, not against the database's owner: whoever switches it off is found by the seal.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Cannot % rows of %: they are kept as written', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger audit_is_kept before update or delete on audit
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger receipts_are_kept before update or delete on receipts
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger chain_is_kept before update or delete on chain
  for each row execute function refuse_change();
