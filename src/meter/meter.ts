import { Registry } from 'prom-client'
import type { RequestFacts } from '../labels.ts'
import * as labels from '../labels.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import { ofMicrosoft, ofRedis } from './outbound.ts'

/** A decision of the gate. `proofAgeSeconds`: the age of the proof that let somebody in. */
export type DecisionFacts = { audience: string; outcome: string; reason: string; proofAgeSeconds?: number | undefined }

/** A step of an act that the trail has kept. */
export type CountedAct = { gate: string; act: (typeof labels.acts)[number]; step: (typeof labels.steps)[number] }

const pageBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6]
const ageBuckets = [5, 15, 30, 45, 60, 90, 120, 180, 300, 600]

/**
 * Everything that is counted and timed. Every label has few values, named in src/labels.ts, or the names of the gates (at
 * most 20), and all are counted from 0 on.
 * A label is never a path, a person, an id or a host: their number has no end, and they would tell on people.
 */
export function createMeter(gates: readonly string[]) {
  const registry = new Registry()
  const instruments = createInstruments(registry)
  return {
    registry,
    ...ofRequests(instruments),
    ...ofTheGate(instruments, gates),
    ...ofMicrosoft(instruments, gates),
    ...ofRedis(instruments),
    ...ofTheTrail(instruments, gates),
    gauge: instruments.gauge,
  }
}
export type Meter = ReturnType<typeof createMeter>

function ofRequests({ counter, histogram }: Instruments) {
  const requests = counter('gatehouse_requests_total', 'Requests, by door and outcome.', {
    labelNames: ['door', 'outcome'],
    known: labels.doors.flatMap(door => labels.outcomes.map(outcome => ({ door, outcome }))),
  })
  const requestSeconds = histogram('gatehouse_request_duration_seconds', 'How long requests took, by door.', {
    labelNames: ['door'],
    known: labels.doors.map(door => ({ door })),
    buckets: pageBuckets,
  })
  const unreadable = counter(
    'gatehouse_unreadable_requests_total',
    'Requests that were answered before the application saw them, by kind.',
    { labelNames: ['kind'], known: labels.unreadableKinds.map(kind => ({ kind })) },
  )
  return {
    request: ({ path, status, seconds }: RequestFacts): void => {
      const door = labels.doorOf(path)
      requests.inc({ door, outcome: labels.outcomeOf(status) })
      requestSeconds.observe({ door }, seconds)
    },
    unreadable: (kind: labels.UnreadableKind): void => unreadable.inc({ kind }),
  }
}

function ofTheGate({ counter, histogram }: Instruments, gates: readonly string[]) {
  const decisions = counter(
    'gatehouse_gate_decisions_total',
    'Decisions: at which gate, or signed-in for a page for everyone who is, what was decided, and why.',
    {
      labelNames: ['audience', 'outcome', 'reason'],
      known: ['signed-in', ...gates].flatMap(audience => labels.verdicts.map(verdict => ({ audience, ...verdict }))),
    },
  )
  const proofAge = histogram(
    'gatehouse_gate_proof_age_seconds',
    'How old the proof of membership was when somebody was let in.',
    { labelNames: [], known: [], buckets: ageBuckets },
  )
  const signIns = counter('gatehouse_sign_ins_total', 'Sign-ins that came back from Entra, by how they ended.', {
    labelNames: ['outcome'],
    known: labels.signInOutcomes.map(outcome => ({ outcome })),
  })
  return {
    decision: ({ audience, outcome, reason, proofAgeSeconds }: DecisionFacts): void => {
      decisions.inc({ audience, outcome, reason })
      if (proofAgeSeconds !== undefined) proofAge.observe(proofAgeSeconds)
    },
    signIn: (outcome: string): void => signIns.inc({ outcome }),
  }
}

function ofTheTrail({ counter }: Instruments, gates: readonly string[]) {
  const acts = counter('gatehouse_acts_total', 'What people did about access, by gate, act, and what became of it.', {
    labelNames: ['gate', 'act', 'step'],
    known: gates.flatMap(gate => labels.acts.flatMap(act => labels.steps.map(step => ({ gate, act, step })))),
  })
  const lost = counter('gatehouse_audit_records_lost_total', 'Audit records that could not be kept.', {
    labelNames: [],
    known: [],
  })
  const faults = counter('gatehouse_audit_faults_total', 'What was found wrong with the audit trail, by kind.', {
    labelNames: ['kind'],
    known: labels.trailFaults.map(kind => ({ kind })),
  })
  const known = labels.observations.map(kind => ({ kind }))
  const observed = counter('gatehouse_observations_total', 'What was seen and recorded, by kind.', {
    labelNames: ['kind'],
    known,
  })
  const observationsLost = counter(
    'gatehouse_observations_lost_total',
    'What was seen and could not be recorded, by kind.',
    { labelNames: ['kind'], known },
  )
  return {
    trailFault: (kind: (typeof labels.trailFaults)[number]): void => faults.inc({ kind }),
    observed: (kind: (typeof labels.observations)[number]): void => observed.inc({ kind }),
    observationLost: (kind: (typeof labels.observations)[number]): void => observationsLost.inc({ kind }),
    act: ({ gate, act, step }: CountedAct): void => acts.inc({ gate, act, step }),
    auditLost: (): void => lost.inc(),
  }
}
