import { type RequestHandler, Router } from 'express'

/** A route that is open to all. */
export type Door = {
  method: 'get' | 'post'
  path: string
  open: RequestHandler
  /** For doors where probes ask: many send HEAD, and GET has no effect there. */
  alsoHead?: true
}

/**
 * A router for exact pairs of method and path, and for nothing else. By itself Express would also answer any HEAD as it
 * answers GET, and OPTIONS with a list of methods, and would take other spellings of the path.
 */
export function exactly(name: string, doors: readonly Door[]): Router {
  const router = namedRouter(name)
  for (const { method, path, open, alsoHead } of doors)
    router.all(path, only(alsoHead ? [method, 'head'] : [method]), open)
  return router
}

/**
 * Narrows a route that was made with `all` to these methods, written in small letters. Only a route that takes all
 * methods keeps Express from answering OPTIONS.
 */
export const only = (methods: readonly string[]): RequestHandler =>
  function only(request, _response, next) {
    next(methods.includes(request.method.toLowerCase()) ? undefined : 'route')
  }

/** A router that reads paths exactly. The name is that of its step in src/app.ts. */
export function namedRouter(name: string): Router {
  const router = Router({ caseSensitive: true, strict: true })
  Object.defineProperty(router, 'name', { value: name })
  return router
}
