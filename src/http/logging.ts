import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Logger, pino, stdSerializers } from 'pino';
import { traceContextOf } from './trace-context.js';
import { type Config, StartError } from '../config.js';

/** Names of headers and fields that are redacted in logs. */
const REDACTED = [
  'authorization',
  'cookie',
  'set-cookie',
  'webapiclientkey',
  'password',
  'accessToken',
  'refreshToken',
  'image',
];

/** The service's logger: one JSON object per line on standard output. */
export function createLogger(config: Config): Logger {
  return pino({
    level: config.logLevel,
    base: null,
    redact: {
      paths: REDACTED.flatMap((name) => [quoted(name), `*${quoted(name)}`, `*.headers${quoted(name)}`]),
      censor: '[redacted]',
    },
    serializers: { err: withoutValues },
  });
}

function quoted(name: string): string {
  return `["${name}"]`;
}

/**
 * An error without user data. Messages, details and statements of the database driver contain values; the class,
 * SQLSTATE and stack frames do not.
 */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const fromDriver = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const { type } = stdSerializers.err(error);
  return {
    type,
    code,
    message: fromDriver ? '(from the database)' : error.message,
    stack: frames.join('\n'),
  };
}

/** The path of the original URL, without the query, which may contain names and tokens. */
export function pathOf(request: FastifyRequest): string {
  const { originalUrl } = request;
  const end = originalUrl.indexOf('?');
  return end === -1 ? originalUrl : originalUrl.slice(0, end);
}

/** Access-log lines are buffered, up to 4 KiB or 100 ms: a write for each line costs as much as a small answer. */
const BUFFERED = { dest: 1, minLength: 4_096, periodicFlush: 100, sync: true };

/** Writes a line to the access log for each answer. The fields contain no secrets, so that no redaction is needed. */
export function logAnswers(fastify: FastifyInstance, { logLevel }: Config): void {
  if (!pino({ level: logLevel }).isLevelEnabled('info')) return;
  const destination = pino.destination(BUFFERED);
  const log = pino({ level: logLevel, base: null }, destination);
  fastify.addHook('onClose', (_instance, done) => {
    destination.flushSync();
    destination.end();
    done();
  });
  fastify.addHook('onResponse', (request, reply, next) => {
    log.info(
      {
        reqId: request.id,
        ...traceContextOf(request.headers),
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'answered',
    );
    next();
  });
}

/** Passes Nest's messages to the service's logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: rest.at(-1) }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    // `run` prints the message.
    if (message instanceof StartError) return;
    this.logger.error(
      { context: rest.at(-1), err: message instanceof Error ? message : undefined },
      String(message),
    );
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ context: rest.at(-1) }, String(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: rest.at(-1) }, String(message));
  }
}
