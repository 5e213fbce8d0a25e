import type { Context } from 'hono'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** The host as the caller named it. */
export const hostOf = (c: Context) => c.req.header('host') ?? new URL(c.req.url).host

/** A foreign name that resolves to this machine is not somebody on it (DNS rebinding). */
export const namesLoopback = (c: Context) => LOOPBACK.test(hostOf(c))
