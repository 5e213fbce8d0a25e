import ipaddr from 'ipaddr.js'

/**
 * Whether an address is out in the internet: not private, loopback, link-local (cloud metadata), multicast, reserved,
 * nor an IPv6 form that leads to an IPv4 address of that kind. What cannot be read is not.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.startsWith('[') ? address.slice(1, -1) : address
  if (!ipaddr.isValid(bare)) return false
  return ipaddr.process(bare).range() === 'unicast'
}

/** Whether a URL names an address that nothing may be sent to. Names are judged when they are looked up. */
export function namesPrivateAddress(url: string): boolean {
  const { hostname } = new URL(url)
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  return ipaddr.isValid(bare) && !isPublicAddress(bare)
}
