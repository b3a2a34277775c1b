import type { Log } from '../../observability.ts'
import type { RedisRefusal } from './words.ts'

/** Words that come of one fault: the log says only the first of them. */
const faults: Record<string, string> = {
  ...{ WRONGPASS: 'entrance', NOAUTH: 'entrance', DENIED: 'entrance', TLS: 'entrance' },
  ...{ READONLY: 'role', MASTERDOWN: 'role', NOREPLICAS: 'role' },
  ...{ MOVED: 'shape', ASK: 'shape', CROSSSLOT: 'shape', TRYAGAIN: 'shape', CLUSTERDOWN: 'shape' },
}
/** All of Redis refused: the outage is over when any other command is answered. */
const ofAll = ['LOADING', 'BUSY']
/** All writes were refused: the outage is over when anything can be written. */
const ofWrites = ['READONLY', 'MASTERDOWN', 'NOREPLICAS', 'OOM', 'MISCONF']
const writes = ['set', 'zadd', 'xadd']
const ofHandshake = ['auth', 'hello', 'info', 'select', 'cluster']
/** Nobody's fault. */
const passing = ['LOADING', 'BUSY', 'TRYAGAIN']

/** A command and what it is about: its name, and the kind of its key. */
export type Subject = { command: string; kind: string }
const textOf = ({ command, kind }: Subject) => `${command} ${kind}`

type Outage = { word: string; subjects: Set<string>; refusedAt: number }

/**
 * Says in the log what Redis refuses: once an outage, however often it refuses, and again when it was well meanwhile. The
 * outage of a word is over when Redis answers a command that it had refused with this word, and refused nothing with it for
 * `quietMs` (`longQuietMs` in a cluster): some nodes of a cluster, or some keys, may be well while others are not.
 */
export function createRefusals(log: Log, { quietMs = 1_000, longQuietMs = 10_000, isSpread = false } = {}) {
  const outages = new Map<string, Outage>()

  function refused({ word, command, remedy }: RedisRefusal, subject?: Subject): void {
    // A key of another type is nobody's refusal: it counts as no key.
    if (word === 'WRONGTYPE') return
    const fault = faults[word] ?? word
    const outage = outages.get(fault) ?? { word, subjects: new Set(), refusedAt: 0 }
    if (!outages.has(fault))
      log[passing.includes(word) ? 'warn' : 'error']({ event: 'redis-refuses', word, command, remedy })
    outage.refusedAt = performance.now()
    if (subject) outage.subjects.add(textOf(subject))
    outages.set(fault, outage)
  }

  const isOutageOver = ({ word, subjects, refusedAt }: Outage, subject: Subject, fault: string): boolean => {
    const isLong = isSpread || fault === 'shape'
    if (performance.now() - refusedAt < (isLong ? longQuietMs : quietMs)) return false
    if (ofAll.includes(word)) return !ofHandshake.includes(subject.command)
    if (ofWrites.includes(word)) return writes.includes(subject.command)
    return subjects.has(textOf(subject))
  }

  return {
    refused,
    /** Whether an outage lasts, so that `answered` matters. */
    isRefusing: (): boolean => outages.size > 0,
    /** Redis answered this command. */
    answered(subject: Subject): void {
      for (const [fault, outage] of outages) if (isOutageOver(outage, subject, fault)) outages.delete(fault)
    },
    /** A connection stands, so Redis lets us in. */
    connected(): void {
      for (const fault of ['entrance', 'LOADING', 'shape']) outages.delete(fault)
    },
  }
}
export type Refusals = ReturnType<typeof createRefusals>
