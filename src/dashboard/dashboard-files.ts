import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { ServedFile } from '../http/served-file.js';

/** Vite writes a hash of the content into the names of the files of this folder. */
const HASHED = 'assets/';
const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The built dashboard. Only names that the folder has are served, so that no path leads out of it. */
export class DashboardFiles {
  private names: ReadonlySet<string> = new Set();
  private readonly files = new Map<string, ServedFile>();

  /**
   * @param folder the folder that Vite writes; absent until the dashboard is built
   * @param base the path of `PUBLIC_URL`, under which browsers reach the service
   */
  constructor(
    private readonly folder: string,
    private readonly base: string,
  ) {}

  /** The page, which shows every view of the dashboard; undefined while the dashboard is not built. */
  index(): ServedFile | undefined {
    return this.find(INDEX);
  }

  /** The file of a path below `/dashboard`; undefined if there is none. */
  find(name: string): ServedFile | undefined {
    if (this.names.size === 0) this.names = namesIn(this.folder);
    if (!this.names.has(name)) return undefined;
    const file = this.files.get(name) ?? this.read(name);
    this.files.set(name, file);
    return file;
  }

  private read(name: string): ServedFile {
    const bytes = readFileSync(join(this.folder, name));
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    if (name === INDEX) return new ServedFile(this.atBase(bytes), type, 'no-cache');
    const lifetime = name.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600';
    return new ServedFile(bytes, type, lifetime);
  }

  /** The page is served at paths of every depth, so that the relative addresses in it become absolute. */
  private atBase(page: Buffer): Buffer {
    return Buffer.from(page.toString().replaceAll('"./', `"${this.base}/dashboard/`));
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  if (!existsSync(join(folder, INDEX))) return new Set();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/')),
  );
}
