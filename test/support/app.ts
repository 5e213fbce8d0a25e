import { randomUUID } from 'node:crypto'
import type { AppParts } from '../../src/compose/app-deps.ts'
import { createAppDeps } from '../../src/compose/app-deps.ts'
import { deskAssets } from '../../src/compose/desk-assets.ts'
import { checkInThread } from '../../src/compose/check-in-thread.ts'
import { docsAsset } from '../../src/compose/docs-assets.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Answer } from '../../src/domain/answer.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import type { App } from '../../src/http/app.ts'
import { createApp } from '../../src/http/app.ts'
import { createLocalScorer } from '../../src/scorers/local.ts'
import { loadModel } from '../../src/scorers/local/load-node.ts'
import { scoreText } from '../../src/scorers/local/score-text.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { rememberPolicy } from '../../src/store/policies.ts'
import { repeatableId } from './repeatable-id.ts'

export type TestApp = {
  readonly app: App
  /** Unexpected errors that the app answered with a 500. */
  readonly unexpected: readonly unknown[]
  readonly post: (
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<Response>
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>
  readonly triage: (ticket: unknown, headers?: Record<string, string>) => Promise<Answer>
}

export const MODEL_FOLDER = process.env['MODEL'] ?? 'model'

let model: Promise<Scorer> | undefined

/** The shipped model in this process, loaded once per test file. */
export function shippedModel(): Promise<Scorer> {
  model ??= loadModel(MODEL_FOLDER).then((loaded) =>
    createLocalScorer({
      version: loaded.config.version,
      score: (input) => scoreText(loaded, input),
    }),
  )
  return model
}

/** The real app on a real store with the real policy; the model is left out where a test does not need it. */
export async function openApp(
  db: Db,
  options: {
    scorers?: readonly Scorer[]
    secondOpinion?: AppParts['secondOpinion']
    loopback?: boolean
    now?: () => Date
    elapsedMs?: () => number
    maxBodyBytes?: number
    allowPrivateWebhooks?: boolean
    rateLimitPerMinute?: number
    closing?: AbortSignal
    policyFile?: string
  } = {},
): Promise<TestApp> {
  const policy = await loadPolicy(options.policyFile ?? 'policies/saas.yaml')
  const now = options.now ?? (() => new Date())
  const unexpected: unknown[] = []
  await rememberPolicy(
    db,
    { hash: policy.compiled.policy.hash, source: policy.source, parsed: policy.compiled.policy },
    now(),
  )
  const app = createApp(
    createAppDeps({
      db,
      policy,
      scorers: options.scorers ?? [
        createPhraseScorer(policy.compiled.policy.phrases, policy.compiled.policy.version),
        await shippedModel(),
      ],
      ...(options.secondOpinion && { secondOpinion: options.secondOpinion }),
      config: {
        loopback: options.loopback ?? true,
        rateLimitPerMinute: options.rateLimitPerMinute ?? 10_000_000,
        maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
        allowPrivateWebhooks: options.allowPrivateWebhooks ?? false,
      },
      modelCheck: () => ({ name: 'model', ok: true, detail: 'in process' }),
      ...(options.closing && { closing: options.closing }),
      docsAsset,
      checkPolicy: (text) => checkInThread(text, 'policy.yaml', Date.now()),
      deskAssets,
      version: '0.0.0-test',
      metrics: undefined,
      now,
      elapsedMs: options.elapsedMs ?? (() => performance.now()),
      newId: repeatableId,
      newSalt: randomUUID,
      onDecision: () => {},
      onRequest: () => {},
      onUnexpected: (error) => unexpected.push(error),
    }),
  )
  const get: TestApp['get'] = async (path, headers = {}) => app.request(path, { headers })
  const post: TestApp['post'] = async (path, body, headers = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    app,
    unexpected,
    get,
    post,
    triage: async (ticket, headers) => {
      const response = await post('/triage', ticket, headers)
      const answer = (await response.json()) as Answer
      if (response.status !== 200)
        throw new Error(`POST /triage answered ${response.status}: ${JSON.stringify(answer)}`)
      return answer
    },
  }
}

/** A ticket that is sure to be held: floor phrases and a large customer, no model needed. */
export const criticalTicket = (id: string = randomUUID()) => ({
  id,
  subject: 'Nothing works',
  body: 'All customer records were deleted during the import. We cannot process any orders and are losing money every minute.',
  customer: { id: `C-${id}`, tier: 'enterprise', annualValue: 250_000 },
  impact: { affectedUsers: 900, downtimeMinutes: 45 },
})

/** A question that nobody needs to look at before it is routed. */
export const harmlessTicket = (id: string = randomUUID()) => ({
  id,
  subject: 'Export to CSV',
  body: 'Hello, how can I export my contacts to a CSV file? Thank you very much.',
  customer: { id: `C-${id}`, tier: 'starter' },
})
