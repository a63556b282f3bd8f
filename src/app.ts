import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyHttpOptions, type FastifyInstance, LogController } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { DatabaseSettings } from './database/database-settings.js';
import type { RunningDatabase } from './database/running-database.js';
import { applyBodyLimits } from './http/body-limit.js';
import { compressAnswers } from './http/compression.js';
import { BODY_LIMIT, parseBodies } from './http/body-parsing.js';
import { sendError } from './http/error.filter.js';
import { refuseBlankIds } from './http/blank-ids.js';
import { readClientAddresses } from './http/client-address.js';
import { allowCrossOrigin, crossOriginHeaders } from './http/cross-origin.js';
import { answerHead } from './http/head-routes.js';
import { drainUnreadBodies } from './http/unread-bodies.js';
import { renderRawError } from './http/families.js';
import { headersTooLarge, invalidParameters, notFound } from './http/app-error.js';
import { LoadMonitor, shedLoad } from './http/load-shedding.js';
import { RequestLimit } from './http/request-limit.js';
import { limitRequests } from './auth/limit-requests.js';
import { VerifiedTokens } from './auth/verified-tokens.js';
import { createLogger, logAnswers, NestLogger } from './http/logging.js';
import { acceptUploads } from './http/upload.js';
import { measureAnswers } from './http/metrics.js';
import { secureAnswers, securityHeaders } from './http/security-headers.js';

/** Bytes of a request's headers at most. The parser's own limit is higher: what it refuses has no CORS headers. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The app of the service, of its tests and of its scripts, ready but not listening. */
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

/** Fastify with the bounds of the wire. */
export function createAdapter(config: Config): FastifyAdapter {
  const blankIds = refuseBlankIds();
  const headers = securityHeaders(config);
  const adapter = new FastifyAdapter({
    loggerInstance: createLogger(config),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 65_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 15_000, requireHostHeader: false, maxHeaderSize: 4 * MAX_HEADER_BYTES },
    forceCloseConnections: 'idle',
    rewriteUrl: (request) => blankIds.rewrite(request.url ?? '/'),
    routerOptions: {
      ignoreTrailingSlash: true,
      // Ids of any length are answered by their route; the limit of the headers bounds them.
      maxParamLength: 16_384,
    },
    exposeHeadRoutes: false,
    // These come before all hooks.
    frameworkErrors: (error, request, reply) => {
      reply.headers(headers);
      reply.headers(crossOriginHeaders(config, request.headers.origin, request.originalUrl));
      sendError(error, request as never, reply as never);
    },
    clientErrorHandler: (error, socket) => {
      const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
      if (socket.writable && error.code !== 'ECONNRESET')
        socket.write(renderRawError(status, 'Invalid parameters'));
      socket.destroy();
    },
  } as FastifyHttpOptions<Server>);
  const fastify = adapter.getInstance<FastifyInstance>();
  blankIds.collect(fastify);
  applyBodyLimits(fastify);
  answerHead(fastify);
  return adapter;
}

/** What every app of ours has around its modules. */
export async function configureApp(
  app: NestFastifyApplication,
  config: Config,
): Promise<NestFastifyApplication> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  // First, so that no answer is without them.
  secureAnswers(fastify, config);
  allowCrossOrigin(fastify, config);
  readClientAddresses(fastify, config.trustedProxies);
  parseBodies(fastify);
  await acceptUploads(fastify);
  logAnswers(fastify, config);
  measureAnswers(fastify);
  refuseMalformed(fastify);
  closeWhileStopping(fastify);
  limitRequests(fastify, app.get(RequestLimit), app.get(VerifiedTokens));
  if (config.shedLoad) await shedLoad(fastify, app.get(LoadMonitor));
  drainUnreadBodies(fastify);
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    next(null, payload);
  });
  compressAnswers(fastify);
  return app;
}

/** What would otherwise be answered in another shape: headers that are too long, OPTIONS, HTTP/1.1 without a host. */
function refuseMalformed(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { method, headers, raw } = request;
    const headerBytes = raw.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
    if (headerBytes > MAX_HEADER_BYTES) {
      reply.header('connection', 'close');
      return next(headersTooLarge());
    }
    if (method === 'OPTIONS') return sendError(notFound(), request, reply);
    return next(headers.host === undefined && raw.httpVersion === '1.1' ? invalidParameters() : undefined);
  });
}

/** Answers given while the service stops end their connections, which would keep it waiting. */
function closeWhileStopping(fastify: FastifyInstance): void {
  let stopping = false;
  fastify.addHook('preClose', (next) => {
    stopping = true;
    next();
  });
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (stopping) reply.header('connection', 'close');
    next(null, payload);
  });
}
