export const ROLES = ['platform', 'reviewer', 'lead', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Who is calling; the name is the actor in the audit. */
export type Caller = { readonly name: string; readonly roles: readonly Role[] }

/** `admin` may do everything that any role may. */
export function mayAct(caller: Caller, allowed: readonly Role[]): boolean {
  return caller.roles.includes('admin') || allowed.some((role) => caller.roles.includes(role))
}
