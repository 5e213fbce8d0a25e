import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { TriageError } from '../domain/errors.ts'
import { loadModel } from '../scorers/local/load-node.ts'

/** What a model folder needs, as the Hugging Face hub lays it out. */
const FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model_quantized.onnx',
]
const RECORD = 'pulled.json'
const NAME = /^(?!.*\.\.)[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/
const REVISION = /^(?!.*\.\.)[A-Za-z0-9][\w.-]{0,95}$/

const record = z.object({
  id: z.string(),
  revision: z.string(),
  /** The commit that the hub named; null when it named none. */
  commit: z.string().nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.number() })),
})
export type PulledModel = z.infer<typeof record>

export type PullPlan = {
  readonly id: string
  readonly revision: string
  /** Must not exist yet. */
  readonly folder: string
  /** The hub's address. */
  readonly endpoint: string
  readonly token?: string | undefined
}

/**
 * Fetches a model once: into a folder beside the target, checked by loading it, moved into place whole, with the hash of
 * every file in `pulled.json`. @throws TriageError `configuration` that says what is wrong; nothing is left behind then.
 */
export async function pullModel(plan: PullPlan): Promise<PulledModel> {
  if (!NAME.test(plan.id)) throw wrong(`"${plan.id}" is not a model id such as owner/name`)
  if (!REVISION.test(plan.revision)) throw wrong(`"${plan.revision}" is not a revision`)
  if (existsSync(plan.folder)) throw wrong(`${plan.folder} exists already; a model is pulled once`)
  const draft = `${plan.folder}.part`
  await rm(draft, { recursive: true, force: true })
  try {
    const pulled: PulledModel = { id: plan.id, revision: plan.revision, commit: null, files: {} }
    for (const file of FILES) {
      const { commit, ...stored } = await fetchFile(file, join(draft, file), plan)
      pulled.files[file] = stored
      pulled.commit ??= commit
    }
    await loadModel(draft)
    await writeFile(join(draft, RECORD), `${JSON.stringify(pulled, null, 2)}\n`)
    await mkdir(dirname(plan.folder), { recursive: true })
    await rename(draft, plan.folder)
    return pulled
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The files that are not what was pulled; null when the folder was not pulled. */
export async function changedSincePull(folder: string): Promise<readonly string[] | null> {
  if (!existsSync(join(folder, RECORD))) return null
  const { files } = record.parse(JSON.parse(await readFile(join(folder, RECORD), 'utf8')))
  const changed: string[] = []
  for (const [file, { sha256 }] of Object.entries(files)) {
    const hash = createHash('sha256')
    const isThere = await pipeline(createReadStream(join(folder, file)), hash).then(
      () => true,
      () => false,
    )
    if (!isThere || hash.digest('hex') !== sha256) changed.push(file)
  }
  return changed
}

async function fetchFile(
  file: string,
  path: string,
  { endpoint, id, revision, token }: PullPlan,
): Promise<{ readonly sha256: string; readonly bytes: number; readonly commit: string | null }> {
  const response = await fetch(`${endpoint}/${id}/resolve/${revision}/${file}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw wrong(`${new URL(endpoint).host} cannot be reached`, cause)
  })
  if (!response.ok || response.body === null)
    throw wrong(`${file} of ${id} answered ${response.status}`)
  const hash = createHash('sha256')
  let bytes = 0
  await mkdir(dirname(path), { recursive: true })
  await pipeline(
    Readable.fromWeb(response.body),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(path),
  ).catch((cause: unknown) => {
    throw wrong(`${file} of ${id} broke off`, cause)
  })
  const sha256 = hash.digest('hex')
  // The hub names the SHA-256 of large files.
  const promised = /^"?([0-9a-f]{64})"?$/.exec(response.headers.get('x-linked-etag') ?? '')?.[1]
  if (promised !== undefined && promised !== sha256)
    throw wrong(`${file} of ${id} is not what the hub promised (SHA-256 differs)`)
  return { sha256, bytes, commit: response.headers.get('x-repo-commit') }
}

const wrong = (why: string, cause?: unknown) =>
  new TriageError('configuration', `Cannot pull the model: ${why}`, { cause })
