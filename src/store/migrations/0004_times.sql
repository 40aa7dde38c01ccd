CREATE INDEX "tasks_start_time" ON "tasks" USING btree ("start_time");--> statement-breakpoint
CREATE INDEX "tasks_finish_time" ON "tasks" USING btree ("finish_time");