import * as fc from 'fast-check'

// The gate must not fail by chance: it draws the same cases every time. `npm run test:fuzz` draws others.
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? 20_261_121) })
