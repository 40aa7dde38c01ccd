ALTER TABLE "obproxy_clusters" ADD COLUMN "config_url" text;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD COLUMN "package_id" integer;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD COLUMN "startup_parameters" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD COLUMN "parameters" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD COLUMN "task_id" integer;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD COLUMN "creator_id" integer;--> statement-breakpoint
ALTER TABLE "obproxy_links" ADD COLUMN "state" text DEFAULT 'LINKED' NOT NULL;--> statement-breakpoint
ALTER TABLE "obproxy_servers" ADD COLUMN "last_active_time" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "obproxy_cluster_id" integer;--> statement-breakpoint
ALTER TABLE "obproxy_clusters" ADD CONSTRAINT "obproxy_clusters_package_id_packages_id_fk" FOREIGN KEY ("package_id") REFERENCES "public"."packages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "obproxy_servers_host" ON "obproxy_servers" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "tasks_obproxy" ON "tasks" USING btree ("obproxy_cluster_id");