import { TriageError } from '../domain/errors.ts'
import type { Scorer } from '../domain/signal.ts'
import type { Check } from '../http/health.ts'
import type { LoadedModel } from '../scorers/local/score-text.ts'
import { scoreText } from '../scorers/local/score-text.ts'
import { createLocalScorer } from '../scorers/local.ts'

/** What a request lends to the load: its own static assets, and its promise to stay until the load is done. */
export type LoadingRequest<Assets> = {
  readonly assets: Assets
  readonly waitUntil: (work: Promise<unknown>) => void
}

export type IsolateModel<Assets> = {
  /**
   * Until the model is there `score` waits for it, and rejects with a named reason when it takes too long or failed.
   * The graph itself cannot be interrupted: it holds the isolate's only thread, timers included.
   */
  readonly scorerFor: (request: LoadingRequest<Assets>) => Scorer
  readonly checkFor: (request: LoadingRequest<Assets>) => Promise<Check>
}

type State =
  | { readonly kind: 'absent' }
  | { readonly kind: 'loading'; readonly since: number; readonly done: Promise<LoadedModel> }
  | { readonly kind: 'failed'; readonly at: number; readonly error: TriageError }
  | { readonly kind: 'ready'; readonly model: LoadedModel }

/** A load without a result for so long belonged to a request that is gone. */
const STUCK_MS = 20_000
const RETRY_MS = 5_000

/**
 * The model of one isolate, loaded by the first request that wants it and kept for all later ones. Nothing that
 * belongs to a request is kept. A failed load is tried again after a while.
 */
export function createIsolateModel<Assets>(options: {
  /** Known before the load, so that every receipt names it. */
  readonly version: string
  readonly load: (assets: Assets) => Promise<LoadedModel>
  /** How long one request waits for a load. */
  readonly waitMs: number
  readonly elapsedMs: () => number
}): IsolateModel<Assets> {
  const { version, waitMs, elapsedMs } = options
  let state: State = { kind: 'absent' }

  async function load(assets: Assets): Promise<LoadedModel> {
    try {
      const model = await options.load(assets)
      requireVersion(model, version)
      state = { kind: 'ready', model }
      return model
    } catch (cause) {
      const error = cause instanceof TriageError ? cause : loadFailed(cause)
      state = { kind: 'failed', at: elapsedMs(), error }
      throw error
    }
  }

  function modelFor({ assets, waitUntil }: LoadingRequest<Assets>): Promise<LoadedModel> {
    if (state.kind === 'ready') return Promise.resolve(state.model)
    if (state.kind === 'failed' && elapsedMs() - state.at < RETRY_MS)
      return Promise.reject(state.error)
    if (state.kind !== 'loading' || elapsedMs() - state.since > STUCK_MS) {
      const done = load(assets)
      // Callers that leave early must not take the load with them.
      waitUntil(done.catch(() => {}))
      state = { kind: 'loading', since: elapsedMs(), done }
    }
    return within(waitMs, state.done)
  }

  return {
    scorerFor: (request) =>
      createLocalScorer({
        version,
        score: async (input) => scoreText(await modelFor(request), input),
      }),
    checkFor: (request) =>
      modelFor(request).then(
        () => ({ name: 'model', ok: true, detail: `${version}, in this isolate` }),
        (error: TriageError) => ({ name: 'model', ok: false, detail: error.message }),
      ),
  }
}

/** Scripts and assets are deployed together, but a gradual deployment may serve those of two releases. */
function requireVersion({ config }: LoadedModel, version: string): void {
  if (config.version !== version)
    throw new TriageError(
      'configuration',
      `the static assets hold model ${config.version}, this release is for ${version}`,
    )
}

const loadFailed = (cause: unknown) =>
  new TriageError('overloaded', 'the model could not be loaded', { cause })

/** @throws TriageError `overloaded` when `work` takes longer. */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new TriageError('overloaded', 'the model is still being loaded')),
      ms,
    )
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
