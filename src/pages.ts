import { get, post } from './web/page.ts'

/** Every gated page: path, who may see it, what makes it. What is not listed does not exist. */
export const pages = await Promise.all([
  get('/', 'members', import('./web/controllers/home.ts')),
  get('/sessions', 'members', import('./web/controllers/sessions.ts')),
  post('/sessions/end', 'members', import('./web/controllers/end-sessions.ts')),
  post('/check-again', 'signed-in', import('./web/controllers/check-again.ts')),
])
