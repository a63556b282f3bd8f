import type { IncomingHttpHeaders } from 'node:http';

/** The trace that a request belongs to, for logs. */
interface TraceContext {
  readonly traceId: string;
  /** The span of the caller. */
  readonly spanId: string;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/**
 * Reads the header `traceparent`. A malformed one is ignored, so that nothing else of it reaches the log.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export function traceContextOf({ traceparent }: IncomingHttpHeaders): TraceContext | undefined {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  const [, version, traceId, spanId, more] = match ?? [];
  // Only later versions than 00 have more fields.
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) {
    return undefined;
  }
  return { traceId, spanId };
}
