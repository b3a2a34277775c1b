import type { Log } from '../../observability.ts'
import type { Refusal } from './words.ts'

/** Words that come of one fault: of those only the first is said. */
const faults: Record<string, string> = {
  ...{ WRONGPASS: 'entrance', NOAUTH: 'entrance', DENIED: 'entrance', TLS: 'entrance' },
  ...{ READONLY: 'role', MASTERDOWN: 'role', NOREPLICAS: 'role' },
  ...{ MOVED: 'shape', ASK: 'shape', CROSSSLOT: 'shape', TRYAGAIN: 'shape', CLUSTERDOWN: 'shape' },
}
/** It is over when any other command is answered: it was all of Redis that refused. */
const ofAll = ['LOADING', 'BUSY']
/** Or when anything can be written. */
const ofWrites = ['READONLY', 'MASTERDOWN', 'NOREPLICAS', 'OOM', 'MISCONF']
const writes = ['set', 'zadd', 'xadd']
const ofHandshake = ['auth', 'hello', 'info', 'select', 'cluster']
/** Nobody's fault. */
const passing = ['LOADING', 'BUSY', 'TRYAGAIN']

/** What a command is about: its name, and the kind of its key. */
export type Subject = { command: string; kind: string }
const textOf = ({ command, kind }: Subject) => `${command} ${kind}`

type Outage = { word: string; subjects: Set<string>; refusedAt: number }

/**
 * Says what Redis refuses: once an outage, however often it refuses, and again when it was well meanwhile. A word is over
 * when what it was said about is answered, and for `quietMs` nothing was refused with it: some nodes of a cluster, or
 * some keys, may be well while others are not.
 */
export function createRefusals(log: Log, { quietMs = 1_000, longQuietMs = 10_000, isSpread = false } = {}) {
  const outages = new Map<string, Outage>()

  function refused({ word, command, remedy }: Refusal, subject?: Subject): void {
    // A key of another type is nobody's refusal: what is there counts as nothing.
    if (word === 'WRONGTYPE') return
    const fault = faults[word] ?? word
    const outage = outages.get(fault) ?? { word, subjects: new Set(), refusedAt: 0 }
    if (!outages.has(fault))
      log[passing.includes(word) ? 'warn' : 'error']({ event: 'redis-refuses', word, command, remedy })
    outage.refusedAt = performance.now()
    if (subject) outage.subjects.add(textOf(subject))
    outages.set(fault, outage)
  }

  const isOver = ({ word, subjects, refusedAt }: Outage, subject: Subject, fault: string): boolean => {
    const isLong = isSpread || fault === 'shape'
    if (performance.now() - refusedAt < (isLong ? longQuietMs : quietMs)) return false
    if (ofAll.includes(word)) return !ofHandshake.includes(subject.command)
    if (ofWrites.includes(word)) return writes.includes(subject.command)
    return subjects.has(textOf(subject))
  }

  return {
    refused,
    /** Whether an answer may matter. */
    isRefusing: (): boolean => outages.size > 0,
    answered(subject: Subject): void {
      for (const [fault, outage] of outages) if (isOver(outage, subject, fault)) outages.delete(fault)
    },
    /** A connection stands: whoever was not let in, was. */
    connected(): void {
      for (const fault of ['entrance', 'LOADING', 'shape']) outages.delete(fault)
    },
  }
}
export type Refusals = ReturnType<typeof createRefusals>
