import { z } from 'zod'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { graphInstant, parsed } from '../graph/shapes.ts'
import { type Named, namedOf, namedShape } from './requests.ts'
import { pathPart } from './shapes.ts'

/** The approval of one request, and its stages. Instants in epoch ms. */
export type Approval = { id: string; stages: readonly ApprovalStage[] }
/** One decision of an approval. */
export type ApprovalStage = {
  id: string
  status: string
  result: 'approve' | 'deny' | 'notreviewed' | 'other'
  comment?: string
  reviewedAt?: number
  reviewedBy?: Named
  assignedToMe: boolean
}

const results = ['approve', 'deny', 'notreviewed'] as const
const stageShape = z.object({
  id: z.string().min(1).max(200),
  status: z.string().catch(''),
  reviewResult: z.string().catch(''),
  justification: z.string().nullish().catch(undefined),
  reviewedDateTime: graphInstant.nullish().catch(undefined),
  // Graph names one person, or an identity set that holds one person.
  reviewedBy: z
    .union([z.object({ user: namedShape }).transform(({ user }) => user), namedShape])
    .nullish()
    .catch(undefined),
  assignedToMe: z.boolean().catch(false),
})
const approvalShape = z.object({ id: z.string().min(1).max(200), stages: z.array(z.unknown()).nullish() })

/**
 * Reads and decides approvals, with the approver's own token only.
 * Source: https://learn.microsoft.com/graph/api/approval-get
 */
export function createPimApprovals(graph: Graph, base: string) {
  const pathOf = (id: string) => `${base}/assignmentApprovals/${pathPart(id)}`

  async function read(token: string, id: string): Promise<Approval> {
    const found = parsed(approvalShape, await graph.call(`${pathOf(id)}?$expand=stages`, token))
    const stages = found.stages ?? (await graph.list(`${pathOf(id)}/stages`, token))
    return { id: found.id, stages: parsed(z.array(stageShape), stages).map(stageOf) }
  }

  return {
    read,

    /**
     * Decides the stage that waits for this person. Graph's schema calls stages `stages`, its documentation `steps`, so both
     * paths are tried.
     */
    async decide(token: string, id: string, { approve, comment }: { approve: boolean; comment: string }) {
      const { stages } = await read(token, id)
      const stage = stages.find(isMine) ?? stages.find(each => each.assignedToMe) ?? stages[0]
      const body = { reviewResult: approve ? 'Approve' : 'Deny', justification: comment }
      const patch = async (collection: string) => {
        const path = `${pathOf(id)}/${collection}/${pathPart(stage?.id ?? id)}`
        await graph.call(path, token, { method: 'PATCH', success: 204, body })
      }
      await patch('stages').catch(refusal => {
        if (!isUnknownPath(refusal)) throw refusal
        return patch('steps').catch(second => {
          // The first path may exist and say 400 for a reason. That tells more than a second path that is not there.
          throw isUnknownPath(second) && refusal.status === 400 ? refusal : second
        })
      })
    },
  }
}

const isMine = ({ assignedToMe, result }: ApprovalStage) => assignedToMe && result !== 'approve' && result !== 'deny'
const isUnknownPath = (thrown: unknown): thrown is GraphRefusal =>
  thrown instanceof GraphRefusal && (thrown.status === 404 || thrown.status === 400)

function stageOf(row: z.infer<typeof stageShape>): ApprovalStage {
  const reviewedBy = namedOf(row.reviewedBy)
  return {
    id: row.id,
    status: row.status,
    result: results.find(result => result === row.reviewResult.toLowerCase()) ?? 'other',
    ...(row.justification && { comment: row.justification }),
    ...(row.reviewedDateTime && { reviewedAt: row.reviewedDateTime }),
    ...(reviewedBy && { reviewedBy }),
    assignedToMe: row.assignedToMe,
  }
}
