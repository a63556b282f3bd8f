import type { FastifyInstance, onRequestHookHandler, RouteOptions } from 'fastify';

/** The route option that names the path parameter that may be blank. */
export interface BlankIdOption {
  readonly blankId?: string | undefined;
}

/**
 * Registers each route with the option `blankId` for paths without that parameter too, so that the route reports it as
 * missing. Otherwise such paths are 404: Nest's adapter answers 404 if a parameter is empty, and the router ignores
 * trailing slashes. Call this function before the routes are registered.
 */
export function acceptBlankIds(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { blankId } = (route.config ?? {}) as BlankIdOption;
    if (blankId === undefined) return;
    route.onRequest = [...hooksOf(route), omitEmpty(blankId)];
    const end = `/:${blankId}`;
    if (!route.url.endsWith(end)) return;
    const config = { ...route.config, blankId: undefined } as object;
    fastify.route({ ...route, url: route.url.slice(0, -end.length), config });
  });
}

function hooksOf({ onRequest = [] }: RouteOptions): onRequestHookHandler[] {
  return Array.isArray(onRequest) ? onRequest : [onRequest];
}

function omitEmpty(name: string): onRequestHookHandler {
  return (request, _reply, next) => {
    const params = request.params as Record<string, string | undefined>;
    if (params[name] === '') delete params[name];
    next();
  };
}
