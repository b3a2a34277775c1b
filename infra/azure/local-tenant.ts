/** Where `npm run tenant -- --port 3001` listens. */
export const localTenant = 'http://127.0.0.1:3001'

/** `--local` alone means that address. */
export const withLocalAddress = (arg: string): string => (arg === '--local' ? `--local=${localTenant}` : arg)

/** Whether an origin is one of this machine. Elsewhere the token would leave it, and not for Entra. */
export const isOnThisMachine = (origin: string): boolean =>
  /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(origin) && URL.parse(origin) !== null

/** Where people sign in at a local tenant, and where its Graph answers. */
export function addressesOfLocalTenant(local: string): { authority: string; graphBaseUrl: string } {
  const { origin } = new URL(local)
  return { authority: origin, graphBaseUrl: `${origin}/graph/v1.0` }
}
