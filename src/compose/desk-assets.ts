import { readFileSync } from 'node:fs'
import { versioned } from './versioned-asset.ts'
import type { DeskAssets } from '../desk/assets.ts'

const read = (name: string) =>
  versioned(readFileSync(new URL(`../desk/assets/${name}`, import.meta.url), 'utf8'))

/** The review desk's own files, read once. */
export const deskAssets: DeskAssets = { css: read('desk.css'), script: read('desk.js') }
