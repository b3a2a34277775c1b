import { administratorsGate } from '../../../config/gates.ts'
import type { Services } from '../../../services.ts'
import { everyoneModel, everyonePath } from '../../administration/everyone-model.ts'
import { createReading } from '../../administration/recorded.ts'
import { paramsIn } from '../../listing/address.ts'
import { type Controller, nothingYet, view } from '../../page.ts'
import { canAdminister } from '../../served.ts'

export default ({
  clock,
  config,
  gates,
  ledger,
}: Pick<Services, 'clock' | 'config' | 'gates' | 'ledger'>): Controller => {
  const { opened } = createReading(ledger.append)
  const canBeEnded = canAdminister(config)
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { session, query } = visit
    await opened(visit, everyonePath, paramsIn(query, ['find']))
    const isAdministrator = session.gate === administratorsGate
    const sessions = await session.everyone()
    const canEnd = isAdministrator && canBeEnded
    const model = everyoneModel({ sessions, query, gates, now: clock(), canEnd })
    const lacks = isAdministrator && !canBeEnded ? 'ADMIN_AUTH_CONTEXT_ID' : ''
    return view('everyone', 'Sessions of everyone', { ...model, lacks }, { isWide: true })
  }
}
