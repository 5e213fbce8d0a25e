import type { Calibration, Stated } from '../../domain/calibration.ts'
import type { Band, Confident } from '../../domain/signal.ts'

/**
 * For a model and prompt that nobody has measured. Stated confidence is not calibrated (models are sure when they are
 * wrong), so nothing is `high` and "likely" already counts as doubt.
 */
export const UNMEASURED: Calibration = {
  sure: { confidence: 0.7, band: 'medium' },
  likely: { confidence: 0.5, band: 'low' },
  unsure: { confidence: 0.3, band: 'low' },
}

/** Below this the model's own token probabilities contradict any confident word. */
const DOUBTFUL_PROBABILITY = 0.6

/** The worth of a stated word; a token probability, where the server gives one, may only reduce it. */
export function confidenceOf(
  stated: Stated,
  calibration: Calibration,
  probability?: number,
): Confident {
  const { confidence, band } = calibration[stated]
  if (probability === undefined || probability >= confidence) return { confidence, band }
  const reduced: Band = probability < DOUBTFUL_PROBABILITY ? 'low' : band
  return { confidence: Math.round(probability * 10_000) / 10_000, band: reduced }
}
