import { type RequestHandler, Router } from 'express'

export type Door = { method: 'get' | 'post'; path: string; open: RequestHandler }

/**
 * Routes for exact pairs of method and path. Nothing more is opened by them: Express would also answer HEAD with what
 * GET does, OPTIONS with the methods there are, and take other spellings of the path.
 */
export function exactly(name: string, doors: readonly Door[]): Router {
  const router = Router({ caseSensitive: true, strict: true })
  Object.defineProperty(router, 'name', { value: name })
  const pass: RequestHandler = (_request, _response, next) => next()
  for (const { method, path, open } of doors) {
    router.options(path, pass)
    router[method](path, (request, response, next) =>
      request.method === method.toUpperCase() ? open(request, response, next) : next(),
    )
  }
  return router
}
