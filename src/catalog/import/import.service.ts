import { Injectable, Logger } from '@nestjs/common';
import { actorOf, AuditLog } from '../../audit/audit-log.js';
import type { Viewer } from '../../access/access.js';
import { Transactions } from '../../database/transactions.js';
import {
  AppError,
  invalidParameters,
  missingParameters,
  payloadTooLarge,
  serviceUnavailable,
} from '../../http/app-error.js';
import { CatalogImporter, type LineWarning, type RefusedLine } from './catalog-importer.js';
import { ImportRepository } from './import.repository.js';
import { unzipped } from './line-reader.js';

/** Maximum bytes of an uploaded file, and of its unpacked content. */
export const IMPORT_BYTES = 50_000_000;
const UNPACKED_BYTES = 500_000_000;
/** Maximum number of refused lines; with more, the file is refused. */
const MAX_REFUSED = 1000;
/** Maximum number of warnings in the response; further ones are dropped. */
const MAX_WARNINGS = 1000;
/** `Retry-After` in seconds for a second concurrent import. */
const RETRY_AFTER = 15;

/** The result of an uploaded file. */
export interface UploadedImport {
  readonly series: number;
  readonly volumes: number;
  readonly unchanged: number;
  readonly refused: RefusedLine[];
  /** Parts of stored lines that were left out; absent if there are none. */
  readonly warnings?: LineWarning[];
}

/** Imports of uploaded files, each in one transaction with its entry in the audit log. */
@Injectable()
export class ImportService {
  private readonly logger = new Logger(ImportService.name);
  private busy = false;

  constructor(
    private readonly importer: CatalogImporter,
    private readonly repository: ImportRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Reads the body to its end, then imports it in one transaction.
   *
   * @param body null for a request without one
   * @throws missingParameters for an empty body, payloadTooLarge, invalidParameters for a damaged file or too many
   * refused
   *   lines, serviceUnavailable while another import runs on this node
   */
  async run(viewer: Viewer, body: AsyncIterable<Buffer> | null): Promise<UploadedImport> {
    if (this.busy) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
    this.busy = true;
    try {
      return await this.store(viewer, await collect(body));
    } finally {
      this.busy = false;
    }
  }

  private async store(viewer: Viewer, chunks: readonly Buffer[]): Promise<UploadedImport> {
    let updated: readonly string[] = [];
    const stored = await this.transactions.run(async () => {
      const refused: RefusedLine[] = [];
      const warnings: LineWarning[] = [];
      const report = await this.importer.import(bounded(chunks), {
        onRefused: (line) => {
          refused.push(line);
          if (refused.length > MAX_REFUSED)
            throw invalidFile(`has more than ${MAX_REFUSED} lines that are refused`);
        },
        onWarning: (warning) => {
          if (warnings.length < MAX_WARNINGS) warnings.push(warning);
        },
      });
      const { series, volumes, unchanged } = report;
      ({ updated } = report);
      this.audit.record(actorOf(viewer), {
        action: 'catalog.import',
        target: null,
        after: { series, volumes, unchanged, refused: refused.length },
      });
      const warned = warnings.length === 0 ? {} : { warnings: byLine(warnings) };
      return { series, volumes, unchanged, refused: byLine(refused), ...warned };
    });
    // The import is committed; an error here concerns only the rows that users added during it.
    await this.repository.notify(updated).catch((error: unknown) => {
      const { code = 'unknown' } = error as { code?: string };
      this.logger.warn(`The sort keys of rows added during an import may be stale: ${code}`);
    });
    return stored;
  }
}

function byLine<Line extends { readonly line: number }>(lines: readonly Line[]): Line[] {
  return lines.toSorted((one, other) => one.line - other.line);
}

/** Reads the body before the transaction begins, so that a slow client does not keep it open. */
async function collect(body: AsyncIterable<Buffer> | null): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > IMPORT_BYTES) throw payloadTooLarge();
    chunks.push(chunk);
  }
  if (length === 0) {
    throw missingParameters({ details: [{ field: 'body', messages: ['body must not be empty'] }] });
  }
  return chunks;
}

/** The unpacked bytes. @throws payloadTooLarge above the limit, which prevents decompression bombs */
async function* bounded(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  let length = 0;
  const source = (async function* () {
    yield* chunks;
  })();
  try {
    for await (const chunk of unzipped(source)) {
      length += chunk.length;
      if (length > UNPACKED_BYTES) throw payloadTooLarge();
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : invalidFile('is damaged or ends early', cause);
  }
}

function invalidFile(problem: string, cause?: unknown): AppError {
  return invalidParameters({ details: [{ field: 'body', messages: [`body ${problem}`] }], cause });
}
