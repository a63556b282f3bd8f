import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { FromHeader } from './input.js';

/** The condition of `If-Match`: any existing resource, or one of the tags. */
export type IfMatch = { readonly kind: 'any' } | { readonly kind: 'tags'; readonly tags: readonly string[] };

const TAG = /^\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*$/;
const MAX_LENGTH = 4_096;

/** Parses `If-Match` (RFC 9110, 13.1.1); undefined if it is malformed. A weak tag never matches, and is left out. */
export function parseIfMatch(header: string): IfMatch | undefined {
  if (header.trim() === '*') return { kind: 'any' };
  const tags = parseTags(header);
  if (tags === null || header.length > MAX_LENGTH) return undefined;
  return { kind: 'tags', tags: tags.filter(({ isWeak }) => !isWeak).map(({ tag }) => tag) };
}

/** Whether `If-None-Match` names the tag, by weak comparison. A malformed header is ignored. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return parseTags(header)?.some((one) => one.tag === tag) ?? false;
}

/** The tags of a list; null if it is malformed. Empty elements are ignored (RFC 9110, 5.6.1). */
function parseTags(header: string): { tag: string; isWeak: boolean }[] | null {
  // A tag may contain commas.
  const parts = header.match(/(?:"[^"]*"|[^,"])+/g)?.filter((part) => part.trim() !== '') ?? [];
  const tags = parts.map((part) => TAG.exec(part));
  if (tags.length === 0 || tags.includes(null) || (header.match(/"/g)?.length ?? 0) % 2 === 1) return null;
  return (tags as RegExpExecArray[]).map(([, weak, tag]) => ({
    tag: tag as string,
    isWeak: weak !== undefined,
  }));
}

/** The condition of the request; null without one. @param what the resource that the tags are of */
export const IfMatchHeader = () =>
  FromHeader({
    name: 'If-Match',
    description:
      'Makes the change only if the entry has one of these ETags, or with `*` if there is an entry. Otherwise the answer is 412.',
    example: '"42"',
    maxLength: MAX_LENGTH,
    parse: parseIfMatch,
    requirement: 'must be * or a list of quoted tags',
  });

/** A response with a version, from which its ETag is made. */
interface Versioned {
  readonly version: number;
}

@Injectable()
class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Versioned | null>): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(map((resource) => answer(resource, http.getRequest(), http.getResponse())));
  }
}

function answer(resource: Versioned | null, request: FastifyRequest, reply: FastifyReply): unknown {
  reply.header('cache-control', 'private, no-cache');
  if (resource === null) return null;
  const tag = String(resource.version);
  reply.header('etag', `"${tag}"`);
  if (!matchesNone(request.headers['if-none-match'], tag)) return resource;
  reply.status(304);
  return undefined;
}

/** Answers a resource with its version as ETag, and 304 if the client's copy is current. */
export const WithEntityTag = () => applyDecorators(UseInterceptors(EntityTagInterceptor));
