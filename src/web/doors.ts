import { type RequestHandler, Router } from 'express'

export type Door = { method: 'get' | 'post'; path: string; open: RequestHandler }

/**
 * Routes for exact pairs of method and path. Nothing more is opened by them: Express would also answer HEAD with what
 * GET does, OPTIONS with the methods there are, and take other spellings of the path.
 */
export function exactly(name: string, doors: readonly Door[]): Router {
  const router = Router({ caseSensitive: true, strict: true })
  Object.defineProperty(router, 'name', { value: name })
  for (const { method, path, open } of doors) router.all(path, only([method]), open)
  return router
}

/** Leaves a route that was made with `all` to these methods. Only a route that takes all keeps Express from answering OPTIONS. */
export const only =
  (methods: readonly string[]): RequestHandler =>
  (request, _response, next) =>
    next(methods.includes(request.method.toLowerCase()) ? undefined : 'route')
