import { pages } from '../../src/pages.ts'
import { get, post, view } from '../../src/web/page.ts'
import { threeGates } from './gates-file.ts'
import { type HouseOptions, openHouse } from './house.ts'

const home = () => import('../../src/web/controllers/home.ts')
const sent = Promise.resolve({
  default: () => () => view('notice', 'Sent', { title: 'Sent', detail: '', act: {}, reference: '' }),
})

/** The shipped pages, and pages of the gates `operators` and `auditors`, and of either. */
export const threeGatesPages = await Promise.all([
  ...pages,
  get('/refunds', 'operators', home()),
  post('/refunds', 'operators', sent),
  get('/reports', 'auditors', home(), { nav: 'Reports' }),
  get('/either', ['auditors', 'operators'], home()),
])

/**
 * A house with three gates at which people turn on access. Ben may turn on members and operators. The context c2, which
 * operators ask for, is one that everybody meets unasked, unless the tenant is told that a policy protects it.
 */
export const openThreeGates = ({ settings, tenant, ...more }: HouseOptions = {}) =>
  openHouse({
    now: '2026-03-02T12:00:00Z',
    pages: threeGatesPages,
    ...more,
    tenant: { eligible: { operators: ['ben', 'alice'] }, ...tenant },
    settings: {
      PIM_SELF_SERVICE: 'on',
      SESSION_IDLE_MINUTES: '600',
      SESSION_MAX_HOURS: '48',
      ...threeGates(),
      ...settings,
    },
  })
