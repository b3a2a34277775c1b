import type { RequestHandler } from 'express'

/** Refuses writes that another site makes a browser send. Programs, which send no such header, pass. */
export const sameSiteOnly: RequestHandler = (request, response, next) => {
  const site = request.get('sec-fetch-site') ?? 'none'
  if (request.method === 'GET' || site === 'same-origin' || site === 'none') return next()
  response.status(403).json({ error: 'Requests from other sites are refused.' })
}
