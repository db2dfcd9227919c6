import { BlockList, isIP, isIPv4 } from 'node:net'

/** Which addresses may be connected to: all, those of the public internet, or what a function says. */
export type Allow = 'any' | 'public' | ((address: string) => boolean)

/** The test of a policy, for numeric addresses; `undefined` where everything is allowed. */
export function addressTest(allow: Allow): ((address: string) => boolean) | undefined {
  if (allow === 'any') return undefined
  return allow === 'public' ? isPublic : address => allow(plain(address)) === true
}

/** Blocks that are not the public internet's, by the special-purpose registries of IANA. */
const SPECIAL =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ' +
  // Within 2000::/3, which all public addresses of IPv6 are in; some of these stand for addresses of IPv4.
  '2001::/23 2001:db8::/32 2002::/16 3fff::/20'

const special = blocks(SPECIAL)
const global6 = blocks('2000::/3')

function blocks(list: string): BlockList {
  const all = new BlockList()
  for (const block of list.split(' ')) {
    const [net, bits] = block.split('/') as [string, string]
    all.addSubnet(net, Number(bits), isIPv4(net) ? 'ipv4' : 'ipv6')
  }
  return all
}

/** Whether it is an address of the public internet; IPv4 within IPv6 is judged as IPv4, a name is none. */
export function isPublic(address: string): boolean {
  const bare = plain(address)
  if (isIPv4(bare)) return !special.check(bare, 'ipv4')
  return isIP(bare) === 6 && global6.check(bare, 'ipv6') && !special.check(bare, 'ipv6')
}

/** Without a zone, and IPv4 that is written as IPv6 as IPv4. */
function plain(address: string): string {
  const bare = address.split('%', 1)[0] as string
  const [, dotted, high, low] = /^::ffff:(?:([\d.]+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(bare) ?? []
  if (high === undefined || low === undefined) return dotted ?? bare
  const [h, l] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [h >> 8, h & 255, l >> 8, l & 255].join('.')
}
