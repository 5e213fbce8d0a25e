-- What was counted so far reaches back an hour or a week and is learned anew; old rows cannot be read as new ones.
DROP TABLE "observations";
--> statement-breakpoint
CREATE TABLE "observations" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"key" text NOT NULL,
	"bucket" timestamp(3) with time zone NOT NULL,
	"customer" bigint NOT NULL,
	"weight" integer NOT NULL,
	"ticket" bigint NOT NULL,
	CONSTRAINT "observations_tenant_key_bucket_customer_pk" PRIMARY KEY("tenant","key","bucket","customer")
);
--> statement-breakpoint
CREATE INDEX "observations_old" ON "observations" USING btree ("tenant","bucket");
--> statement-breakpoint
-- Their signatures changed; they are made anew from their files.
DO $$
DECLARE
  old regprocedure;
BEGIN
  FOR old IN SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.proname IN ('record_triage', 'recent_volume') AND p.pronamespace = current_schema()::regnamespace
  LOOP
    EXECUTE 'DROP FUNCTION ' || old;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TABLE "incident_keys" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"key" text NOT NULL,
	"incident" text NOT NULL,
	"muted_until" timestamp(3) with time zone,
	"muted_below" integer,
	CONSTRAINT "incident_keys_tenant_key_pk" PRIMARY KEY("tenant","key")
);
--> statement-breakpoint
CREATE TABLE "incident_members" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"incident" text NOT NULL,
	"ticket" bigint NOT NULL,
	"customer" bigint NOT NULL,
	"region" text,
	"earlier" boolean NOT NULL,
	"joined_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "incident_members_incident_ticket_pk" PRIMARY KEY("incident","ticket")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant" text DEFAULT 'default' NOT NULL,
	"state" text NOT NULL,
	"key" text NOT NULL,
	"keys" json NOT NULL,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"anchor" bigint,
	"paged_at" timestamp(3) with time zone,
	"customers" integer NOT NULL,
	"peak_customers" integer NOT NULL,
	"expected" double precision NOT NULL,
	"ratio" double precision NOT NULL,
	"peak_ratio" double precision NOT NULL,
	"members" integer NOT NULL,
	"timeline" json NOT NULL,
	"quiet_since" timestamp(3) with time zone,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"reason" text,
	"closed_at" timestamp(3) with time zone,
	"closed_by" text,
	"summary" json,
	"notice" text,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "spike_baselines" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"key" text NOT NULL,
	"total" double precision NOT NULL,
	"hours" double precision[] NOT NULL,
	"excess" double precision NOT NULL,
	"tests" double precision NOT NULL,
	CONSTRAINT "spike_baselines_tenant_key_pk" PRIMARY KEY("tenant","key")
);
--> statement-breakpoint
CREATE TABLE "spike_learning" (
	"tenant" text PRIMARY KEY NOT NULL,
	"learned_until" timestamp(3) with time zone NOT NULL,
	"tracked_keys" integer NOT NULL,
	"total" double precision NOT NULL,
	"hours" double precision[] NOT NULL
);
--> statement-breakpoint
DROP INDEX "tickets_by_customer";--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "topics" json;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "text_hash" text;--> statement-breakpoint
ALTER TABLE "incident_keys" ADD CONSTRAINT "incident_keys_incident_incidents_id_fk" FOREIGN KEY ("incident") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_members" ADD CONSTRAINT "incident_members_incident_incidents_id_fk" FOREIGN KEY ("incident") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_members" ADD CONSTRAINT "incident_members_ticket_tickets_id_fk" FOREIGN KEY ("ticket") REFERENCES "public"."tickets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "incident_keys_of" ON "incident_keys" USING btree ("incident");--> statement-breakpoint
CREATE INDEX "incident_members_by_ticket" ON "incident_members" USING btree ("ticket");--> statement-breakpoint
CREATE INDEX "incidents_open" ON "incidents" USING btree ("tenant","opened_at") WHERE state in ('candidate', 'confirmed');--> statement-breakpoint
CREATE INDEX "incidents_by_time" ON "incidents" USING btree ("tenant","opened_at");--> statement-breakpoint
CREATE INDEX "tickets_by_customer" ON "tickets" USING btree ("tenant","customer_id","created_at") WHERE customer_id is not null;
