import type { Server } from 'node:http';
import cors from '@fastify/cors';
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
import { renderRawError } from './http/families.js';
import { invalidParameters, notFound } from './http/app-error.js';
import { shedLoad } from './http/load-shedding.js';
import { RequestLimit } from './http/request-limit.js';
import { limitRequests } from './auth/limit-requests.js';
import { VerifiedTokens } from './auth/verified-tokens.js';
import { createLogger, logAnswers, NestLogger } from './http/logging.js';
import { acceptUploads } from './http/upload.js';
import { measureAnswers } from './http/metrics.js';
import { secureAnswers, securityHeaders } from './http/security-headers.js';

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
    http: { headersTimeout: 15_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
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
      sendError(error, request as never, reply as never);
    },
    clientErrorHandler: (error, socket) => {
      const [status, message] =
        error.code === 'HPE_HEADER_OVERFLOW' ? [431, 'Invalid parameters'] : [400, 'Invalid parameters'];
      if (socket.writable && error.code !== 'ECONNRESET')
        socket.write(renderRawError(status as number, message as string));
      socket.destroy();
    },
  } as FastifyHttpOptions<Server>);
  const fastify = adapter.getInstance<FastifyInstance>();
  blankIds.collect(fastify);
  applyBodyLimits(fastify);
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
  parseBodies(fastify);
  await acceptUploads(fastify);
  logAnswers(fastify, config);
  measureAnswers(fastify);
  refuseMalformed(fastify);
  closeWhileStopping(fastify);
  limitRequests(fastify, app.get(RequestLimit), app.get(VerifiedTokens));
  if (config.shedLoad) await shedLoad(fastify);
  await app.register(cors as never, {
    origin: [...config.corsOrigins],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type'],
    exposedHeaders: ['retry-after', 'ratelimit', 'ratelimit-policy'],
    maxAge: 600,
  });
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    next(null, payload);
  });
  compressAnswers(fastify);
  return app;
}

/** What would otherwise be answered in another shape: OPTIONS that is no preflight, HTTP/1.1 without a host. */
function refuseMalformed(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { method, headers, raw } = request;
    const isPreflight =
      headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    // Answered here: the route of preflights does not know the app's error handler.
    if (method === 'OPTIONS' && !isPreflight) return sendError(notFound(), request, reply);
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
