import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { entryOf } from '../domain/entry-of.ts'

const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
}

/** Files of the documentation page from the installed package; nothing else in that folder can be named. */
export async function docsAsset(name: string): Promise<{ body: string; type: string } | undefined> {
  const type = entryOf(TYPES, name)
  if (type === undefined) return undefined
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return { body: await readFile(join(folder, name), 'utf8'), type }
}
