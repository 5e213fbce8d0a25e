import script from '../../node_modules/swagger-ui-dist/swagger-ui-bundle.js'
import styles from '../../node_modules/swagger-ui-dist/swagger-ui.css'
import type { DocsDeps } from '../http/docs.ts'

const FILES = new Map([
  ['swagger-ui.css', { body: styles, type: 'text/css' }],
  ['swagger-ui-bundle.js', { body: script, type: 'text/javascript' }],
])

/** Files of the documentation page, bundled as text. */
export const docsAsset: DocsDeps['docsAsset'] = async (name) => FILES.get(name)
