import { administratorsGate } from '../../../config/gates.ts'
import type { Services } from '../../../services.ts'
import { everyoneModel } from '../../administration/everyone-model.ts'
import { type Controller, view } from '../../page.ts'
import { canAdminister } from '../../served.ts'

export default ({ clock, config, gates }: Pick<Services, 'clock' | 'config' | 'gates'>): Controller => {
  const canBeEnded = canAdminister(config)
  return async ({ session, query }) => {
    const isAdministrator = session.gate === administratorsGate
    const sessions = await session.everyone()
    const canEnd = isAdministrator && canBeEnded
    const model = everyoneModel({ sessions, query, gates, now: clock(), canEnd })
    const lacks = isAdministrator && !canBeEnded ? 'ADMIN_AUTH_CONTEXT_ID' : ''
    return view('everyone', 'Sessions of everyone', { ...model, lacks }, { isWide: true })
  }
}
