import { Migration } from '@mikro-orm/migrations';

export class Migration20261126210000Queue extends Migration {
  override up(): void {
    this.addSql(
      `create table "queued_jobs" ("id" bigserial primary key, "task" text not null, "payload" jsonb not null, "owner" text null, "run_at" timestamptz(6) not null default current_timestamp(6), "attempts" int not null default 0, "failed" timestamptz(3) null, "error" text null, "created" timestamptz(3) not null default current_timestamp(3));`,
    );
    this.addSql(
      `create index "queued_jobs_waiting" on "queued_jobs" ("run_at", "id") where "failed" is null;`,
    );
    this.addSql(`create index "queued_jobs_by_owner" on "queued_jobs" ("owner");`);
  }
}
