import { randomBytes, randomUUID } from 'node:crypto'
import modelConfig from '../model/config.json' with { type: 'json' }
import packageJson from '../package.json' with { type: 'json' }
import classifyV1 from '../prompts/classify-ticket.v1.md'
import classifyV2 from '../prompts/classify-ticket.v2.md'
import saasPolicy from '../policies/saas.yaml'
import { createAppDeps } from './compose/app-deps.ts'
import { compileSource } from './compose/compile-source.ts'
import { openDeliverer } from './compose/deliverer.ts'
import { describeError } from './compose/describe-error.ts'
import { buildLadder } from './compose/ladder.ts'
import type { LateWork } from './compose/late-work.ts'
import { createLateWork } from './compose/late-work.ts'
import { createConfiguredLlm } from './compose/llm.ts'
import type { Assets } from './compose/worker-assets.ts'
import { loadModelFrom } from './compose/worker-assets.ts'
import { deskAssets } from './compose/worker-desk-assets.ts'
import { checkSource } from './compose/check-source.ts'
import { docsAsset } from './compose/worker-docs.ts'
import { llmOfRequest } from './compose/worker-llm.ts'
import type { IsolateModel } from './compose/worker-model.ts'
import { createIsolateModel } from './compose/worker-model.ts'
import type { Config } from './config.ts'
import { parseConfig } from './config.ts'
import { createFetchPost } from './delivery/post-fetch.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { TriageError } from './domain/errors.ts'
import type { App } from './http/app.ts'
import { createApp } from './http/app.ts'
import { problemOf, problemResponse } from './http/problem.ts'
import type { RateLimiter } from './http/rate-limit.ts'
import { createRateLimiter } from './http/rate-limit.ts'
import type { Scorer } from './domain/signal.ts'
import type { Db } from './store/db.ts'
import { forgetExpired } from './store/forget-expired.ts'
import { openPostgres } from './store/open-postgres.ts'
import { rememberPolicy } from './store/policies.ts'
import { tick } from './tick.ts'
import { tickParts } from './compose/tick.ts'
import { seal } from './store/seal.ts'

/** Bindings and variables of wrangler.toml. */
type WorkerEnv = {
  readonly MODEL: Assets
  readonly STORE?: { readonly connectionString: string }
  readonly [variable: string]: unknown
}

type Execution = { readonly waitUntil: (work: Promise<unknown>) => void }

/** What one request runs with. */
type Serving = { readonly db: Db; readonly env: WorkerEnv; readonly execution: Execution }

/** What all requests of an isolate share: values only, never a socket or a promise that belongs to one request. */
type Isolate = {
  readonly config: Config
  readonly databaseUrl: string
  readonly policy: { readonly compiled: CompiledPolicy; readonly source: string }
  /** Its counters, breaker and budget are those of the isolate. */
  readonly llm: Scorer | undefined
  readonly model: IsolateModel<Assets>
  readonly limiter: RateLimiter
  policyIsStored: boolean
}

/** The policies of this deployment, by the names that POLICY may have. */
const POLICIES: Readonly<Record<string, string>> = { 'policies/saas.yaml': saasPolicy }

/** The prompts of this deployment, by the names that LLM_PROMPT may have. */
const PROMPTS: Readonly<Record<string, string>> = {
  'prompts/classify-ticket.v1.md': classifyV1,
  'prompts/classify-ticket.v2.md': classifyV2,
}

/** How long the tickets that meet a new isolate wait for its model before phrases alone decide. */
const MODEL_WAIT_MS = 5_000
/** `waitUntil` gives no more than 30 s after the answer. */
const LATE_MS = 25_000
/** A request may have six sockets. */
const CONNECTIONS = 5

const now = () => new Date()
const elapsedMs = () => performance.now()

let shared: Isolate | undefined

function openIsolate(env: WorkerEnv): Isolate {
  const config = parseConfig(variablesOf(env))
  const databaseUrl = config.databaseUrl ?? env.STORE?.connectionString
  if (databaseUrl === undefined)
    throw new TriageError(
      'configuration',
      'Cannot start without a store: bind a Hyperdrive as STORE, or set DATABASE_URL',
    )
  const source = POLICIES[config.policyFile]
  if (source === undefined)
    throw new TriageError(
      'configuration',
      `Cannot find the policy ${config.policyFile}: POLICY must be one of ${Object.keys(POLICIES).join(', ')}`,
    )
  const compiled = compileSource(source, config.policyFile)
  return {
    config,
    databaseUrl,
    policy: { compiled, source },
    llm:
      config.llm &&
      createConfiguredLlm(config.llm, PROMPTS[config.llm.prompt], (call) =>
        log(config, 'debug', { ...call, msg: 'llm call' }),
      ),
    model: createIsolateModel<Assets>({
      version: modelConfig.version,
      load: loadModelFrom,
      waitMs: MODEL_WAIT_MS,
      elapsedMs,
    }),
    limiter: createRateLimiter(config.rateLimitPerMinute, elapsedMs),
    policyIsStored: false,
  }
}

/** Bindings are objects; the environment of Node is text. */
const variablesOf = (env: WorkerEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value !== 'object'))

