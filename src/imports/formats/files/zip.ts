import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { InvalidFile } from '../import-failures.js';
import { damaged, type Source, streamSource } from './source.js';

/** A member of a zip archive. */
export interface Member {
  readonly name: string;
  readonly source: Source;
}

/** Members of an archive; an export of this service with pictures has a few hundred. */
const MAX_MEMBERS = 20_000;

export function isZip(bytes: Buffer): boolean {
  // An archive without members begins with its end record.
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * The files of a zip archive, in the order of its directory.
 *
 * @throws InvalidFile
 */
export async function membersOf(bytes: Buffer): Promise<Member[]> {
  try {
    const archive = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
    const members: Member[] = [];
    for await (const entry of archive.eachEntry()) {
      if (members.length === MAX_MEMBERS) throw new InvalidFile(null, `more than ${MAX_MEMBERS} members`);
      if (isFile(entry.fileName))
        members.push({ name: entry.fileName, source: memberSource(archive, entry) });
    }
    return members;
  } catch (error) {
    throw damaged(error);
  }
}

/** Leaves out folders and hidden files, such as those in which macOS keeps attributes. */
function isFile(name: string): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/') && !/(?:^|\/)\.[^/]*$/.test(name);
}

function memberSource(archive: ZipFile, entry: Entry): Source {
  return streamSource(() => archive.openReadStreamPromise(entry));
}
