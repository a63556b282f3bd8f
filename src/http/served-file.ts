import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from './vary.js';
import { encodeStatic, type Encoding, encodingFor } from './encoding.js';

/** A static file with an ETag. It is compressed once for each encoding. */
export class ServedFile {
  /** Weak, because all encodings of a file share it. */
  private readonly etag: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(
    private readonly bytes: Buffer,
    private readonly type: string,
    private readonly cacheControl: string,
  ) {
    this.etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  }

  /** Sends the file in an encoding that the client accepts, or 304 if the client's copy is current. */
  async send({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.headers({ etag: this.etag, 'cache-control': this.cacheControl });
    addVary(reply);
    if (matches(headers['if-none-match'], this.etag)) return void reply.status(304).send();
    const encoding = encodingFor(headers['accept-encoding']);
    reply.header('content-type', this.type);
    if (encoding === null) return void reply.send(this.bytes);
    const body = await this.encode(encoding);
    return void reply.header('content-encoding', encoding).send(body);
  }

  private encode(encoding: Encoding): Promise<Buffer> {
    const cached = this.encoded.get(encoding);
    if (cached !== undefined) return cached;
    const body = encodeStatic(this.bytes, encoding);
    this.encoded.set(encoding, body);
    body.catch(() => this.encoded.delete(encoding));
    return body;
  }
}

function matches(header: string | undefined, etag: string): boolean {
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return (header ?? '').split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag));
}
