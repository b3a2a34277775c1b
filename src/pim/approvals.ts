import { GraphRefusal } from '../entra/graph/refusal.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Roster } from '../gate/news/roster.ts'
import type { Acts } from './acts/acts.ts'
import type { FindOut } from './acts/finding.ts'
import type { Approvals, DecideAnswer, OneRequest } from './approval-answers.ts'
import type { AskingPim } from './reading/as-person.ts'
import { patient, soon } from './reading/patience.ts'
import { createToApprove, nameless } from './reading/to-approve.ts'
import { refusalFrom, unansweredAsProblem } from './refusals/from-graph.ts'
import { rethrowRedisAway } from './refusals/redis-away.ts'

const longestComment = 500

type Needs = AskingPim & { acts: Acts; findOut: FindOut; roster: () => Roster | undefined }

/**
 * The requests that wait for somebody's yes, and their decision, through Graph with the approver's own token: Microsoft
 * judges who may approve. Nobody decides about their own request here, even where Microsoft would let them.
 */
export function createApprovals(needs: Needs): Approvals {
  const { pim, asPerson, acts, findOut } = needs
  const { list, one } = createToApprove(needs)

  async function decide(who: Who, id: string, asked: { approve: boolean; comment: string }): Promise<DecideAnswer> {
    try {
      await findOut(who)
      const request = await one(who, id)
      if (!request) return { kind: 'refused', problem: refusalFrom(new GraphRefusal('not found')) }
      if (request.state === 'handled' || request.isOwn) return { kind: 'handled', request }
      const decision = { approve: asked.approve, comment: asked.comment.trim().slice(0, longestComment) }
      const isCommentMissing = !decision.comment && (!decision.approve || request.commentNeeded)
      if (isCommentMissing) return { kind: 'form', errors: { comment: commentWanted } }
      await sendDecision(who, request, decision)
      return { kind: 'done' }
    } catch (thrown) {
      rethrowRedisAway(thrown)
      // If somebody was first, the page says who, not that it failed.
      const request = thrown instanceof GraphRefusal ? await one(who, id).catch(() => undefined) : undefined
      return request?.state === 'handled'
        ? { kind: 'handled', request }
        : { kind: 'refused', problem: refusalFrom(thrown) }
    }
  }

  async function sendDecision(
    who: Who,
    request: OneRequest,
    decision: { approve: boolean; comment: string },
  ): Promise<void> {
    const { id, approvalId, principalId, name, username } = request
    const subject = { objectId: principalId, ...(name !== nameless && { name }), ...(username && { username }) }
    const kind = decision.approve ? 'approval' : 'denial'
    const work = acts(who, { kind, request: id, reason: decision.comment, subject }, () =>
      asPerson(patient(who), token => pim.decide(token, approvalId, decision), 'act').then(() => ({ verdict: 'done' })),
    )
    await soon(who, work)
  }

  return {
    list: who => list(who).catch(unansweredAsProblem),
    async one(who, id) {
      await findOut(who)
      return one(who, id).catch(unansweredAsProblem)
    },
    decide,
  }
}

const commentWanted = 'Say why: the person who asked reads it, and so does whoever reviews access.'
