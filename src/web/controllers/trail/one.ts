import { Problem } from '../../../errors.ts'
import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { erasureOf, sameAct } from '../../administration/trail/around-record.ts'
import { numberIn, trailPath } from '../../administration/trail/filter.ts'
import { proofShown } from '../../administration/trail/proving.ts'
import { recordModel } from '../../administration/trail/record-model.ts'
import { gateTitles } from '../../administration/trail/trail-model.ts'
import { type Controller, nothingYet, view } from '../../page.ts'

export default ({ ledger, clock, config }: Pick<Services, 'ledger' | 'clock' | 'config'>): Controller => {
  const { opened } = createReading(ledger.append)
  const titleOf = gateTitles(config.gates)
  return async visit => {
    const seq = numberIn(String(visit.params.id))
    if (seq === undefined) throw new Problem('not-found')
    if (visit.isAhead) return nothingYet()
    const [size, [kept]] = await Promise.all([ledger.size(), ledger.read({ from: seq, to: seq + 1 }, { count: 1 })])
    if (!kept && seq >= size) throw new Problem('not-found')
    await opened(visit, `${trailPath}/${seq}`)
    if (!kept) return view('trail-record-gone', `Record ${seq}`, { seq }, { status: 404 })
    const [proof, others, erasure] = await Promise.all([
      proofShown(ledger, kept),
      sameAct(ledger, kept, size),
      erasureOf(ledger, kept, size),
    ])
    const around = { size, proof, others, erasure, now: clock(), titleOf }
    return view('trail-record', `Record ${seq}`, recordModel(kept, around), { isWide: true })
  }
}
