import type { Hono } from 'hono'
import { etag } from 'hono/etag'

/** A file that the browser loads. `version` changes with its content. */
export type DeskAsset = { readonly body: string; readonly version: string }
export type DeskAssets = { readonly css: DeskAsset; readonly script: DeskAsset }

/** Where pages find the two files; the version in the address makes them safe to keep for ever. */
export const addressesOf = ({ css, script }: DeskAssets) => ({
  css: `/review/assets/desk.css?v=${css.version}`,
  script: `/review/assets/desk.js?v=${script.version}`,
})

/** Serves the desk's style sheet and script, without a session: the sign-in page needs them. */
export function addAssets(desk: Hono, { css, script }: DeskAssets): void {
  const FILES = [
    ['/assets/desk.css', css, 'text/css'],
    ['/assets/desk.js', script, 'text/javascript'],
  ] as const
  for (const [path, asset, type] of FILES)
    desk.get(path, etag(), (c) =>
      c.body(asset.body, 200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control':
          c.req.query('v') === asset.version
            ? 'public, max-age=31536000, immutable'
            : 'public, no-cache',
      }),
    )
}
