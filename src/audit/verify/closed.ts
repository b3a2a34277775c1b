import type { Measured } from './complete.ts'
import { cannotTell, counted, type Finding, no, yes } from './findings.ts'

/** Whether each request in the file has an outcome. Where records may be missing, so may outcomes. */
export function findClosed(measured: Measured): Finding {
  const { head, checkpoint, seen } = measured
  const { open, firstOpen, firstOverdue } = seen.acts
  if (checkpoint.standing !== 'signed') return cannotTell('no key that you trust signed the checkpoint in the file')
  if (seen.strange + seen.outOfPlace > 0) return cannotTell('the file holds lines that are not as they were', firstOpen)
  if (seen.missing) return cannotTell('records are missing', firstOpen)
  if (open === 0) return yes(closedWords(measured))
  const without = `${counted(open, 'request')} without an outcome`
  if (Object.keys(head.filter).length > 0) return cannotTell(`${without} in this part of the log`, firstOpen)
  if (endsEarly(measured))
    return cannotTell(`${without}, and your note covers more records than the file has`, firstOpen)
  if (firstOverdue === undefined) return cannotTell(`${without}, young enough to be going on still`, firstOpen)
  return no(`${without}, the first is this one`, firstOverdue)
}

const endsEarly = ({ held, checkpoint }: Measured): boolean =>
  held?.standing === 'signed' && held.size > checkpoint.size

function closedWords({ head, seen: { acts } }: Measured): string {
  const where = Object.keys(head.filter).length > 0 ? ' in this part' : ''
  const still = [
    acts.waiting > 0 && `${acts.waiting} still ${acts.waiting === 1 ? 'waits' : 'wait'}`,
    acts.unanswered > 0 &&
      `of ${acts.unanswered} it is not known whether ${acts.unanswered === 1 ? 'it' : 'they'} happened`,
  ].filter(words => words !== false)
  return [`each of ${counted(acts.requests, 'request')}${where} has an outcome`, ...still].join('; ')
}
