import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { reportAsked, reportPath } from '../../administration/report/asked-report.ts'
import { evidenceOf } from '../../administration/report/evidence.ts'
import { lookBack } from '../../administration/report/looking-back.ts'
import { reportCsv, reportJson } from '../../administration/report/report-files.ts'
import { reportFrom, reportModel } from '../../administration/report/report-model.ts'
import { gateTitles } from '../../administration/trail/trail-model.ts'
import { type Controller, download, nothingYet, redirect, view } from '../../page.ts'

export default ({ ledger, clock, config }: Pick<Services, 'ledger' | 'clock' | 'config'>): Controller => {
  const { opened, downloads } = createReading(ledger.append)
  const titleOf = gateTitles(config.gates)
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const now = clock()
    const asked = reportAsked(visit.query, now)
    const { span, params, format } = asked
    // A file about another period than the one that was asked for would be taken for it.
    if (asked.wrong && format !== 'page') return redirect(reportPath)
    const looked = await lookBack(ledger, { ...span, now })
    const report = reportFrom(looked, asked)
    const name = `access-${span.name}`
    if (format === 'page') {
      await opened(visit, reportPath, params)
      return view('report', 'Report', reportModel(report, { asked, looked, query: visit.query, now, titleOf }), {
        isWide: true,
      })
    }
    const shown = reportJson(report, asked, looked)
    if (format === 'evidence') {
      const { pieces } = await evidenceOf(ledger, { span, report, shown })
      await downloads(visit, 'evidence', params)
      return download(`evidence-${span.name}.jsonl`, 'application/jsonl; charset=utf-8', pieces)
    }
    await downloads(visit, 'report', params)
    if (format === 'json')
      return download(`${name}.json`, 'application/json; charset=utf-8', only(JSON.stringify(shown, null, 2)))
    return download(`${name}.csv`, 'text/csv; charset=utf-8; header=present', reportCsv(report, { ...asked, titleOf }))
  }
}

async function* only(text: string): AsyncGenerator<string> {
  yield `${text}\n`
}
