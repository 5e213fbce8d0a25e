import { startOpenAiServer } from './openai-server.ts'
import { seededRandom } from './seeded-random.ts'

// The test server as a process of its own, which can be killed and stopped. Now and then it misbehaves by itself.
const random = seededRandom(Number(process.env['SEED'] ?? 1))
const server = await startOpenAiServer(Number(process.env['OPENAI_PORT']))
server.play(() => {
  const chance = random()
  if (chance < 0.05) return { kind: 'hang' }
  if (chance < 0.1) return { kind: 'cut', stay: true }
  if (chance < 0.15) return { kind: 'status', status: 503 }
  return { kind: 'answer', delayMs: 20 + random() * 600 }
})
process.stdout.write(`ready ${server.url}\n`)
