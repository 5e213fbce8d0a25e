/** Facts that are the product of two others, there exactly when both are. */
export const PRODUCTS = [
  { product: 'order.exposure', factors: ['order.value', 'order.delayHours'] },
  { product: 'impact.userMinutes', factors: ['impact.affectedUsers', 'impact.downtimeMinutes'] },
] as const satisfies readonly { product: string; factors: readonly [string, string] }[]
