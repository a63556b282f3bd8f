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
  const [, bracketed, dotted, port = '0'] =
    /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const address = (bracketed ?? dotted ?? entry).replace(/%.*$/, '');
  if (isIP(address) === 0 || Number(port) > 65_535) return null;
  return mappedIpv4(address) ?? address;
}

/** The IPv4 address that an IPv6 address of `::ffff:0:0/96` stands for; null for other addresses. */
function mappedIpv4(address: string): string | null {
  if (!address.includes(':')) return null;
  const groups = groupsOf(address);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (!isMapped) return null;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address; its zone does not count. */
function groupsOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '');
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(plain)?.[0];
  const colons = dotted === undefined ? plain : plain.slice(0, -dotted.length) + inGroups(dotted);
  const [head = '', tail] = colons.split('::');
  const numbers = (text = '') =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail)];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array.from({ length: zeros }, () => 0), ...last];
}

/** The two groups that an IPv4 address is at the end of an IPv6 address. */
function inGroups(dotted: string): string {
  const [one = 0, two = 0, three = 0, four = 0] = dotted.split('.').map(Number);
  return `${(one * 256 + two).toString(16)}:${(three * 256 + four).toString(16)}`;
}

/** An address as the key of a limit: one household has a whole /64 of IPv6 addresses. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const network = groupsOf(address).slice(0, 4);
  return mappedIpv4(address) ?? `${network.map((group) => group.toString(16)).join(':')}::/64`;
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
