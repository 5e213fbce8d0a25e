CREATE TABLE "desk_sessions" (
	"tenant" text DEFAULT 'default' NOT NULL,
	"hash" text PRIMARY KEY NOT NULL,
	"key_id" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "desk_sessions" ADD CONSTRAINT "desk_sessions_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "desk_sessions_expired" ON "desk_sessions" USING btree ("expires_at");