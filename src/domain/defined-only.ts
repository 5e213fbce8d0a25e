/** The same members without those that are undefined, as `exactOptionalPropertyTypes` wants them. */
export function definedOnly<T extends object>(members: T) {
  return Object.fromEntries(
    Object.entries(members).filter(([, member]) => member !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], undefined> }
}
