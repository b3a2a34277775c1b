import { get, post } from './web/page.ts'

const selfService = { part: 'self-service' } as const

/** Every gated page: path, who may see it, what makes it. What is not listed does not exist. */
export const pages = await Promise.all([
  get('/', 'members', import('./web/controllers/home.ts')),
  get('/sessions', 'members', import('./web/controllers/sessions.ts')),
  post('/sessions/end', 'members', import('./web/controllers/end-sessions.ts')),
  post('/check-again', 'signed-in', import('./web/controllers/check-again.ts')),
  // While PIM_SELF_SERVICE is on. They are for everyone signed in: who has access needs none of them to get it.
  get('/access', 'signed-in', import('./web/controllers/access/mine.ts'), selfService),
  post('/access', 'signed-in', import('./web/controllers/access/turn-on.ts'), selfService),
  get('/access/turning-on', 'signed-in', import('./web/controllers/access/turning-on.ts'), selfService),
  get('/access/turning-on/state', 'signed-in', import('./web/controllers/access/turning-on-state.ts'), selfService),
  post('/access/cancel', 'signed-in', import('./web/controllers/access/cancel.ts'), selfService),
  get('/access/end', 'signed-in', import('./web/controllers/access/end-page.ts'), selfService),
  post('/access/end', 'signed-in', import('./web/controllers/access/end.ts'), selfService),
  post('/access/extend', 'signed-in', import('./web/controllers/access/extend.ts'), selfService),
  get('/approvals', 'signed-in', import('./web/controllers/approvals/list.ts'), selfService),
  get('/approvals/:id', 'signed-in', import('./web/controllers/approvals/one.ts'), selfService),
  post('/approvals/:id', 'signed-in', import('./web/controllers/approvals/decide.ts'), selfService),
])
