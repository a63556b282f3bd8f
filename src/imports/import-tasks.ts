import { defineTask } from '../queue/task.js';

/** The payload of a job about an import. */
export interface ImportJob {
  readonly userId: string;
  readonly id: number;
}

export const READ_IMPORT = defineTask<ImportJob>('import-read');
export const APPLY_IMPORT = defineTask<ImportJob>('import-apply');
export const UNDO_IMPORT = defineTask<ImportJob>('import-undo');

/** Thrown when the node stops: the job goes on later, on any node. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
}

export function requireRunning(signal: AbortSignal): void {
  if (signal.aborted) throw new JobStopped();
}
