import { cannotTell, counted, type Finding, no, yes } from './findings.ts'
import type { Seen } from './seen.ts'
import type { JudgedCheckpoint } from './trust.ts'

/** Whether each record is as it was when the checkpoint of the file was signed, by a key that the reader trusts. */
export function findUnchanged({ standing }: JudgedCheckpoint, { fault, records, erased }: Seen): Finding {
  if (standing === 'forged') return no('the checkpoint in the file is not what the trusted key signed')
  if (standing === 'foreign') return no('the checkpoint in the file is not signed with the key that you trust')
  if (fault) return no(fault.why, fault.seq)
  if (standing === 'unsigned') return cannotTell('nobody signed the checkpoint in the file; its records fit it')
  const personal = erased > 0 ? `; of ${counted(erased, 'record')} the personal part was erased` : ''
  return yes(`${counted(records, 'record')} as the signed checkpoint covers them${personal}`)
}
