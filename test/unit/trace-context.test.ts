import { expect, it } from 'vitest';
import { traceContextOf } from '../../src/http/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it.each([`00-${TRACE}-${SPAN}-01`, `01-${TRACE}-${SPAN}-01`, `01-${TRACE}-${SPAN}-01-more`])(
  'reads %s',
  (traceparent) => {
    expect(traceContextOf({ traceparent })).toEqual({ traceId: TRACE, spanId: SPAN });
  },
);

it.each([
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  '',
])('ignores %j, which is malformed', (traceparent) => {
  expect(traceContextOf({ traceparent })).toBeUndefined();
});
