import { parseArgs } from 'node:util'
import { reportAsked } from '../../src/web/administration/report/asked-report.ts'
import { writeEvidence } from './evidence-folder.ts'
import { endWith, exits, openStores } from './opened-stores.ts'

const usage = 'usage: npm run audit:evidence -- --period 2026-10 [--hours 8] [--out FOLDER]'

const now = new Date()
const { period, hours, out } = given()
const asked = reportAsked({ period, ...(hours && { hours }) }, now)
if (period === undefined || asked.wrong !== undefined)
  endWith(exits.usage, asked.wrong ? `${asked.wrong}\n${usage}` : usage)
if (hours !== undefined && asked.params.hours === undefined)
  endWith(exits.usage, `--hours ${hours} is no number of hours.\n${usage}`)

const { stores, config } = await openStores(process.env)
const folder = out ?? `evidence-${asked.span.name}`
try {
  console.log((await writeEvidence(stores.ledger, { ...asked, gates: config.gates, now, folder })).join('\n'))
} catch (thrown) {
  const isThere = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'
  console.error(
    isThere
      ? `${folder} is there already.`
      : `The folder is not whole: ${thrown instanceof Error ? thrown.message : thrown}`,
  )
  process.exitCode = isThere ? exits.cannotCreate : exits.unavailable
} finally {
  stores.close()
}

function given() {
  const options = { period: { type: 'string' }, hours: { type: 'string' }, out: { type: 'string' } } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return endWith(exits.usage, `${(error as Error).message}\n${usage}`)
  }
}
