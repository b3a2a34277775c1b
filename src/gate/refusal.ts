import type { Response } from 'express'
import { Problem } from '../errors.ts'
import type { Decision } from './decide.ts'

/** The problem where Redis kept us from telling. Microsoft was not asked, so the page does not say that it does not answer. */
export function redisAway(gate: string, response: Response): Problem {
  const { log, oid } = response.locals
  log.info({ event: 'refused', outcome: 'cannot-tell', reason: 'redis-away', gate, oid })
  return new Problem('redis-away')
}

/**
 * The problem of a decision that lets nobody pass, logged with its reason. Throws for a decision that does: a bug. `opening`
 * has the gates of the page, `gate` the one of them that is nearest to opening.
 */
export function problemFor(
  decision: Decision,
  { gate, opening }: { gate: string; opening: readonly string[] },
  response: Response,
): Problem {
  switch (decision.outcome) {
    case 'admit':
      throw new Error('admitted without a standing')
    case 'sign-in':
      return new Problem(decision.reason)
    case 'refuse':
    case 'cannot-tell':
    case 'step-up': {
      const { outcome, reason, ...facts } = decision
      response.locals.log.info({ event: 'refused', outcome, reason, gate, oid: response.locals.oid })
      // Where one gate is nearer than that, what the others would offer does not matter.
      const otherGates = outcome === 'refuse' ? opening.filter(name => name !== gate) : []
      return new Problem(reason, { facts: { ...facts, gate, ...(otherGates.length > 0 && { otherGates }) } })
    }
    default:
      throw new Error('no such outcome', { cause: decision satisfies never })
  }
}
