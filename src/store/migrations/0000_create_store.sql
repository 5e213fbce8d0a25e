CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant" text DEFAULT 'default' NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"name" text NOT NULL,
	"roles" json NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "api_keys_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" text DEFAULT 'default' NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"ticket" bigint,
	"before" json,
	"after" json,
	"reason" text,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain" (
	"position" bigint PRIMARY KEY NOT NULL,
	"audit_id" bigint NOT NULL,
	"hash" text NOT NULL,
	"sealed_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "chain_audit" UNIQUE("audit_id")
);
--> statement-breakpoint
CREATE TABLE "clocks" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"ticket" bigint NOT NULL,
	"kind" text NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"target" text NOT NULL,
	"calendar" text NOT NULL,
	"met_at" timestamp(3) with time zone,
	CONSTRAINT "clocks_ticket_kind_pk" PRIMARY KEY("ticket","kind")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"decision_id" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "idempotency_tenant_caller_key_pk" PRIMARY KEY("tenant","caller","key")
);
--> statement-breakpoint
CREATE TABLE "observations" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"key" text NOT NULL,
	"minute" timestamp(3) with time zone NOT NULL,
	"customer" text NOT NULL,
	CONSTRAINT "observations_tenant_key_minute_customer_pk" PRIMARY KEY("tenant","key","minute","customer")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" text DEFAULT 'default' NOT NULL,
	"ticket" bigint NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"decision_id" text NOT NULL,
	"payload" json NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"available_at" timestamp(3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"delivered_at" timestamp(3) with time zone,
	CONSTRAINT "outbox_seq" UNIQUE("ticket","seq")
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"hash" text NOT NULL,
	"source" text NOT NULL,
	"parsed" json NOT NULL,
	"first_seen_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "policies_tenant_hash_pk" PRIMARY KEY("tenant","hash")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "receipts_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" text DEFAULT 'default' NOT NULL,
	"decision_id" text PRIMARY KEY NOT NULL,
	"ticket" bigint NOT NULL,
	"revision" integer NOT NULL,
	"follows" text,
	"receipt" json NOT NULL,
	"answer" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "receipts_revision" UNIQUE("ticket","revision"),
	CONSTRAINT "receipts_seq" UNIQUE("seq")
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"decision_id" text NOT NULL,
	"ticket" bigint NOT NULL,
	"state" text NOT NULL,
	"severity" text NOT NULL,
	"type" text NOT NULL,
	"team" text NOT NULL,
	"owner" text NOT NULL,
	"backup" text NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"backup_at" timestamp(3) with time zone,
	"claimed_by" text,
	"lease_until" timestamp(3) with time zone,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"outcome" json,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tickets" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tickets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" text DEFAULT 'default' NOT NULL,
	"caller" text NOT NULL,
	"external_id" text NOT NULL,
	"customer_id" text,
	"original" json,
	"salt" text,
	"content_hash" text NOT NULL,
	"decision_id" text NOT NULL,
	"revision" integer NOT NULL,
	"severity" text NOT NULL,
	"type" text NOT NULL,
	"team" text NOT NULL,
	"owner" text NOT NULL,
	"backup" text NOT NULL,
	"standing" text NOT NULL,
	"review_id" text,
	"event_seq" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"resolved_at" timestamp(3) with time zone,
	"erased_at" timestamp(3) with time zone,
	CONSTRAINT "tickets_external" UNIQUE("tenant","external_id","caller")
);
--> statement-breakpoint
CREATE TABLE "unsealed" (
	"audit_id" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant" text DEFAULT 'default' NOT NULL,
	"url" text NOT NULL,
	"events" json NOT NULL,
	"secret" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "clocks" ADD CONSTRAINT "clocks_ticket_tickets_id_fk" FOREIGN KEY ("ticket") REFERENCES "public"."tickets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_ticket_tickets_id_fk" FOREIGN KEY ("ticket") REFERENCES "public"."tickets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_decision_id_receipts_decision_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."receipts"("decision_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_ticket_tickets_id_fk" FOREIGN KEY ("ticket") REFERENCES "public"."tickets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_by_ticket" ON "audit" USING btree ("ticket","id") WHERE ticket is not null;--> statement-breakpoint
CREATE INDEX "clocks_due" ON "clocks" USING btree ("due_at") WHERE met_at is null;--> statement-breakpoint
CREATE INDEX "idempotency_expired" ON "idempotency" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("available_at","id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "reviews_open" ON "reviews" USING btree ("tenant","due_at","id") WHERE state in ('pending', 'claimed');--> statement-breakpoint
CREATE INDEX "reviews_closed" ON "reviews" USING btree ("tenant","due_at","id") WHERE state not in ('pending', 'claimed');--> statement-breakpoint
CREATE INDEX "reviews_by_ticket" ON "reviews" USING btree ("ticket");--> statement-breakpoint
CREATE INDEX "tickets_open_by_owner" ON "tickets" USING btree ("tenant","owner") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "tickets_by_customer" ON "tickets" USING btree ("tenant","customer_id") WHERE customer_id is not null;