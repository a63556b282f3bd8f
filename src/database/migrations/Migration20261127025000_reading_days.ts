import { Migration } from '@mikro-orm/migrations';

/** What readers have read and changed on each day. The log has the last 90 days. */
export class Migration20261127025000ReadingDays extends Migration {
  override up(): void {
    this.addSql(
      `create table "reading_days" ("user_id" text not null, "day" date not null, "series_client" int not null, "changes" int not null, "chapters" numeric(12,2) not null default 0, "volumes" numeric(12,2) not null default 0, primary key ("user_id", "day", "series_client"))`,
    );
    // The log does not tell which entries were added by a command.
    this.addSql(
      `insert into reading_days (user_id, day, series_client, changes, chapters, volumes)
     select e.user_id, (e.at at time zone 'UTC')::date, coalesce(s.client_id, 0), count(*),
       coalesce(sum(greatest((e.after ->> 'chapters')::numeric - coalesce((e.before ->> 'chapters')::numeric, 0), 0))
         filter (where e.action = 'update'), 0),
       coalesce(sum(greatest((e.after ->> 'volumes')::numeric - coalesce((e.before ->> 'volumes')::numeric, 0), 0))
         filter (where e.action = 'update'), 0)
     from reader_events e
     join users u on u.id = e.user_id
     left join series s on s.id = e.series_id
     where e.kind = 'entry' and e.origin in ('request', 'bulk')
     group by 1, 2, 3`,
    );
    this.addSql(
      `alter table "reading_days" add constraint "reading_days_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
  }
}
