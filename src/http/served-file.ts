import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from './compression.js';
import { encodeOnce, type Encoding, encodingFor } from './encoding.js';

/** A file that does not change while the service runs: it has an ETag, and is compressed once for each encoding. */
export class ServedFile {
  /** Weak, since the encodings of one file have it in common. */
  private readonly etag: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(
    private readonly bytes: Buffer,
    private readonly type: string,
    private readonly cacheControl: string,
  ) {
    this.etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  }

  /** Answers with the file as the client can take it, or with 304 to a client that has it. */
  async send({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.headers({ etag: this.etag, 'cache-control': this.cacheControl });
    addVary(reply);
    if (isKnown(headers['if-none-match'], this.etag)) return void reply.status(304).send();
    const encoding = encodingFor(headers['accept-encoding']);
    reply.header('content-type', this.type);
    if (encoding === null) return void reply.send(this.bytes);
    const body = await this.as(encoding);
    return void reply.header('content-encoding', encoding).send(body);
  }

  private as(encoding: Encoding): Promise<Buffer> {
    const known = this.encoded.get(encoding);
    if (known !== undefined) return known;
    const body = encodeOnce(this.bytes, encoding);
    this.encoded.set(encoding, body);
    body.catch(() => this.encoded.delete(encoding));
    return body;
  }
}

function isKnown(header: string | undefined, etag: string): boolean {
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return (header ?? '').split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag));
}
