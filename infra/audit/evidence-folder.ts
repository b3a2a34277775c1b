import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { GateSettings } from '../../src/config/gates.ts'
import type { Ledger } from '../../src/session/ledger/ledger.ts'
import type { AskedReport } from '../../src/web/administration/report/asked-report.ts'
import { type EvidenceLedger, evidenceOf } from '../../src/web/administration/report/evidence.ts'
import { lookBack, withoutBounds } from '../../src/web/administration/report/looking-back.ts'
import { reportCsv, reportJson } from '../../src/web/administration/report/report-files.ts'
import { reportFrom } from '../../src/web/administration/report/report-model.ts'
import { gateTitles } from '../../src/web/administration/trail/trail-model.ts'

type Wanted = Pick<AskedReport, 'span' | 'hours'> & { gates: readonly GateSettings[]; now: Date; folder: string }

/**
 * Writes the evidence about a period into a new folder: a report, the records that it is made of with their proofs, the newest
 * checkpoint, the public key, and how to verify all that. Only reads the trail. Rejects with EEXIST where the folder is there
 * already, and with Problem('redis-away'). Resolves to what to tell whoever asked.
 */
export async function writeEvidence(ledger: EvidenceLedger & Pick<Ledger, 'size'>, wanted: Wanted): Promise<string[]> {
  const { span, hours, gates, now, folder } = wanted
  await mkdir(folder)
  const looked = await lookBack(ledger, { ...span, now }, withoutBounds)
  const report = reportFrom(looked, wanted)
  const shown = reportJson(report, wanted, looked)
  const { checkpoint, pieces } = await evidenceOf(ledger, { span, report, shown })
  const file = (name: string) => join(folder, name)
  await pipeline(pieces, createWriteStream(file('trail.jsonl')))
  await pipeline(reportCsv(report, { hours, titleOf: gateTitles(gates) }), createWriteStream(file('report.csv')))
  await writeFile(file('report.json'), `${JSON.stringify(shown, null, 2)}\n`)
  await writeFile(file('checkpoint.txt'), checkpoint.text)
  await writeFile(file('public-key.txt'), checkpoint.vkeys.map(key => `${key}\n`).join(''))
  await writeFile(file('READ-ME.txt'), readMe(span.name, checkpoint.isSigned))
  await copyFile(new URL('./check.py', import.meta.url), file('check.py'))
  return [
    `${folder}: ${report.periods.length} periods, ${report.exceptions.length} exceptions.`,
    ...(checkpoint.isSigned
      ? []
      : ['No key signs this trail (AUDIT_SIGNING_KEY): the evidence proves nothing outside.']),
  ]
}

const readMe = (
  period: string,
  isSigned: boolean,
) => `Evidence about access in ${period}, from the audit trail of Gatehouse.

report.json, report.csv   who was in, who asked in vain, and what stands out. Each line names its records.
trail.jsonl               those records and all others of the period, each with the proof that it is in the trail.
checkpoint.txt            the newest checkpoint of the trail.
public-key.txt            the key that signs it.
check.py                  checks trail.jsonl. It needs Python and openssl, and nothing of Gatehouse.

To verify it on a machine that you trust:

  python3 check.py trail.jsonl public-key.txt

Take the public key from elsewhere, from the operators when the trail began, and compare it: whoever made this folder could
have written another one. Then take a checkpoint from elsewhere, from the log of the application, and compare: of the same size it
has the same root. In a copy of Gatehouse, "npm run audit:verify -- trail.jsonl --key public-key.txt --checkpoint NOTE" does both.

The report is not signed. It is made of the records, and they are what is proven: hold a line of it against the records that it
names. A part of a trail cannot prove that nothing was left out of it; that is told by an export of everything.
${isSigned ? '' : '\nNo key signs this trail, so none of this proves anything to anybody outside.\n'}`
