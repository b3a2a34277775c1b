import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, type Response } from 'express'
import type { Config } from '../../config/load.ts'
import { exactly } from './exactly.ts'

const folder = fileURLToPath(new URL('../../../views/assets/', import.meta.url))

/** Static files. Browsers keep them but ask about them each time, so that they see a new release at once. */
export function createAssets({ environment }: Pick<Config, 'environment'>): RequestHandler {
  // The one colour that is a setting. A style attribute would need a hole in the content security policy.
  const sendColour: RequestHandler = (_request, response) => {
    revalidate(response)
    response.type('css').send(environment.colour ? `:root { --environment: ${environment.colour}; }\n` : '')
  }
  const router = exactly('assets', [{ method: 'get', path: '/assets/environment.css', open: sendColour }])
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    // Nobody needs a part of a file here, and a wrong range would count as an error of ours.
    acceptRanges: false,
    setHeaders: revalidate,
  })
  router.use('/assets', (request, response, next) => {
    if (request.method !== 'GET' || !request.originalUrl.startsWith('/assets/')) return next()
    // These are conditions for changing a file, which nobody can do here. One that is not met would count as an error of ours.
    for (const name of ['if-match', 'if-unmodified-since']) delete request.headers[name]
    files(request, response, next)
  })
  return router
}

const revalidate = (response: Pick<Response, 'setHeader'>) => response.setHeader('Cache-Control', 'public, no-cache')
