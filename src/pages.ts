import { linesFor } from './web/page.ts'

/** The gates that pages may name. The settings say who is in each: docs/settings.md#several-gates. */
const { get, post } = linesFor<'members' | 'administrators' | 'auditors'>()

const selfService = { part: 'self-service' } as const
const administration = { part: 'administration' } as const
const readers = ['administrators', 'auditors'] as const
/** An act of an administrator asks for a fresh check. */
const act = { ...administration, stepUp: 'administrators' } as const

/**
 * Every gated page: its path, who may see it, the controller that makes it. A page that is not listed does not exist.
 * `nav` puts a page into the navigation, in the order of this table, for those people whom the page would let in.
 */
export const pages = await Promise.all([
  get('/', 'members', import('./web/controllers/home.ts'), {
    // "My access" stands beside it there, and two names so alike would be taken for one another.
    nav: { label: 'Your access', withSelfService: 'Start' },
  }),
  post('/check-again', 'signed-in', import('./web/controllers/check-again.ts')),

  // These exist while PIM_SELF_SERVICE is on. They are for everyone signed in, because people need them to get access.
  get('/access', 'signed-in', import('./web/controllers/access/mine.ts'), { ...selfService, nav: 'My access' }),
  post('/access', 'signed-in', import('./web/controllers/access/turn-on.ts'), selfService),
  get('/access/turning-on', 'signed-in', import('./web/controllers/access/turning-on.ts'), selfService),
  get('/access/turning-on/state', 'signed-in', import('./web/controllers/access/turning-on-state.ts'), selfService),
  post('/access/cancel', 'signed-in', import('./web/controllers/access/cancel.ts'), selfService),
  get('/access/end', 'signed-in', import('./web/controllers/access/end-page.ts'), selfService),
  post('/access/end', 'signed-in', import('./web/controllers/access/end.ts'), selfService),
  post('/access/extend', 'signed-in', import('./web/controllers/access/extend.ts'), selfService),
  get('/approvals', 'signed-in', import('./web/controllers/approvals/list.ts'), { ...selfService, nav: 'Approvals' }),
  get('/approvals/:id', 'signed-in', import('./web/controllers/approvals/one.ts'), selfService),
  post('/approvals/:id', 'signed-in', import('./web/controllers/approvals/decide.ts'), selfService),

  get('/sessions', 'members', import('./web/controllers/sessions.ts'), { nav: 'Your sessions' }),
  post('/sessions/end', 'members', import('./web/controllers/end-sessions.ts')),

  // These exist where their gates do. Auditors read everything and change nothing.
  get('/people', readers, import('./web/controllers/people/list.ts'), { ...administration, nav: 'Who has access' }),
  get('/people/end', 'administrators', import('./web/controllers/people/decide-page.ts'), act),
  post('/people/end', 'administrators', import('./web/controllers/people/decide.ts'), act),
  get('/people/remove', 'administrators', import('./web/controllers/people/decide-page.ts'), act),
  post('/people/remove', 'administrators', import('./web/controllers/people/decide.ts'), act),
  get('/people/keep', 'administrators', import('./web/controllers/people/decide-page.ts'), act),
  post('/people/keep', 'administrators', import('./web/controllers/people/decide.ts'), act),
  get('/people/outcome', 'administrators', import('./web/controllers/people/outcome.ts'), administration),
  get('/people/assign', 'administrators', import('./web/controllers/people/assign-page.ts'), {
    ...administration,
    nav: 'Give access',
  }),
  post('/people/assign', 'administrators', import('./web/controllers/people/assign.ts'), act),
  get('/people/receipt/:id', 'administrators', import('./web/controllers/people/receipt.ts'), administration),
  post('/people/receipt/:id', 'administrators', import('./web/controllers/people/send-rest.ts'), act),
  post('/people/receipt/:id/undo', 'administrators', import('./web/controllers/people/undo.ts'), act),
  get('/sessions/everyone', readers, import('./web/controllers/sessions-everyone/list.ts'), {
    ...administration,
    nav: 'All sessions',
  }),
  get('/sessions/everyone/end', 'administrators', import('./web/controllers/sessions-everyone/end-page.ts'), act),
  post('/sessions/everyone/end', 'administrators', import('./web/controllers/sessions-everyone/end.ts'), act),
  get('/trail', readers, import('./web/controllers/trail/list.ts'), { ...administration, nav: 'Trail' }),
  get('/trail.csv', readers, import('./web/controllers/trail/csv.ts'), administration),
  get('/trail.jsonl', readers, import('./web/controllers/trail/jsonl.ts'), administration),
  get('/trail/report', readers, import('./web/controllers/trail/report.ts'), { ...administration, nav: 'Report' }),
  get('/timeline', readers, import('./web/controllers/trail/timeline.ts'), { ...administration, nav: 'Timeline' }),
  // After every other path below /trail: it would take them for numbers.
  get('/trail/:id', readers, import('./web/controllers/trail/one.ts'), administration),
])
