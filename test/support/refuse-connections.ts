import { appendFileSync } from 'node:fs'
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/**
 * Loaded before the service (`--import`): every way out but to the addresses in ALLOWED_CONNECTIONS (`host:port`, comma
 * between) throws and is written to the file REFUSED_CONNECTIONS.
 */
const allowed = new Set((process.env['ALLOWED_CONNECTIONS'] ?? '').split(',').filter(Boolean))
const record = process.env['REFUSED_CONNECTIONS']!

function refuse(way: string): never {
  appendFileSync(record, `${way}\n`)
  throw new Error(`Refused: ${way}`)
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with the socket below.
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
  // `net.connect` normalises its arguments to one array before it calls this.
  const [first, second] = Array.isArray(given[0]) ? given[0] : given
  const { host, port, path } =
    typeof first === 'object' && first !== null
      ? (first as { host?: string; port?: number | string; path?: string })
      : { host: typeof second === 'string' ? second : 'localhost', port: first as number }
  const address = path ?? `${host ?? 'localhost'}:${port}`
  if (!allowed.has(address)) refuse(`connect ${address}`)
  return Reflect.apply(connect, this, given) as net.Socket
}

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny'] as const) {
  const original = dns[name] as (...given: unknown[]) => unknown
  const guarded = (host: string, ...rest: unknown[]) =>
    net.isIP(host) > 0 || host === 'localhost' ? original(host, ...rest) : refuse(`dns ${host}`)
  Object.assign(dns, { [name]: guarded })
  const promised = dns.promises[name] as (...given: unknown[]) => unknown
  Object.assign(dns.promises, {
    [name]: (host: string, ...rest: unknown[]) =>
      net.isIP(host) > 0 || host === 'localhost' ? promised(host, ...rest) : refuse(`dns ${host}`),
  })
}
dgram.Socket.prototype.send = () => refuse('udp')
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'exec'] as const)
  Object.assign(childProcess, {
    [name]: (command: unknown) => refuse(`process ${String(command)}`),
  })
syncBuiltinESMExports()
