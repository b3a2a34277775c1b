import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { csvPieces } from '../../administration/trail/exporting.ts'
import { boundsOf, trailFilterOf, wantedBy } from '../../administration/trail/filter.ts'
import { gateTitles } from '../../administration/trail/trail-model.ts'
import { type Controller, download, nothingYet, redirect } from '../../page.ts'

export default ({ ledger, config }: Pick<Services, 'ledger' | 'config'>): Controller => {
  const { downloads } = createReading(ledger.append)
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { filter, faultyPath } = trailFilterOf(visit.query, config.gates)
    if (faultyPath) return redirect(faultyPath)
    const bounds = await boundsOf(filter, ledger, await ledger.size())
    await downloads(visit, 'csv', filter.values)
    const part = { bounds, isWanted: wantedBy(filter), titleOf: gateTitles(config.gates) }
    return download('trail.csv', 'text/csv; charset=utf-8; header=present', csvPieces(ledger, part))
  }
}
