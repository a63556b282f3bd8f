import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Networks of proxies whose `X-Forwarded-For` is trusted. */
class TrustedProxies {
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
 * The address of the client. `X-Forwarded-For` is used only if a trusted proxy sent it. It is read from right to
 * left: the first address that does not belong to a trusted proxy is the client's. At an invalid entry the search
 * ends with the address of the last trusted proxy.
 */
function clientAddress({ socket, headers }: IncomingMessage, proxies: TrustedProxies): string {
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

/** An address without the port, brackets and zone that some proxies add; null if it is invalid. */
function plainAddress(entry: string): string | null {
  const [, bracketed, dotted, port = '0'] =
    /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const address = (bracketed ?? dotted ?? entry).replace(/%.*$/, '');
  if (isIP(address) === 0 || Number(port) > 65_535) return null;
  return mappedIpv4(address) ?? address;
}

/** The IPv4 address of an IPv4-mapped IPv6 address (`::ffff:0:0/96`); null for other addresses. */
function mappedIpv4(address: string): string | null {
  if (!address.includes(':')) return null;
  const groups = groupsOf(address);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (!isMapped) return null;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address, without its zone. */
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

/** The IPv4 suffix of an IPv6 address as two groups. */
function inGroups(dotted: string): string {
  const [one = 0, two = 0, three = 0, four = 0] = dotted.split('.').map(Number);
  return `${(one * 256 + two).toString(16)}:${(three * 256 + four).toString(16)}`;
}

/** The key of an address in rate limits: the /64 network of an IPv6 address, because one household has all of it. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const network = groupsOf(address).slice(0, 4);
  return mappedIpv4(address) ?? `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

/** Sets `request.ip` to the result of `clientAddress`. */
export function readClientAddresses(fastify: FastifyInstance, networks: readonly string[]): void {
  if (networks.length === 0) return;
  const proxies = new TrustedProxies(networks);
  fastify.addHook('onRequest', (request, _reply, next) => {
    Object.defineProperty(request, 'ip', { value: clientAddress(request.raw, proxies) });
    next();
  });
}
