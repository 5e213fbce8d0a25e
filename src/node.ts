import { randomBytes, randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import { pino } from 'pino'
import { createAppDeps } from './compose/app-deps.ts'
import { compileSource, requireNoErrors } from './compose/compile-source.ts'
import { describeError } from './compose/describe-error.ts'
import { deskAssets } from './compose/desk-assets.ts'
import { checkInThread } from './compose/check-in-thread.ts'
import { docsAsset } from './compose/docs-assets.ts'
import { createLateWork } from './compose/late-work.ts'
import { createConfiguredLlm } from './compose/llm.ts'
import { readPrompt } from './compose/read-prompt.ts'
import { openDeliverer } from './compose/deliverer.ts'
import { createMetrics } from './compose/metrics.ts'
import { answerClientErrors } from './compose/client-errors.ts'
import { loadPolicy, type LoadedPolicy } from './compose/policy.ts'
import { openScorers } from './compose/scorers.ts'
import { openStore } from './compose/store.ts'
import { tickParts } from './compose/tick.ts'
import { startTimers } from './compose/timers.ts'
import { version } from './compose/version.ts'
import { welcome } from './compose/welcome.ts'
import type { Config } from './config.ts'
import { parseConfig } from './config.ts'
import { TriageError } from './domain/errors.ts'
import { createNodePost } from './delivery/post-node.ts'
import { createApp } from './http/app.ts'
import { countActiveKeys } from './store/keys.ts'
import { isStoreUnavailable } from './store/store-errors.ts'
import { rememberPolicy } from './store/policies.ts'
import { publishedPolicy } from './store/publications.ts'
import type { Db } from './store/db.ts'
import type { TickPart } from './tick.ts'

/** Time for requests in work to finish after SIGTERM; orchestrators kill after 30 s. */
const DRAIN_MS = 10_000
/** Time after it for scores that no answer waits for: as long as the LLM may take by default, and the writing. */
const LATE_MS = 10_000

/** `POLICY=published`: the version that was put in force last, and every later one within seconds. */
const PUBLISHED = 'published'
/** Decides until a first version was published. */
const SHIPPED = 'policies/saas.yaml'

/** @throws TriageError `configuration` or `invalid_policy` before anything else is opened. */
async function loadChecked(file: string): Promise<LoadedPolicy> {
  const loaded = await loadPolicy(file)
  requireNoErrors(loaded.source, file, loaded.compiled, Date.now())
  return loaded
}

async function publishedOrShipped(db: Db): Promise<LoadedPolicy> {
  const published = await publishedPolicy(db)
  if (published === undefined) return loadChecked(SHIPPED)
  return { compiled: compileSource(published.source, PUBLISHED), source: published.source }
}

/** Receipts name their policy by hash, so it is kept. */
async function remember(db: Db, { compiled, source }: LoadedPolicy): Promise<void> {
  const { policy } = compiled
  await rememberPolicy(db, { hash: policy.hash, source, parsed: policy }, new Date())
}

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel })
  const followsStore = config.policyFile === PUBLISHED
  const ofFile = followsStore ? undefined : await loadChecked(config.policyFile)
  const db = await openStore(config)
  const loaded = ofFile ?? (await publishedOrShipped(db))
  if (!config.loopback && (await countActiveKeys(db)) === 0) {
    await db.close()
    throw new TriageError(
      'configuration',
      `Cannot listen on ${config.host} without API keys: create one with "npm run triage -- keys create --role admin --name me", or use HOST=127.0.0.1`,
    )
  }
  const llm =
    config.llm &&
    createConfiguredLlm(config.llm, await readPrompt(config.llm.prompt), (call) =>
      log.debug(call, 'llm call'),
    )
  const { ladderFor, pool, close } = await openScorers(loaded.compiled, config, llm)

  const metrics = createMetrics(() => pool.waiting(), llm)
  const late = createLateWork((error) => log.error(describeError(error), 'late revision failed'))
  const closing = new AbortController()

  /** Everything that depends on the policy in force. */
  function decideWith({ compiled, source }: LoadedPolicy) {
    const { scorers, secondOpinion } = ladderFor(compiled)
    const app = createApp(
      createAppDeps({
        db,
        config,
        policy: { compiled, source },
        scorers,
        ...(secondOpinion && {
          secondOpinion: {
            scorer: secondOpinion,
            answerBudgetMs: config.answerBudgetMs,
            later: late.later,
          },
        }),
        modelCheck: () => ({
          name: 'model',
          ok: pool.ready() > 0,
          detail: `${pool.version}, ${pool.ready()} of ${config.inferenceThreads} threads`,
        }),
        docsAsset,
        checkPolicy: (text) => checkInThread(text, 'policy.yaml', Date.now()),
        deskAssets,
        closing: closing.signal,
        version,
        now: () => new Date(),
        elapsedMs: () => performance.now(),
        newId: randomUUID,
        newSalt: () => randomBytes(16).toString('hex'),
        metrics: metrics.render,
        onDecision: metrics.onDecision,
        onRequest: (entry) => {
          metrics.onRequest(entry)
          log.info(entry, 'request')
        },
        onUnexpected: (error, requestId) =>
          log.error({ ...describeError(error), requestId }, 'unexpected error'),
      }),
    )

    const deliverer = openDeliverer({
      db,
      policy: compiled,
      post: createNodePost({ allowPrivate: config.allowPrivateWebhooks }),
      publicUrl: config.publicUrl,
      now: () => new Date(),
      onError: (error) => log.error(describeError(error), 'delivery failed'),
    })
    const parts = tickParts({ db, policy: compiled, newId: randomUUID })
    return { policy: compiled.policy, fetch: app.fetch, deliverer, parts }
  }

  await remember(db, loaded)
  let live = decideWith(loaded)
  const followPublished: TickPart = {
    name: 'follow the published policy',
    run: async () => {
      const published = await publishedPolicy(db)
      if (published === undefined || published.hash === live.policy.hash) return 0
      live = decideWith({ compiled: compileSource(published.source, PUBLISHED), ...published })
      log.info({ policy: live.policy.version, hash: published.hash }, 'another policy is in force')
      return 1
    },
  }
  const timers = startTimers(db, {
    deliverer: {
      pass: () => live.deliverer.pass(),
      settled: () => live.deliverer.settled(),
    },
    parts: () => (followsStore ? [followPublished, ...live.parts] : live.parts),
    now: () => new Date(),
    onError: (error, task) => log.error({ ...describeError(error), task }, 'timer failed'),
  })
  const server = serve(
    { fetch: (...request) => live.fetch(...request), hostname: config.host, port: config.port },
    ({ port }) => {
      process.stdout.write(
        welcome({
          host: config.host,
          port,
          config,
          policy: live.policy,
          modelVersion: pool.version,
        }),
      )
    },
  )
  answerClientErrors(server)

  let stopping = false
  async function stop(reason: string, code: number): Promise<void> {
    if (stopping) return
    stopping = true
    log.info({ reason }, 'stopping')
    closing.abort()
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, DRAIN_MS)
      server.close(() => {
        clearTimeout(deadline)
        resolve()
      })
      if ('closeIdleConnections' in server) server.closeIdleConnections()
    })
    await timers.stop()
    await late.finish(LATE_MS)
    await close()
    await db.close()
    process.exit(code)
  }
  process.on('SIGTERM', () => void stop('SIGTERM', 0))
  process.on('SIGINT', () => void stop('SIGINT', 0))
  // postgres.js may report a lost connection a second time, outside of any query (porsager/postgres#1223). Whoever asked
  // has the answer already, and the pool connects again: that is no reason to leave.
  const survive = (error: unknown, kind: string) => {
    if (isStoreUnavailable(error)) return log.error(describeError(error), `${kind} from the store`)
    log.fatal(describeError(error), kind)
    return void stop(kind, 1)
  }
  process.on('unhandledRejection', (error) => survive(error, 'unhandled rejection'))
  process.on('uncaughtException', (error) => survive(error, 'uncaught exception'))
}

try {
  await start(parseConfig(process.env))
} catch (error) {
  if (!(error instanceof TriageError)) throw error
  process.stderr.write(`${error.message}\n`)
  // The scoring threads and the store may be open already.
  process.exit(2)
}
