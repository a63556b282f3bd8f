import { Injectable } from '@nestjs/common';
import { ImageStore } from '../images/image-store.js';
import { PROJECT_VERSION } from '../project-folder.js';
import { presentEvent } from '../reader-log/events.presenter.js';
import { SettingsService } from '../settings/settings.service.js';
import { presentUser } from '../users/users.presenter.js';
import { UsersService } from '../users/users.service.js';
import type { Archive } from './archive.js';
import { schemaOf } from './archive-schemas.js';
import { ExportRepository, type Picture } from './export.repository.js';
import { lineOfEntry, lineOfItem, lineOfPicture, lineOfRating, pictureFile } from './exports.presenter.js';
import type { Part, Spool } from './spool.js';

/** A file of JSON Lines in the spool. */
interface Lines {
  /** The name of the file and of its schema: `entries`. */
  readonly name: string;
  readonly part: Part;
}

/** What an archive will contain. */
export interface Content {
  readonly userId: string;
  readonly lines: readonly Lines[];
  readonly pictures: readonly Picture[];
}

/** The files of an archive: JSON Lines, their schemas, pictures, and the manifest. */
@Injectable()
export class ArchiveContent {
  constructor(
    private readonly rows: ExportRepository,
    private readonly users: UsersService,
    private readonly settings: SettingsService,
    private readonly store: ImageStore,
  ) {}

  /** Copies the user's data to the spool, in the open snapshot. The files of pictures are read later. */
  async read(userId: string, images: boolean, spool: Spool, signal: AbortSignal): Promise<Content> {
    const pictures = images ? await this.rows.pictures(userId) : [];
    const files: Record<string, AsyncIterable<object> | Iterable<object>> = {
      profile: [presentUser(await this.users.get(userId))],
      settings: [await this.settings.get(userId)],
      entries: mapped(this.rows.entries(userId), lineOfEntry),
      ratings: mapped(this.rows.ratings(userId), lineOfRating),
      items: mapped(this.rows.items(userId), lineOfItem),
      events: mapped(this.rows.events(userId), (row) => presentEvent(userId, row)),
      ...(images ? { pictures: pictures.map(lineOfPicture) } : {}),
    };
    const lines: Lines[] = [];
    for (const [name, objects] of Object.entries(files)) {
      const texts = mapped(objects, (object) => `${JSON.stringify(object)}\n`);
      lines.push({ name, part: await spool.append(texts, signal) });
    }
    return { userId, lines, pictures };
  }

  /** Writes the archive. The manifest is the last member, so that an archive without it is incomplete. */
  async write(archive: Archive, { userId, lines, pictures }: Content, spool: Spool): Promise<void> {
    for (const { name, part } of lines) {
      const schema = await schemaOf(name);
      await archive.addText(schema.name, schema.text);
      await archive.add(`${name}.jsonl`, spool.read(part), { lines: part.count });
    }
    const missing: string[] = [];
    for (const picture of pictures) {
      const name = pictureFile(picture);
      const file = await this.store.open(picture.key);
      // Deleted since the snapshot.
      if (file === null) missing.push(name);
      else await archive.add(name, await file.stream(0, file.size - 1), { compress: false });
    }
    const schema = await schemaOf('manifest');
    await archive.addText(schema.name, schema.text);
    const manifest = {
      format: 'tankobon',
      version: PROJECT_VERSION,
      created: new Date().toISOString(),
      user_id: userId,
      members: [...archive.members],
      missing,
    };
    await archive.addText('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
    archive.end();
  }
}

async function* mapped<Row, Value>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  map: (row: Row) => Value,
): AsyncGenerator<Value> {
  for await (const row of rows) yield map(row);
}
