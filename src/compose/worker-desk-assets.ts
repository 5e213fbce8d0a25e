import styles from '../desk/assets/desk.css'
import script from '../desk/assets/desk.js'
import type { DeskAssets } from '../desk/assets.ts'
import { versioned } from './versioned-asset.ts'

/** The review desk's own files, bundled as text. */
export const deskAssets: DeskAssets = { css: versioned(styles), script: versioned(script) }
