import type { FastifyInstance } from 'fastify';

/** Routes of the frontends whose id may be blank, which is a missing parameter there and an unknown route elsewhere. */
const SOURCE_ROUTE =
  /^(\/user\/(?:reading-status|series-rating|collection|update-image|delete-image)(?:\/.*)?)\/:id$/;

/**
 * Lets a request for `/user/reading-status/id/` reach its route with a blank id, although trailing slashes are
 * ignored: its URL gets a space as the id.
 */
export function refuseBlankIds(): {
  collect: (fastify: FastifyInstance) => void;
  rewrite: (url: string) => string;
} {
  const prefixes = new Set<string>();
  const exact = new Set<string>();
  return {
    collect: (fastify) => {
      fastify.addHook('onRoute', ({ url }) => {
        const prefix = SOURCE_ROUTE.exec(url)?.[1];
        if (prefix !== undefined) prefixes.add(prefix);
        else exact.add(url);
      });
    },
    rewrite: (url) => {
      const end = url.indexOf('?');
      if (url.startsWith('/users//')) return `/users/%20/${url.slice('/users//'.length)}`;
      const path = (end === -1 ? url : url.slice(0, end)).replace(/\/+$/, '');
      if (!prefixes.has(path) || exact.has(path)) return url;
      return `${path}/%20${end === -1 ? '' : url.slice(end)}`;
    },
  };
}
