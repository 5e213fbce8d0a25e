CREATE TABLE "ticket_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ticket_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" text DEFAULT 'default' NOT NULL,
	"ticket" bigint NOT NULL,
	"event_id" text NOT NULL,
	"kind" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"received_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"data" json NOT NULL,
	CONSTRAINT "ticket_events_sent" UNIQUE("ticket","event_id")
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"team" text NOT NULL,
	"person" text NOT NULL,
	"turn" bigint NOT NULL,
	CONSTRAINT "turns_tenant_team_person_pk" PRIMARY KEY("tenant","team","person")
);
--> statement-breakpoint
DROP INDEX "clocks_due";--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "state" text DEFAULT 'running' NOT NULL;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "started_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "paused_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "set_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "warnings" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "told" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "next_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "breached_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "rejudge_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "ticket_events" ADD CONSTRAINT "ticket_events_ticket_tickets_id_fk" FOREIGN KEY ("ticket") REFERENCES "public"."tickets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clocks_next" ON "clocks" USING btree ("next_at") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "tickets_rejudge" ON "tickets" USING btree ("rejudge_at") WHERE rejudge_at is not null;