import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';

/** A file of a zip archive. */
export interface ZipMember {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** Reads a zip archive. @throws if it is incomplete, or if a file does not have its checksum */
export async function unzip(bytes: Buffer): Promise<ZipMember[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const members: ZipMember[] = [];
  while (members.length < zip.entryCount) {
    const found = once(zip, 'entry') as Promise<[Entry]>;
    zip.readEntry();
    const [entry] = await found;
    const { fileName: name, compressionMethod } = entry;
    members.push({ name, bytes: await read(zip, entry), isCompressed: compressionMethod !== 0 });
  }
  return members;
}

function read(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(buffer(stream))));
  });
}
