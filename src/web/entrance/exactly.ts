import { type RequestHandler, Router } from 'express'

export type Door = {
  method: 'get' | 'post'
  path: string
  open: RequestHandler
  /** Where probes ask: many send HEAD, and GET has no effect there. */
  alsoHead?: true
}

/**
 * Routes for exact pairs of method and path. Nothing more is opened by them: Express would also answer any HEAD with
 * what GET does, OPTIONS with the methods there are, and take other spellings of the path.
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

/** A router that reads paths exactly. The name tells the step apart from others in the staircase of src/app.ts. */
export function namedRouter(name: string): Router {
  const router = Router({ caseSensitive: true, strict: true })
  Object.defineProperty(router, 'name', { value: name })
  return router
}
