import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { notFound, defineError } from '../http/app-error.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ImageStore } from './image-store.js';
import { PhotoToken, PictureFile, PictureHash, PictureAvatarId } from './path-parameters.js';

const TYPES: Record<string, string> = {
  gif: 'image/gif',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};
/** Keys of avatars. Only keys that match a pattern are served, which prevents path traversal. */
const AVATAR_KEY = /^(?:\d{1,10})\/(?:[0-9a-f]{40})\/(?:full|\d{2,3}x\d{2,3})\.(gif|jpg|png|webp)$/;

const PHOTO_KEY = /^(?:[0-9a-f]{32})\/(?:full|thumbnail)\.(gif|jpg|png|webp)$/;

const rangeNotSatisfiable = defineError(416, 'Range not satisfiable');

/**
 * Serves stored pictures. Pictures in S3 are streamed by this node, so that their URLs never change and can be
 * cached.
 */
@ApiTags('Images')
@Controller('images')
export class ImagesController {
  constructor(private readonly store: ImageStore) {}

  @Get('avatars/:id/:hash/:file')
  @Public()
  @ApiRoute({
    id: 'imagesGetAvatar',
    summary: 'Get a picture of an avatar',
    description: 'Immutable: may be cached for ever. Answers conditional and range requests.',
    image: 'stored',
    errors: [notFound, rangeNotSatisfiable],
  })
  async avatar(
    @PictureAvatarId() id: string,
    @PictureHash() hash: string,
    @PictureFile() file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = `${id}/${hash}/${file}`;
    const extension = AVATAR_KEY.exec(key)?.[1];
    if (extension === undefined || !this.store.handlesFiles) throw notFound();
    await this.serve(`avatars/${key}`, TYPES[extension] as string, request, reply);
  }

  @Get('photos/:token/:file')
  @Public()
  @ApiRoute({
    id: 'imagesGetPhoto',
    summary: 'Get a photo or its thumbnail',
    description: 'Immutable: may be cached for ever. Answers conditional and range requests.',
    image: 'stored',
    errors: [notFound, rangeNotSatisfiable],
  })
  async photo(
    @PhotoToken() token: string,
    @PictureFile() file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = `${token}/${file}`;
    const extension = PHOTO_KEY.exec(key)?.[1];
    if (extension === undefined || !this.store.handlesFiles) throw notFound();
    await this.serve(`photos/${key}`, TYPES[extension] as string, request, reply);
  }

  private async serve(
    key: string,
    type: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const file = await this.store.open(key);
    if (file === null) throw notFound();
    const etag = `"${key.split('/').slice(-2).join('-')}"`;
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('etag', etag)
      .header('accept-ranges', 'bytes')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('content-type', type);
    const known = request.headers['if-none-match'];
    if (
      known !== undefined &&
      known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
    ) {
      return void reply.status(304).send();
    }
    const range = parseRange(request.headers, etag, file.size);
    if (range === 'unsatisfiable') {
      for (const name of ['etag', 'cache-control', 'content-type']) reply.removeHeader(name);
      reply.header('content-range', `bytes */${file.size}`);
      throw rangeNotSatisfiable();
    }
    const { start, end } = range ?? { start: 0, end: file.size - 1 };
    if (range !== null) reply.status(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
    reply.header('content-length', end - start + 1);
    if (request.method === 'HEAD') return void reply.send();
    return void reply.send(await file.stream(start, end));
  }
}

/**
 * Parses the Range header. Null for the whole file: without a range, for several ranges, or if If-Range has another
 * ETag.
 */
function parseRange(headers: FastifyRequest['headers'], etag: string, size: number) {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(headers.range ?? '');
  const condition = headers['if-range'];
  if (match === null || (condition !== undefined && condition !== etag)) return null;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return null;
  // An inverted range is ignored (RFC 9110, 14.1.1).
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) return 'unsatisfiable';
  return { start, end };
}
