import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Networks whose proxies are trusted to say who has connected to them. */
export class TrustedProxies {
  private readonly networks = new BlockList();

  /** @param networks addresses, or networks such as `10.0.0.0/8` */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (bits === undefined) this.networks.addAddress(address, family);
      else this.networks.addSubnet(address, Number(bits), family);
    }
  }

  includes(address: string): boolean {
    return this.networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * The address of the client. `X-Forwarded-For` counts where a trusted proxy has sent it; it is read from the right, and
 * the first address that is no trusted proxy's is the client's. An entry that is no address ends the reading: then the
 * address of the last trusted proxy counts.
 */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: TrustedProxies): string {
  let address = plainAddress(socket.remoteAddress ?? '') ?? '';
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
  const entries = forwarded === '' ? [] : forwarded.split(',');
  while (address !== '' && proxies.includes(address)) {
    const entry = entries.pop();
    const next = entry === undefined ? null : plainAddress(entry.trim());
    if (next === null) break;
    address = next;
  }
  return address;
}

/** An address without the port, brackets and zone that some proxies write; null for anything else. */
function plainAddress(entry: string): string | null {
  const bare =
    /^\[([^\]]+)\](?::\d{1,5})?$/.exec(entry)?.[1] ??
    /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(entry)?.[1] ??
    entry;
  const address = bare.replace(/%.*$/, '');
  if (isIP(address) === 0) return null;
  return mappedIpv4(address) ?? address;
}

/** The IPv4 address that an IPv6 address of `::ffff:0:0/96` stands for; null for other addresses. */
export function mappedIpv4(address: string): string | null {
  if (isIP(address) !== 6) return null;
  const host = new URL(`http://[${address}]`).hostname;
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  if (match === null) return null;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Makes `request.ip` the client's address behind the trusted proxies. */
export function readClientAddresses(fastify: FastifyInstance, networks: readonly string[]): void {
  if (networks.length === 0) return;
  const proxies = new TrustedProxies(networks);
  fastify.addHook('onRequest', (request, _reply, next) => {
    Object.defineProperty(request, 'ip', { value: clientAddress(request.raw, proxies) });
    next();
  });
}
