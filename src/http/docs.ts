import { html } from 'hono/html'
import { TriageError } from '../domain/errors.ts'
import type { App } from './app.ts'

export type DocsDeps = {
  /** Files of the documentation page (script, styles), by name; all are served from here, nothing from a CDN. */
  readonly docsAsset: (
    name: string,
  ) => Promise<{ readonly body: string; readonly type: string } | undefined>
  readonly version: string
}

/** The OpenAPI document and a page that shows it, without a network. */
export function addDocs(app: App, deps: DocsDeps): void {
  app.get('/openapi.json', (c) => c.json(openApiDocument(app, deps.version)))
  app.get('/docs', (c) => {
    c.header(
      'content-security-policy',
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    )
    return c.html(PAGE)
  })
  app.get('/docs/:name', async (c) => {
    const name = c.req.param('name')
    const asset =
      name === 'start.js' ? { body: START, type: 'text/javascript' } : await deps.docsAsset(name)
    if (asset === undefined)
      throw new TriageError('not_found', 'Cannot find this file of the documentation')
    return c.body(asset.body, 200, {
      'content-type': `${asset.type}; charset=utf-8`,
      'cache-control': 'public, max-age=3600',
    })
  })
}

/** OpenAPI 3.1 of every registered call. */
export function openApiDocument(app: App, version: string): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key; without any key configured, loopback callers need none',
  })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Triage',
      version,
      description:
        'One ticket in, one explained decision out: severity, type, team, one named owner, a backup and the clocks. Critical tickets are held for a person. Errors are RFC 9457 problem documents.',
      license: { name: 'MIT' },
    },
    security: [{ key: [] }, {}],
  })
}

const PAGE = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Triage API</title>
      <link rel="stylesheet" href="/docs/swagger-ui.css" />
    </head>
    <body>
      <div id="api"></div>
      <script src="/docs/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>
    </body>
  </html>`

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null, tryItOutEnabled: true })`
