/** One message with what its data set says about it, in the words of one of our heads. */
export type Example = {
  readonly text: string
  readonly language: string
  readonly labels: readonly string[]
}

export const TASK_HEADS = [
  'intent',
  'polarity',
  'emotions',
  'priority',
  'urgency',
  'sentiment',
  'english',
  'instructions',
] as const
export type TaskHead = (typeof TASK_HEADS)[number]

/** What of a data set one of our heads can be asked. */
export type Task = {
  readonly set: string
  readonly head: TaskHead
  /** How the set's labels became ours: by the label guide itself, or through the mapping file's strong or weak part. */
  readonly mapping: 'guide' | 'strong' | 'weak' | 'own label'
  readonly train: readonly Example[]
  readonly test: readonly Example[]
}

/** A set, or a part of it, that nothing can be asked of, and why. */
export type Unasked = { readonly set: string; readonly because: string }