/**
 * One app and one client per request: a socket cannot outlive its request here, and a request that is cut off runs no
 * `finally`, so a counter or a cached promise of one would block the others.
 */
function openApp(
  isolate: Isolate,
  { db, env, execution, later }: Serving & { readonly later: LateWork['later'] },
): App {
  const { config, policy, model, limiter } = isolate
  const { answerBudgetMs } = config
  const waitUntil = (work: Promise<unknown>) => execution.waitUntil(work)
  const request = { assets: env.MODEL, waitUntil }
  const { scorers, secondOpinion } = buildLadder(policy.compiled, {
    local: model.scorerFor(request),
    llm: isolate.llm && llmOfRequest(isolate.llm, waitUntil),
    answerBudgetMs,
  })
  return createApp(
    createAppDeps({
      db,
      // Nobody is on loopback here: a key is always required.
      config: { ...config, loopback: false },
      policy,
      scorers,
      ...(secondOpinion && { secondOpinion: { scorer: secondOpinion, answerBudgetMs, later } }),
      modelCheck: () => model.checkFor(request),
      limiter,
      docsAsset,
      checkPolicy: async (text) => checkSource(text, 'policy.yaml', Date.now()),
      deskAssets,
      version: packageJson.version,
      metrics: undefined,
      now,
      elapsedMs,
      newId: randomUUID,
      newSalt: () => randomBytes(16).toString('hex'),
      onDecision: () => {},
      onRequest: (entry) => log(config, 'info', { ...entry, msg: 'request' }),
      onUnexpected: (error, requestId) =>
        log(config, 'error', { ...describeError(error), requestId, msg: 'unexpected error' }),
    }),
  )
}

async function answer(request: Request, env: WorkerEnv, execution: Execution): Promise<Response> {
  const isolate = (shared ??= openIsolate(env))
  const db = openPostgres(isolate.databaseUrl, { max: CONNECTIONS })
  if (request.method === 'POST') await storePolicyOnce(isolate, db)
  const late = createLateWork((error) =>
    log(isolate.config, 'error', { ...describeError(error), msg: 'late revision failed' }),
  )
  const app = openApp(isolate, { db, env, execution, later: late.later })
  const response = await app.fetch(request)
  return closeAfter(response, () => late.finish(LATE_MS).then(() => db.close()), execution)
}

/** Receipts name the policy, so it is stored before the first of them. A store that is away will say so itself. */
async function storePolicyOnce(isolate: Isolate, db: Db): Promise<void> {
  if (isolate.policyIsStored) return
  const { compiled, source } = isolate.policy
  const policy = { hash: compiled.policy.hash, source, parsed: compiled.policy }
  isolate.policyIsStored = await rememberPolicy(db, policy, now()).then(
    () => true,
    () => false,
  )
}

/** A streamed answer still reads and writes, so the client lives until the last byte is out or nobody listens. */
function closeAfter(
  response: Response,
  close: () => Promise<void>,
  execution: Execution,
): Response {
  const { body } = response
  if (body === null) {
    execution.waitUntil(close())
    return response
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  async function passOn(from: ReadableStream<Uint8Array>): Promise<void> {
    await from.pipeTo(writable).catch(() => {})
    await close()
  }
  execution.waitUntil(passOn(body))
  return new Response(readable, response)
}

async function runTimers(env: WorkerEnv): Promise<void> {
  const isolate = (shared ??= openIsolate(env))
  const db = openPostgres(isolate.databaseUrl, { max: 1 })
  try {
    await tick({
      parts: tickParts({ db, policy: isolate.policy.compiled, newId: randomUUID }),
      now,
      onError: (error, part) =>
        log({ logLevel: 'error' }, 'error', { ...describeError(error), part, msg: 'tick failed' }),
    })
    const deliverer = openDeliverer({
      db,
      policy: isolate.policy.compiled,
      post: createFetchPost({ allowPrivate: isolate.config.allowPrivateWebhooks }),
      publicUrl: isolate.config.publicUrl,
      now,
      onError: (error) =>
        log({ logLevel: 'error' }, 'error', { ...describeError(error), msg: 'delivery failed' }),
    })
    await deliverer.pass()
    await deliverer.settled()
    await seal(db, now())
    await forgetExpired(db, now())
  } finally {
    await db.close()
  }
}

type Level = Config['logLevel']
const LEVELS: readonly Level[] = ['silent', 'error', 'warn', 'info', 'debug']

function log({ logLevel }: Pick<Config, 'logLevel'>, level: Level, entry: object): void {
  if (LEVELS.indexOf(level) > LEVELS.indexOf(logLevel)) return
  // oxlint-disable-next-line no-console -- Workers have no other log.
  console.log(JSON.stringify({ level, ...entry }))
}

export default {
  async fetch(request: Request, env: WorkerEnv, execution: Execution): Promise<Response> {
    try {
      return await answer(request, env, execution)
    } catch (error) {
      const requestId = randomUUID()
      log({ logLevel: 'error' }, 'error', {
        ...describeError(error),
        requestId,
        msg: 'cannot answer',
      })
      return problemResponse(problemOf(error, requestId))
    }
  },
  async scheduled(_event: unknown, env: WorkerEnv): Promise<void> {
    await runTimers(env)
  },
}
