import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, Router } from 'express'
import type { Config } from '../config/load.ts'

const folder = fileURLToPath(new URL('../../views/assets/', import.meta.url))

/** Step 4: static files, kept by browsers but asked about each time, so that a new release is seen at once. */
export function createAssets({ environment }: Pick<Config, 'environment'>): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true })
  Object.defineProperty(router, 'name', { value: 'assets' })
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: revalidate,
  })
  // The one colour that is a setting. A style attribute would need a hole in the content security policy.
  router.get('/assets/environment.css', (_request, response) => {
    revalidate(response)
    response.type('css').send(environment.colour ? `:root { --environment: ${environment.colour}; }\n` : '')
  })
  router.use('/assets', (request, response, next) =>
    request.originalUrl.startsWith('/assets/') ? files(request, response, next) : next(),
  )
  return router
}

const revalidate = (response: { setHeader(name: string, value: string): unknown }) =>
  response.setHeader('Cache-Control', 'public, no-cache')
