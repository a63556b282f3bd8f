import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';

/**
 * Adds options that Fastify's hooks read from `routeOptions.config`. Nest's own decorator would replace earlier
 * options.
 */
export function RouteOption(option: object): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const former = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as object | undefined;
    return RouteConfig({ ...former, ...option })(target, key, descriptor as PropertyDescriptor) as void;
  };
}
