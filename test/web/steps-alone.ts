import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { problemOf } from '../../src/errors.ts'

/**
 * An application of these steps and nothing else. A request that passes them all hears the path that it has by then, with
 * status 299; one that ends in a problem hears the code, with status 499.
 */
export function stepsAlone(...steps: readonly RequestHandler[]) {
  const app = express()
  for (const step of steps) app.use(step)
  app.use((request, response) => void response.status(299).send(request.url))
  const tellProblem: ErrorRequestHandler = (thrown, _request, response, _next) =>
    void response.status(499).send(problemOf(thrown).code)
  return app.use(tellProblem)
}
