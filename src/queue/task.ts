/** A kind of job, with the type of its payload. */
export interface Task<Payload extends object> {
  /** Stored with each job: a node runs only tasks that it knows, so that nodes of two versions can share the queue. */
  readonly name: string;
  /** Number of starts after which a job is a dead letter. */
  readonly attempts: number;
  /** Never set: carries the type for inference. */
  readonly '~payload'?: Payload;
}

/** Declares a task. @param attempts see `Task.attempts`; twelve take about three hours */
export function defineTask<Payload extends object>(name: string, attempts = 12): Task<Payload> {
  return { name, attempts };
}

/** Thrown by a handler if the job can never succeed: it becomes a dead letter at once. */
export class PermanentFailure extends Error {}
