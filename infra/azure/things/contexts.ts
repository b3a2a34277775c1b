import type { AuthenticationContextClassReference } from '@microsoft/microsoft-graph-types'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { ContextWish } from '../wish/tenant-wish.ts'

const references = '/identity/conditionalAccess/authenticationContextClassReferences'

/** The authentication contexts, published: an unpublished one cannot be chosen in PIM. */
export const contextThings = ({ wish, graph }: Given): Thing[] =>
  wish.contexts.map(context => contextThing(context, graph))

function contextThing({ id, name }: ContextWish, graph: Given['graph']): Thing {
  const path = `${references}/${id}`
  return {
    object: `authentication context ${id}`,
    async read() {
      const found = await graph.find<AuthenticationContextClassReference>(path)
      return found && { name: found.displayName, published: found.isAvailable === true }
    },
    after: () => ({ name, published: true }),
    async write(_known, before) {
      const description = before === undefined ? { description: `Asked for by ${name}` } : {}
      const body: AuthenticationContextClassReference = { displayName: name, isAvailable: true, ...description }
      await graph.patchNow(path, body)
    },
  }
}
