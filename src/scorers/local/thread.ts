import { parentPort, workerData } from 'node:worker_threads'
import { loadModel } from './load-node.ts'
import type { FromThread, ToThread } from './pool.ts'
import { scoreText } from './score-text.ts'

// `session.run` blocks its event loop, so it runs here and never beside the server.
const port = parentPort!
const send = (message: FromThread) => port.postMessage(message)

const { folder } = workerData as { folder: string }
try {
  const model = await loadModel(folder)
  port.on('message', (message: ToThread) => {
    void scoreText(model, message.input).then(
      (result) => send({ kind: 'scored', job: message.job, result }),
      () => send({ kind: 'failed', job: message.job }),
    )
  })
  send({ kind: 'ready', version: model.config.version })
} catch (error) {
  send({
    kind: 'unusable',
    message: error instanceof Error ? error.message : 'Cannot load the model',
  })
}
