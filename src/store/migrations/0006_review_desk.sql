DROP INDEX "reviews_open";--> statement-breakpoint
DROP INDEX "reviews_closed";--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "kind" text DEFAULT 'held' NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "blind" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "four_eyes" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "backup_told_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "defaulted_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "consequence" double precision DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "doubt" double precision DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "order_because" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "rank_at" timestamp(3) with time zone;--> statement-breakpoint
UPDATE "reviews" SET "rank_at" = "due_at";--> statement-breakpoint
ALTER TABLE "reviews" ALTER COLUMN "rank_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "proposal" json;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "proposed_by" text;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "undo" json;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "expected" json;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "changed_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "superseded_by" text;--> statement-breakpoint
CREATE INDEX "reviews_queue" ON "reviews" USING btree ("tenant","rank_at","id") WHERE state in ('pending', 'claimed');--> statement-breakpoint
CREATE INDEX "reviews_history" ON "reviews" USING btree ("tenant","decided_at","id") WHERE decided_at is not null;--> statement-breakpoint
CREATE INDEX "reviews_backup_due" ON "reviews" USING btree ("backup_at") WHERE state in ('pending', 'claimed') and backup_told_at is null;--> statement-breakpoint
CREATE INDEX "reviews_default_due" ON "reviews" USING btree ("due_at") WHERE state in ('pending', 'claimed') and defaulted_at is null;--> statement-breakpoint
CREATE INDEX "reviews_lease_over" ON "reviews" USING btree ("lease_until") WHERE state = 'claimed';--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_four_eyes" CHECK (not four_eyes or state not in ('approved', 'overridden', 'dismissed')
        or (proposed_by is not null and decided_by is not null and proposed_by <> decided_by));--> statement-breakpoint
-- What asks for two people asks for them until the end.
create function keep_four_eyes() returns trigger language plpgsql as $$
begin
  if old.four_eyes and not new.four_eyes then
    raise exception 'Cannot take four eyes off a review' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger reviews_keep_four_eyes before update on reviews
  for each row execute function keep_four_eyes();
--> statement-breakpoint
-- Its review now comes as one document.
drop function if exists record_triage(
  text, text, timestamptz, text, text, timestamptz, text, text, text, text, text, text, integer, text, text, text, text,
  text, text, text, text, text, text, text, text, timestamptz, timestamptz, text, text, text
);
