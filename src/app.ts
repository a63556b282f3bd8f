import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyHttpOptions, type FastifyInstance, LogController } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { DatabaseSettings } from './database/database-settings.js';
import type { RunningDatabase } from './database/running-database.js';
import { cacheAnonymousAnswers } from './access/anonymous-caching.js';
import { applyBodyLimits } from './limits/body-limit.js';
import { compressAnswers } from './http/compression.js';
import { BODY_LIMIT, parseBodies } from './http/body-parsing.js';
import { sendError } from './http/error.filter.js';
import { acceptBlankIds } from './http/blank-ids.js';
import { readClientAddresses } from './http/client-address.js';
import { answerClientErrors, answerConnect } from './http/client-errors.js';
import { allowCrossOrigin, answerCrossOrigin } from './http/cross-origin.js';
import { traceContextOf } from './http/trace-context.js';
import { answerHead } from './http/head-routes.js';
import { discardUnreadBodies, discardUnreadBody } from './http/unread-bodies.js';
import {
  expectationFailed,
  headersTooLarge,
  invalidParameters,
  notFound,
  serviceUnavailable,
} from './http/app-error.js';
import { LoadMonitor, shedLoad } from './limits/load-shedding.js';
import { RequestLimit } from './limits/request-limit.js';
import { limitRequests } from './limits/limit-requests.js';
import { RequestKeys } from './access/request-keys.js';
import { createLogger, logAnswers, NestLogger } from './http/logging.js';
import { acceptUploads } from './images/upload.js';
import { measureAnswers } from './health/metrics.js';
import { secureAnswers, securityHeaders } from './http/security-headers.js';

/** Maximum size of a request's URL and headers in bytes. */
const MAX_HEADER_BYTES = 16 * 1024;
/**
 * The HTTP parser's limit. It is higher than `MAX_HEADER_BYTES`, because requests that the parser rejects reach no hook
 * and no route.
 */
const MAX_PARSED_BYTES = 128 * 1024;
/** Requests whose `Expect` header is not `100-continue`. */
const unmetExpectations = new WeakSet<IncomingMessage>();
/** `Retry-After` in seconds while the node is stopping. */
const RETRY_AFTER = 2;

/** Creates the app for the service, the tests and the scripts. It does not listen yet. */
export async function createApp(config: Config, database: RunningDatabase): Promise<NestFastifyApplication> {
  const adapter = createAdapter(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, databaseSettings(config, database)),
    adapter,
    { bodyParser: false, abortOnError: false, logger: new NestLogger(createLogger(config)) },
  );
  return configureApp(app, config);
}

export function databaseSettings(config: Config, database: RunningDatabase): DatabaseSettings {
  const prepares = database.url === database.directUrl;
  return new DatabaseSettings(database.url, prepares, config.databasePoolSize, config.databaseReplicaUrls);
}

/** Fastify with limits for sizes and times of requests. */
export function createAdapter(config: Config): FastifyAdapter {
  const headers = securityHeaders(config);
  const adapter = new FastifyAdapter({
    loggerInstance: createLogger(config),
    // Not that of a client, which could name a request of another one.
    genReqId: () => randomUUID(),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, ...traceContextOf(request.headers) }, options),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 65_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 15_000, requireHostHeader: false, maxHeaderSize: MAX_PARSED_BYTES },
    forceCloseConnections: 'idle',
    routerOptions: {
      ignoreTrailingSlash: true,
      // Long ids must reach their route; the limit of the headers bounds their length.
      maxParamLength: 16_384,
    },
    exposeHeadRoutes: false,
    // Fastify's 503 has another format: `closeWhileStopping` answers instead.
    return503OnClosing: false,
    // Fastify calls this function before any hook runs.
    frameworkErrors: (error, request, reply) => {
      reply.headers(headers);
      discardUnreadBody(request.raw);
      if (answerCrossOrigin(config, request as never, reply as never)) return;
      const refused = isTooLarge(request.raw) ? headersTooLarge() : error;
      sendError(refused, request as never, reply as never);
    },
    clientErrorHandler: answerClientErrors(config),
  } as FastifyHttpOptions<Server>);
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.server.on('connect', answerConnect(config, headers));
  // Without a listener Node refuses the request itself; `refuseMalformed` answers instead.
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unmetExpectations.add(request);
    fastify.server.emit('request', request, response);
  });
  acceptBlankIds(fastify);
  applyBodyLimits(fastify);
  answerHead(fastify);
  return adapter;
}

/** Registers the hooks and parsers of every app. */
export async function configureApp(
  app: NestFastifyApplication,
  config: Config,
): Promise<NestFastifyApplication> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  // First, so that every answer has the security headers.
  secureAnswers(fastify, config);
  allowCrossOrigin(fastify, config);
  readClientAddresses(fastify, config.trustedProxies);
  parseBodies(fastify);
  await acceptUploads(fastify);
  logAnswers(fastify, config);
  measureAnswers(fastify);
  refuseMalformed(fastify);
  closeWhileStopping(fastify);
  const keys = app.get(RequestKeys);
  limitRequests(fastify, app.get(RequestLimit), (request) => keys.of(request));
  if (config.shedLoad) await shedLoad(fastify, app.get(LoadMonitor));
  discardUnreadBodies(fastify);
  cacheAnonymousAnswers(fastify);
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    next(null, payload);
  });
  compressAnswers(fastify);
  return app;
}

/**
 * Refuses requests that Fastify or Node would refuse in another format: long headers, an unknown `Expect`, OPTIONS, HTTP/1.1
 * without a host.
 */
function refuseMalformed(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { method, headers, raw } = request;
    if (isTooLarge(raw)) return next(headersTooLarge());
    if (unmetExpectations.has(raw)) return next(expectationFailed());
    // Fastify refuses QUERY without a body before it looks for a route.
    if (method === 'OPTIONS' || method === 'QUERY') return sendError(notFound(), request, reply);
    return next(headers.host === undefined && raw.httpVersion === '1.1' ? invalidParameters() : undefined);
  });
}

function isTooLarge({ url = '', rawHeaders }: IncomingMessage): boolean {
  let bytes = url.length;
  for (const text of rawHeaders) bytes += text.length + 2;
  return bytes > MAX_HEADER_BYTES;
}

/** While the service is stopping, refuses new requests and closes each connection after its answer. */
function closeWhileStopping(fastify: FastifyInstance): void {
  let stopping = false;
  fastify.addHook('preClose', (next) => {
    stopping = true;
    next();
  });
  fastify.addHook('onRequest', (_request, _reply, next) =>
    next(stopping ? serviceUnavailable({ retryAfter: RETRY_AFTER }) : undefined),
  );
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (stopping) reply.header('connection', 'close');
    next(null, payload);
  });
}
