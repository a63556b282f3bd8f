import { countersBy } from '../metrics.js';
import type { ImportState } from './imports.entity.js';

/** The states in which the jobs of imports leave them: `preview` when the file is read. */
const ENDS = ['preview', 'done', 'failed', 'undone'] as const satisfies readonly ImportState[];

const ended = countersBy({
  name: 'imports_ended_total',
  help: 'Jobs of imports that this node has ended, by the state that the import has since',
  label: 'state',
  values: ENDS,
});

/** Counts the end of a job. It is called after the commit: a transaction can be rolled back, or run twice. */
export function countEnd(state: (typeof ENDS)[number]): void {
  ended.inc({ state });
}
