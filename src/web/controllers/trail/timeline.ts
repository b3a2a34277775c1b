import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { lookBack } from '../../administration/report/looking-back.ts'
import { timelineAsked, timelinePath } from '../../administration/timeline/asked-timeline.ts'
import { timelineModel } from '../../administration/timeline/timeline-model.ts'
import { gateTitles } from '../../administration/trail/trail-model.ts'
import { type Controller, nothingYet, view } from '../../page.ts'

export default ({ ledger, clock, config }: Pick<Services, 'ledger' | 'clock' | 'config'>): Controller => {
  const { opened } = createReading(ledger.append)
  const { gates } = config
  const titleOf = gateTitles(gates)
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { query } = visit
    const now = clock()
    const asked = timelineAsked(query, { gates, now })
    await opened(visit, timelinePath, asked.params)
    const looked = await lookBack(ledger, { from: asked.from, to: asked.to, now })
    return view('timeline', 'Timeline', timelineModel(looked, { asked, query, now, titleOf }), { isWide: true })
  }
}
